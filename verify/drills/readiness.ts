import { isDeepStrictEqual } from "node:util";

import {
  addressOf,
  isReady,
  isTerminating,
  nodeOf,
  readyAddresses,
  readyEndpoints,
  restartsOf,
  uidOf,
} from "../../kubernetes/objects.ts";
import type { Drill, DrillContext } from "../drill.ts";
import { readPods, serverStatus } from "../ensemble.ts";
import { expect } from "../errors.ts";
import { untilAnswered } from "../wait.ts";

/** Row 12: clients are sent only to servers that serve. */
export const readiness: Drill = {
  row: 12,
  name: "readiness",
  section: "Testing for readiness",
  promise: "the client Service has no pod that does not serve; a pod that is starting is not killed",
  disruptive: false,
  deadline: 240,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { client, pods } = ensemble;
    expect(client !== undefined, "there is no Service for clients");
    await kubectl.run(["get", "endpointslices", "-l", `kubernetes.io/service-name=${client}`]);
    const behind = readyEndpoints(
      await kubectl.readAll("endpointslices", "-l", `kubernetes.io/service-name=${client}`),
    );
    const serving: string[] = [];
    for (const [ordinal, pod] of (await readPods(kubectl, ensemble)).entries()) {
      const { mode } = await serverStatus(kubectl, ensemble, pods[ordinal] ?? "");
      if (mode !== undefined) {
        serving.push(addressOf(pod));
      }
    }
    expect(
      isDeepStrictEqual(behind, serving.sort()),
      `${client} has the addresses ${behind.join(", ") || "none"}; the servers in a quorum have ${serving.join(", ") || "none"}`,
    );
    context.seen(`${client} has exactly the ${serving.length} servers that are in a quorum.`);
    if (context.disruptive) {
      await replaceLast(context, client);
    } else {
      context.notChecked("a server that starts; pass --disruptive to check, which deletes a pod.");
    }
  },
};

/** Deletes the last pod, and watches the client Service until the new one serves. */
async function replaceLast(context: DrillContext, client: string): Promise<void> {
  const { kubectl, ensemble, signal } = context;
  const victim = ensemble.pods.at(-1) ?? "";
  const before = await kubectl.read("pods", victim);
  const watch = context.watch("pods", "-l", ensemble.selector);
  const slices = context.watch("endpointslices", "-l", `kubernetes.io/service-name=${client}`);
  await watch.until(`${victim} is Ready`, (pods) => isReady(pods.get(victim)));
  await slices.until(`${client} has ${victim}`, (s) =>
    readyEndpoints(s.values()).includes(addressOf(before)),
  );

  context.show("get", "pods", "-w", "-l", ensemble.selector);
  await kubectl.run(["delete", "pod", victim, "--wait=false"]);
  await watch.until(`${victim} is another pod with an address`, (pods) => {
    const pod = pods.get(victim);
    return uidOf(pod) !== uidOf(before) && addressOf(pod) !== "" && !isTerminating(pod);
  });
  const address = addressOf(watch.objects.get(victim));
  await slices.until(`${client} has ${victim} again`, (s) => readyEndpoints(s.values()).includes(address));
  // The address can only have come after the readiness: a pod that is Ready now was so when the address came.
  const after = await kubectl.read("pods", victim);
  expect(isReady(after), `${client} sent clients to ${victim} before it was Ready`);
  expect(restartsOf(after) === 0, `${victim} was killed ${restartsOf(after)} times while it started`);
  const { mode } = await serverStatus(kubectl, ensemble, victim);
  expect(mode !== undefined, `${client} has ${victim}, which is not in a quorum`);
  await slices.until(`${client} has exactly the pods that are Ready`, (found) =>
    isDeepStrictEqual(readyEndpoints(found.values()), readyAddresses(watch.objects.values())),
  );
  context.seen(
    `${victim} was deleted and came back on ${nodeOf(after)} with address ${address}. It was not restarted while ` +
      `it started, and ${client} sent clients to it only when it was Ready.`,
  );

  const name = await kubectl.exec(victim, "hostname", "-f");
  const [asker = ""] = ensemble.pods;
  await untilAnswered(`${asker} resolves ${name} to ${address}`, signal, async () => {
    const { stdout } = await kubectl.quiet(["exec", asker, "--", "getent", "hosts", name]);
    return stdout.split(/\s+/)[0] === address;
  });
  await kubectl.exec(asker, "getent", "hosts", name);
  context.seen(`The DNS record of ${name} has the pod's new address.`);
}
