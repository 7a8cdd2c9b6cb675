import {
  addressOf,
  containerIdOf,
  isReady,
  readyAddresses,
  readyEndpoints,
  restartsOf,
} from "../../kubernetes/objects.ts";
import type { Drill } from "../drill.ts";
import { serverStatus } from "../ensemble.ts";
import { DrillSkipped, expect } from "../errors.ts";
import { javaProcess, maySignal } from "../host.ts";
import { createTestNode, expectTestNode } from "../znode.ts";

/** The probe that the tutorial removes. */
const probe = "/opt/zookeeper/bin/zookeeper-ready";

/** Row 11, as in the tutorial: the container is restarted when its probe fails. */
export const liveness: Drill = {
  row: 11,
  name: "liveness",
  section: "Testing for liveness",
  promise: "a server whose probe is removed is restarted and serves again",
  disruptive: true,
  deadline: 300,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const [victim = ""] = ensemble.pods;
    const before = await kubectl.read("pods", victim);
    if ((await kubectl.quiet(["exec", victim, "--", "test", "-w", probe])).code !== 0) {
      throw new DrillSkipped(`${victim} has no ${probe} that its user may remove`);
    }
    const watch = context.watch("pods", "-l", ensemble.selector);
    await watch.until(`${victim} is Ready`, (pods) => isReady(pods.get(victim)));
    context.putBack(`restore the probe of ${victim}`, async (putBack) => {
      if ((await putBack.quiet(["exec", victim, "--", "test", "-e", probe])).code === 0) {
        return;
      }
      await putBack.run(["delete", "pod", victim]);
    });
    context.show("get", "pod", "-w", "-l", ensemble.selector);
    await kubectl.exec(victim, "rm", probe);
    await watch.until(
      `${victim} has been restarted`,
      (pods) => restartsOf(pods.get(victim)) > restartsOf(before),
    );
    await watch.until(`${victim} is Ready again`, (pods) => isReady(pods.get(victim)));
    await kubectl.exec(victim, "ls", "-l", probe);
    const { mode } = await serverStatus(kubectl, ensemble, victim);
    expect(mode !== undefined, `${victim} is Ready, but not in a quorum`);
    context.seen(`The probe failed, ${victim} was restarted with the probe, and serves as ${mode}.`);
  },
};

/** Row 11, the real case: a server that hangs loses its clients and is restarted. */
export const hungServer: Drill = {
  row: 11,
  name: "hung-server",
  section: "Testing for liveness",
  promise: "a server that hangs is removed from the client Service, restarted, and serves again",
  disruptive: true,
  needs: "the local GKE: Java is process 1 of its container, which can be stopped only from the node",
  deadline: 360,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    const { client, selector } = ensemble;
    const [victim = "", other = ""] = ensemble.pods;
    const before = await kubectl.read("pods", victim);
    const id = containerIdOf(before);
    const pid = javaProcess(id);
    if (pid === undefined) {
      throw new DrillSkipped(
        `the node of ${victim} is another machine, so its process cannot be stopped from here`,
      );
    }
    if (!maySignal()) {
      throw new DrillSkipped("only root may signal the server's process");
    }
    expect(client !== undefined, "there is no Service for clients");
    const path = await createTestNode(context);
    const watch = context.watch("pods", "-l", selector);
    const slices = context.watch("endpointslices", "-l", `kubernetes.io/service-name=${client}`);
    await watch.until(`${victim} is Ready`, (pods) => isReady(pods.get(victim)));
    const address = addressOf(before);
    await slices.until(`${client} has ${address}`, (found) =>
      readyEndpoints(found.values()).includes(address),
    );

    context.putBack(`continue the server of ${victim}`, () => {
      // Looked up again, as another process may have the id by now.
      const stopped = javaProcess(id);
      if (stopped !== undefined) {
        process.kill(stopped, "SIGCONT");
      }
      return Promise.resolve();
    });
    context.show("get", "pod", "-w", "-l", selector);
    process.kill(pid, "SIGSTOP");
    context.seen(`The Java process of ${victim} is stopped with SIGSTOP: it exists, but does not answer.`);
    await slices.until(
      `${client} is without ${victim}`,
      (found) => !readyEndpoints(found.values()).includes(address),
    );
    context.seen(`Its readiness probe failed: ${client} no longer sends clients to it.`);
    await expectTestNode(context, other, path);
    await watch.until(
      `${victim} has been restarted`,
      (pods) => restartsOf(pods.get(victim)) > restartsOf(before),
    );
    await watch.until(`${victim} is Ready again`, (pods) => isReady(pods.get(victim)));
    await slices.until(`${client} has every server that is Ready`, (found) => {
      const ready = readyAddresses(watch.objects.values());
      return ready.every((one) => readyEndpoints(found.values()).includes(one));
    });
    await expectTestNode(context, victim, path);
    context.seen(`Its liveness probe failed, ${victim} was restarted, serves again, and clients reach it.`);
  },
};
