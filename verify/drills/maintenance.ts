import {
  addressOf,
  isCordoned,
  isReady,
  nameOf,
  nodeOf,
  uidOf,
  unschedulableReason,
  type Pod,
} from "../../kubernetes/objects.ts";
import type { Watch } from "../../kubernetes/watch.ts";
import type { Drill, DrillContext } from "../drill.ts";
import { readPods } from "../ensemble.ts";
import { expect } from "../errors.ts";
import { untilAnswered } from "../wait.ts";
import { createTestNode, expectTestNode } from "../znode.ts";
import { chooseNodes, type MaintenanceNodes } from "./maintenance-nodes.ts";

/** How the tutorial drains a node. */
const drainFlags = ["--ignore-daemonsets", "--force", "--delete-emptydir-data"];

/** Row 14: nodes are drained one after the other, and the budget keeps the quorum. */
export const maintenance: Drill = {
  row: 14,
  name: "maintenance",
  section: "Surviving maintenance",
  promise: "two of four nodes can be drained; the budget blocks the third until a server is back",
  disruptive: true,
  deadline: 600,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { selector, budget } = ensemble;
    expect(budget !== undefined, "there is no PodDisruptionBudget");
    await kubectl.run(["get", "nodes"]);
    const chosen = chooseNodes(
      await kubectl.readAll("nodes"),
      await readPods(kubectl, ensemble),
      await kubectl.readAll("persistentvolumes"),
    );
    const path = await createTestNode(context);
    context.putBack("uncordon the nodes that were not cordoned before", async (putBack) => {
      const nodes = await putBack.readAll("nodes");
      const cordoned = nodes.filter(isCordoned).map(nameOf);
      const ours = cordoned.filter((node) => chosen.uncordoned.includes(node));
      if (ours.length > 0) {
        await putBack.run(["uncordon", ...ours]);
      }
    });
    if (chosen.others.length > 0) {
      await kubectl.run(["cordon", ...chosen.others]);
    }
    await kubectl.run(["get", "pdb", budget]);
    await untilDisruptionAllowed(context, budget);

    const watch = context.watch("pods", "-l", selector);
    await watch.until("all pods are Ready", (pods) => ensemble.pods.every((pod) => isReady(pods.get(pod))));
    context.show("get", "pods", "-w", "-l", selector);
    await drainFirst(context, watch, chosen);
    await untilDisruptionAllowed(context, budget);
    await drainSecond(context, watch);
    const third = await drainThirdBlocked(context, watch, budget);
    await expectTestNode(context, ensemble.pods[0] ?? "", path);
    context.seen("The service is still available, as the budget allowed no further eviction.");
    await bringSecondBack(context, watch, chosen);
    await untilDisruptionAllowed(context, budget);
    await drainThird(context, watch, third, chosen);
    await kubectl.run(["uncordon", ...chosen.nodes]);
    await expectTestNode(context, ensemble.pods[0] ?? "", path);
    context.seen("All nodes are uncordoned, every server serves, and no data is lost.");
  },
};

async function untilDisruptionAllowed({ kubectl }: DrillContext, budget: string): Promise<void> {
  const condition = "--for=jsonpath={.status.disruptionsAllowed}=1";
  await kubectl.run(["wait", condition, `pdb/${budget}`, "--timeout=120s"]);
}

/** Drains the node of this server; kubectl gives up after as many seconds. */
async function drain(
  context: DrillContext,
  node: string,
  seconds: number,
): Promise<{ code: number | null; said: string }> {
  const args = ["drain", node, ...drainFlags, `--timeout=${seconds}s`];
  const { code, stdout, stderr } = await context.kubectl.run(args, { anyExit: true });
  return { code, said: `${stdout}\n${stderr}` };
}

/** The node of a server, read as in the tutorial. */
async function askNode({ kubectl }: DrillContext, pod: string): Promise<string> {
  return (await kubectl.run(["get", "pod", pod, "--template", "{{.spec.nodeName}}"])).stdout.trim();
}

