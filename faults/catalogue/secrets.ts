import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Ensemble } from "../ensemble.ts";
import { aFollower, type Fault, type Scene } from "../fault.ts";
import { kill } from "./processes.ts";

/** A Secret as `kubectl get -o json` prints it. */
interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Milliseconds in which nodes see a changed Secret: by themselves, kubelets look about once a minute. */
const seenWithin = 150_000;

/** The Secrets with certificates that the servers mount; none without TLS. */
async function secretNames(ensemble: Ensemble): Promise<string[]> {
  const path = "-o=jsonpath={.spec.template.spec.volumes[*].secret.secretName}";
  const names = await ensemble.kubectl("get", "statefulset", ensemble.name, "-n", ensemble.namespace, path);
  return [...new Set(names.split(" ").filter((each) => each !== ""))];
}

/**
 * Reads the servers' Secrets, and gives them their content back when the fault is undone. Keys are never in the run's
 * own folder, which people keep and share.
 */
async function keepSecrets({ ensemble, undo }: Scene): Promise<Secret[]> {
  const { namespace } = ensemble;
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const secrets: Secret[] = [];
  const fileOf = ({ metadata }: Secret): string => join(folder, `${metadata.name}.json`);
  undo.later("the servers' Secrets", async () => {
    try {
      for (const secret of secrets) {
        await ensemble.kubectl("apply", "--server-side", "--force-conflicts", "-f", fileOf(secret));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  for (const name of await secretNames(ensemble)) {
    const text = await ensemble.kubectl("get", "secret", name, "-n", namespace, "-o", "json");
    const { metadata, type, data } = JSON.parse(text) as Secret;
    const secret = { metadata: { name: metadata.name, namespace: metadata.namespace }, type, data };
    const file = JSON.stringify({ apiVersion: "v1", kind: "Secret", ...secret });
    writeFileSync(fileOf(secret), file, { mode: 0o600 });
    secrets.push(secret);
  }
  return secrets;
}

const skip = async (ensemble: Ensemble): Promise<string | undefined> =>
  (await secretNames(ensemble)).length === 0 ? "the servers have no certificates" : undefined;

/** Kills a follower, which must come back while the Secrets are as they are. */
async function comesBack(scene: Scene): Promise<void> {
  const server = aFollower(scene);
  await kill(scene, server);
  await scene.wait(`${server.pod} again, with the certificates that it had`, () =>
    scene.ensemble.redundant(),
  );
  await scene.workload.acknowledges(100);
}

/** Faults of the Secrets with the servers' certificates. */
export const secretFaults: readonly Fault[] = [
  {
    name: "secrets-deleted",
    about:
      "the Secrets with the servers' certificates are deleted; a follower that is killed then must come back",
    weight: 1,
    restarts: "follower",
    skip,
    inject: async (scene) => {
      for (const { metadata } of await keepSecrets(scene)) {
        await scene.ensemble.kubectl("delete", "secret", metadata.name, "-n", metadata.namespace);
      }
      await comesBack(scene);
    },
  },
  {
    name: "secrets-wrong",
    about:
      "the Secrets get certificates of other keys; servers keep theirs, and a killed follower must come back",
    weight: 1,
    restarts: "follower",
    skip,
    inject: async (scene) => {
      const { ensemble } = scene;
      const servers = [scene.leader, ...scene.followers];
      const complaints = async (pod: string): Promise<number> => {
        const log = await ensemble.kubectl("logs", "-n", ensemble.namespace, pod, "--tail=-1");
        return log.split("tls.key is not the key of tls.crt").length - 1;
      };
      const before = await Promise.all(servers.map(({ pod }) => complaints(pod)));
      const secrets = await keepSecrets(scene);
      for (const { metadata, data } of secrets) {
        const patch = JSON.stringify({ data: { "tls.crt": data["ca.crt"] } });
        await ensemble.kubectl("patch", "secret", metadata.name, "-n", metadata.namespace, "-p", patch);
      }
      // A kubelet looks at once when a pod changes.
      const looked = `looked-at=${Date.now()}`;
      for (const { pod } of servers) {
        await ensemble.kubectl("annotate", "pod", pod, "-n", ensemble.namespace, looked, "--overwrite");
      }
      for (const [index, { pod }] of servers.entries()) {
        const more = (before[index] ?? 0) + secrets.length;
        await scene.wait(
          `${pod} rejects the certificates`,
          async () => {
            const now = await complaints(pod);
            return now >= more || `it has said so ${now} times, of ${more}`;
          },
          { within: seenWithin, every: 1000 },
        );
      }
      await comesBack(scene);
    },
  },
];
