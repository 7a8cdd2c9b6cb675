import { isDeepStrictEqual } from "node:util";

import { isReady, uidOf, type Pod, type PodTemplate } from "../../kubernetes/objects.ts";
import type { Drill, DrillContext } from "../drill.ts";
import { quorumOf } from "../../domain/quorum.ts";
import { DrillSkipped, expect } from "../errors.ts";
import { createTestNode, expectTestNode } from "../znode.ts";

/** Where the tutorial's patch goes. */
const cpuPath = "/spec/template/spec/containers/0/resources/requests/cpu";

/** Row 9: a new template replaces the pods one by one, and undo restores the old one. */
export const updating: Drill = {
  row: 9,
  name: "updating",
  section: "Updating the ensemble",
  promise:
    "pods are replaced one at a time in reverse order without losing the quorum; undo restores the template",
  disruptive: true,
  deadline: 480,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { name, pods, selector } = ensemble;
    const before = await templateOf(context);
    const cpu = before?.spec?.containers?.[0]?.resources?.requests?.["cpu"];
    if (cpu === undefined) {
      throw new DrillSkipped("the first container has no CPU request, which the tutorial changes");
    }
    const path = await createTestNode(context);

    context.putBack("restore the pod template", async (putBack) => {
      const now = (await putBack.read("statefulsets", name))?.spec?.template;
      if (now === undefined || isDeepStrictEqual(now, before)) {
        return;
      }
      const patch = [{ op: "replace", path: "/spec/template", value: before }];
      const args = ["patch", "sts", name, "--type=json", `-p=${JSON.stringify(patch)}`];
      await putBack.run(args, {
        shown: `kubectl patch sts ${name} --type=json -p='(the previous template)'`,
      });
      await putBack.run(["rollout", "status", `sts/${name}`, "--timeout=240s"]);
    });
    context.show("get", "pods", "-w", "-l", selector);
    const rollout = await RolloutRecord.begin(context);
    // Another value than the current one.
    const value = ["0.3", "300m"].includes(cpu) ? "0.25" : "0.3";
    await kubectl.run([
      "patch",
      "sts",
      name,
      "--type=json",
      `-p=[{"op": "replace", "path": "${cpuPath}", "value":"${value}"}]`,
    ]);
    await kubectl.run(["rollout", "status", `sts/${name}`, "--timeout=240s"]);
    rollout.expectOneByOne();
    await kubectl.run(["rollout", "history", `sts/${name}`]);
    expect(!isDeepStrictEqual(await templateOf(context), before), "the patch did not change the template");

    const back = await RolloutRecord.begin(context);
    await kubectl.run(["rollout", "undo", `sts/${name}`]);
    await kubectl.run(["rollout", "status", `sts/${name}`, "--timeout=240s"]);
    back.expectOneByOne();
    expect(isDeepStrictEqual(await templateOf(context), before), "undo did not restore the template");
    context.seen("kubectl rollout undo replaced the pods again and restored the template.");
    await expectTestNode(context, pods[0] ?? "", path);
    context.seen("The data that was written before the two rollouts is still stored.");
  },
};

async function templateOf({ kubectl, ensemble }: DrillContext): Promise<PodTemplate | undefined> {
  return (await kubectl.read("statefulsets", ensemble.name))?.spec?.template;
}

/** The order in which pods are replaced, and how few of them were Ready meanwhile. */
class RolloutRecord {
  readonly #context: DrillContext;
  readonly #order: string[] = [];
  readonly #known = new Map<string, string>();
  #fewest: number;

  private constructor(context: DrillContext) {
    this.#context = context;
    this.#fewest = context.ensemble.pods.length;
  }

  /** Begins to record, from all pods Ready on. */
  static async begin(context: DrillContext): Promise<RolloutRecord> {
    const { pods, selector } = context.ensemble;
    const record = new RolloutRecord(context);
    const watch = context.watch("pods", "-l", selector);
    await watch.until("all pods are Ready", (found) => pods.every((pod) => isReady(found.get(pod))));
    for (const [name, pod] of watch.objects) {
      record.#known.set(name, uidOf(pod));
    }
    watch.onChange((found) => {
      record.#note(found);
    });
    return record;
  }

  #note(found: ReadonlyMap<string, Pod>): void {
    this.#fewest = Math.min(this.#fewest, [...found.values()].filter(isReady).length);
    for (const [name, pod] of found) {
      if (this.#known.get(name) === uidOf(pod)) {
        continue;
      }
      this.#known.set(name, uidOf(pod));
      this.#order.push(name);
    }
  }

  /** Says what was seen. @throws DrillFailure when the order was another, or a quorum was not Ready at some time */
  expectOneByOne(): void {
    const { ensemble } = this.#context;
    const wanted = [...ensemble.pods].reverse();
    expect(
      isDeepStrictEqual(this.#order, wanted),
      `the pods were replaced in the order ${this.#order.join(", ") || "(none)"}, not ${wanted.join(", ")}`,
    );
    const needed = Math.max(quorumOf(ensemble.pods.length), ensemble.pods.length - 1);
    expect(
      this.#fewest >= needed,
      `at some time only ${this.#fewest} of ${ensemble.pods.length} servers were Ready`,
    );
    this.#context.seen(
      `The pods were replaced one at a time in reverse order, ${wanted.join(", ")}; never fewer than ` +
        `${this.#fewest} of ${ensemble.pods.length} were Ready.`,
    );
  }
}