async function drainFirst(context: DrillContext, watch: Watch<Pod>, chosen: MaintenanceNodes): Promise<void> {
  const { kubectl, ensemble, signal } = context;
  const [pod = "", , asker = ""] = ensemble.pods;
  const before = watch.objects.get(pod);
  const name = (await kubectl.quiet(["exec", pod, "--", "hostname", "-f"])).stdout.trim();
  const node = await askNode(context, pod);
  const { code } = await drain(context, node, 180);
  expect(code === 0, `draining ${node} failed`);
  await watch.until(`${pod} is Ready on another node`, (pods) => {
    const now = pods.get(pod);
    return uidOf(now) !== uidOf(before) && isReady(now);
  });
  const now = watch.objects.get(pod);
  expect(nodeOf(now) === chosen.spare, `${pod} is on ${nodeOf(now)}, not on the fourth node ${chosen.spare}`);
  context.seen(`${pod} was evicted from ${node}, and serves on the fourth node, ${nodeOf(now)}.`);
  await untilAnswered(`${asker} resolves ${name} to ${addressOf(now)}`, signal, async () => {
    const { stdout } = await kubectl.quiet(["exec", asker, "--", "getent", "hosts", name]);
    return stdout.split(/\s+/)[0] === addressOf(now);
  });
  await kubectl.exec(asker, "getent", "hosts", name);
  context.seen(`Its DNS record was updated: ${name} was ${addressOf(before)} and is ${addressOf(now)}.`);
}

async function drainSecond(context: DrillContext, watch: Watch<Pod>): Promise<void> {
  const [, pod = ""] = context.ensemble.pods;
  const before = watch.objects.get(pod);
  const node = await askNode(context, pod);
  const { code } = await drain(context, node, 180);
  expect(code === 0, `draining ${node} failed`);
  await watch.until(`${pod} finds no node`, (pods) => {
    const now = pods.get(pod);
    return uidOf(now) !== uidOf(before) && unschedulableReason(now) !== undefined;
  });
  const now = watch.objects.get(pod);
  expect(now?.status?.phase === "Pending", `${pod} is not Pending`);
  const why = unschedulableReason(now) ?? "";
  // A node of 4 GiB has no memory for a second server beside GKE's own pods, which the scheduler finds first.
  expect(
    /anti-affinity|Insufficient (?:memory|cpu)/.test(why),
    `${pod} is Pending, but not because the other nodes have a server each: ${why}`,
  );
  context.seen(`${pod} was evicted from ${node} and stays Pending: ${why}`);
}

/** Tries to drain the third server's node, which the budget blocks. @returns the node */
async function drainThirdBlocked(context: DrillContext, watch: Watch<Pod>, budget: string): Promise<string> {
  const [, , pod = ""] = context.ensemble.pods;
  const before = watch.objects.get(pod);
  const node = await askNode(context, pod);
  // In the tutorial Ctrl-C ends it.
  const { code, said } = await drain(context, node, 15);
  expect(code !== 0, `draining ${node} succeeded although a server was missing`);
  expect(/disruption budget/.test(said), `draining ${node} failed, but not because of the budget`);
  const now = watch.objects.get(pod);
  expect(uidOf(now) === uidOf(before) && isReady(now), `${pod} was evicted in spite of the budget`);
  context.seen(`${pod} was not evicted: it would violate ${budget}. Its node remains cordoned.`);
  return node;
}

async function bringSecondBack(
  context: DrillContext,
  watch: Watch<Pod>,
  chosen: MaintenanceNodes,
): Promise<void> {
  const [, pod = ""] = context.ensemble.pods;
  const [first = ""] = chosen.nodes;
  await context.kubectl.run(["uncordon", first]);
  await watch.until(`${pod} is Ready again`, (pods) => isReady(pods.get(pod)));
  expect(nodeOf(watch.objects.get(pod)) === first, `${pod} is not on ${first}`);
  context.seen(`${pod} was placed on ${first} and serves again.`);
}

async function drainThird(
  context: DrillContext,
  watch: Watch<Pod>,
  node: string,
  chosen: MaintenanceNodes,
): Promise<void> {
  const [, , pod = ""] = context.ensemble.pods;
  const before = watch.objects.get(pod);
  const { code } = await drain(context, node, 180);
  expect(code === 0, `draining ${node} failed although every server served`);
  context.seen(`${node} was drained now that the budget allowed a disruption.`);
  const [, second = ""] = chosen.nodes;
  await context.kubectl.run(["uncordon", second]);
  await watch.until(`${pod} is Ready again`, (pods) => {
    const now = pods.get(pod);
    return uidOf(now) !== uidOf(before) && isReady(now);
  });
  context.seen(
    `With ${second} uncordoned ${pod} was placed on ${nodeOf(watch.objects.get(pod))} and serves again.`,
  );
}
