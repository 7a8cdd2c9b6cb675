import { isReady, restartsOf, uidOf } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { serverStatus } from "../ensemble.ts";
import { DrillSkipped, expect } from "../errors.ts";
import { createTestNode, expectTestNode } from "../znode.ts";

/** Row 10: a server whose process ends is restarted in its pod. */
export const processFailure: Drill = {
  row: 10,
  name: "process-failure",
  section: "Handling process failure",
  promise: "the container is restarted, the server rejoins, and no data is lost",
  disruptive: true,
  deadline: 240,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const [victim = ""] = ensemble.pods;
    const before = await kubectl.read("pods", victim);
    const policy = before?.spec?.restartPolicy ?? "not set";
    expect(policy === "Always", `the restartPolicy of ${victim} is ${policy}`);
    if ((await kubectl.quiet(["exec", victim, "--", "which", "pkill"])).code !== 0) {
      throw new DrillSkipped("the image has no pkill, which the tutorial uses");
    }
    const path = await createTestNode(context);
    const watch = context.watch("pods", "-l", ensemble.selector);
    await watch.until(`${victim} is Ready`, (pods) => isReady(pods.get(victim)));

    await kubectl.exec(victim, "ps", "-ef");
    context.show("get", "pod", "-w", "-l", ensemble.selector);
    // The command may end with the container that it runs in.
    await kubectl.run(["exec", victim, "--", "pkill", "java"], { anyExit: true });
    await watch.until(
      `${victim} has been restarted`,
      (pods) => restartsOf(pods.get(victim)) > restartsOf(before),
    );
    await watch.until(`${victim} is Ready again`, (pods) => isReady(pods.get(victim)));
    expect(
      uidOf(watch.objects.get(victim)) === uidOf(before),
      `${victim} is another pod, not a restarted one`,
    );
    const { mode } = await serverStatus(kubectl, ensemble, victim);
    expect(mode !== undefined, `${victim} is Ready, but not in a quorum`);
    context.seen(
      `The container of ${victim} was restarted in the same pod, and the server is a ${mode} again.`,
    );
    await expectTestNode(context, victim, path);
    context.seen("It returns the data that was written before.");
  },
};
