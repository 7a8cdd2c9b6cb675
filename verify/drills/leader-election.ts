import { addressOf } from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { readPods } from "../ensemble.ts";
import { expect } from "../errors.ts";
import { untilAnswered } from "../wait.ts";
import { dataDir, readZooCfg } from "./zoo-cfg.ts";

/** Row 2: every server has a name, an id and a DNS record. */
export const leaderElection: Drill = {
  row: 2,
  name: "leader-election",
  section: "Facilitating leader election",
  promise: "hostnames are NAME-N, ids are N+1, and fully qualified names resolve to the pods' addresses",
  disruptive: false,
  deadline: 90,
  run: async (context) => {
    const { kubectl, ensemble, signal } = context;
    const { pods, headless, namespace } = ensemble;
    for (const pod of pods) {
      const host = await kubectl.exec(pod, "hostname");
      expect(host === pod, `the hostname of ${pod} is ${host}`);
    }
    context.seen(`The hostnames are ${pods.join(", ")}.`);

    const data = dataDir(await readZooCfg(context, pods[0] ?? ""));
    for (const [ordinal, pod] of pods.entries()) {
      const id = await kubectl.exec(pod, "cat", `${data}/myid`);
      expect(id === String(ordinal + 1), `the id of ${pod} is ${id}, not ${ordinal + 1}`);
    }
    context.seen(`The ids are 1 to ${pods.length}, the ordinals plus one.`);

    const names: string[] = [];
    for (const pod of pods) {
      const name = await kubectl.exec(pod, "hostname", "-f");
      const wanted = `${pod}.${headless}.${namespace}.svc.`;
      expect(name.startsWith(wanted), `the fully qualified name of ${pod} is ${name}, not ${wanted}…`);
      names.push(name);
    }
    const found = await readPods(kubectl, ensemble);
    for (const [ordinal, name] of names.entries()) {
      const asker = pods[(ordinal + 1) % pods.length] ?? "";
      const wanted = addressOf(found[ordinal]);
      // The nodes' DNS caches keep the address of a pod that was replaced just before.
      await untilAnswered(`${asker} resolves ${name} to ${wanted}`, signal, async () => {
        const { stdout } = await kubectl.quiet(["exec", asker, "--", "getent", "hosts", name]);
        return stdout.split(/\s+/)[0] === wanted;
      });
      await kubectl.exec(asker, "getent", "hosts", name);
    }
    context.seen("Every fully qualified name resolves, in another pod, to the address of its pod.");
    context.notChecked(
      "whether DNS records follow a pod; the drills readiness and maintenance check that with --disruptive.",
    );
  },
};
