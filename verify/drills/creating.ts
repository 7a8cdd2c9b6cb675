import { isReady } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { readPods } from "../ensemble.ts";
import { expect } from "../errors.ts";

/** Row 1: the tutorial's objects exist, and its pods are Running and Ready. */
export const creating: Drill = {
  row: 1,
  name: "creating",
  section: "Creating the ensemble",
  promise: "both Services, the PodDisruptionBudget and the StatefulSet exist; every pod is Running and Ready",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { client, budget, headless, name, pods } = ensemble;
    expect(
      client !== undefined,
      `no Service beside ${headless} selects the pods: clients have no Service to connect to`,
    );
    expect(
      budget !== undefined,
      `no PodDisruptionBudget selects the pods: draining nodes may stop the quorum`,
    );
    await kubectl.run([
      "get",
      `service/${headless}`,
      `service/${client}`,
      `poddisruptionbudget/${budget}`,
      `statefulset/${name}`,
    ]);
    const clusterIP = (await kubectl.read("services", headless))?.spec?.clusterIP;
    expect(
      clusterIP === "None",
      `Service ${headless} is not headless: its clusterIP is ${clusterIP ?? "not set"}`,
    );
    context.seen(
      `Services ${headless} and ${client}, PodDisruptionBudget ${budget} and StatefulSet ${name} exist.`,
    );
    await kubectl.run(["get", "pods", "-l", ensemble.selector]);
    const found = await readPods(kubectl, ensemble);
    for (const [ordinal, pod] of found.entries()) {
      expect(
        pod?.status?.phase === "Running" && isReady(pod),
        `pod ${pods[ordinal] ?? ""} is not Running and Ready`,
      );
    }
    const ready = (await kubectl.read("statefulsets", name))?.status?.readyReplicas ?? 0;
    expect(ready === pods.length, `the StatefulSet counts ${ready} ready replicas of ${pods.length}`);
    context.seen(`${pods.join(", ")} are Running and Ready.`);
    if (context.pulumi === undefined) {
      context.notChecked("whether pulumi up creates them; pass --stack to check.");
      return;
    }
    await context.pulumi.run("preview", "--expect-no-changes");
    context.seen("They match the program: pulumi preview finds nothing to change.");
  },
};
