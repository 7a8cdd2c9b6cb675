import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { paths } from "../../domain/names.ts";
import type { Certificates } from "../../kubernetes/foreign-certificates.ts";
import type { Ensemble } from "../ensemble.ts";
import { aFollower, type Fault, type Scene } from "../fault.ts";
import type { Server } from "../servers.ts";
import { foreignCertificates } from "./certificates.ts";
import { kill } from "./processes.ts";

/** A Secret as `kubectl get -o json` prints it. */
interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Milliseconds in which nodes see a changed Secret: by themselves, kubelets look about once a minute. */
const seenWithin = 150_000;

/** The part of a StatefulSet that says where its pods have Secrets. */
interface PodSpec {
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  readonly containers: readonly {
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
}

/** The names of the Secrets that a pod mounts at these paths, each once. */
export function secretsAt(at: readonly string[], { volumes, containers }: PodSpec): string[] {
  const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts);
  const names = volumes
    .filter(({ name }) => mounted.some((mount) => mount.name === name && at.includes(mount.mountPath)))
    .flatMap(({ secret }) => secret?.secretName ?? []);
  return [...new Set(names)];
}

/** The names of the Secrets with certificates that the servers mount at these paths; none without TLS. */
async function secretNames(
  ensemble: Ensemble,
  at: readonly string[] = [paths.secret, paths.clientSecret],
): Promise<string[]> {
  const path = "-o=jsonpath={.spec.template.spec}";
  const text = await ensemble.kubectl("get", "statefulset", ensemble.name, "-n", ensemble.namespace, path);
  return secretsAt(at, JSON.parse(text) as PodSpec);
}

/** The Secrets with what servers show only to each other. */
async function serverSecretNames(ensemble: Ensemble): Promise<string[]> {
  const ofClients = await secretNames(ensemble, [paths.clientSecret]);
  return (await secretNames(ensemble, [paths.secret])).filter((name) => !ofClients.includes(name));
}

/** Lets the nodes look at Secrets at once: a kubelet does when a pod changes. */
async function lookNow(ensemble: Ensemble, servers: readonly Server[]): Promise<void> {
  const looked = `looked-at=${Date.now()}`;
  for (const { pod } of servers) {
    await ensemble.kubectl("annotate", "pod", pod, "-n", ensemble.namespace, looked, "--overwrite");
  }
}

/**
 * Reads the servers' Secrets, and gives them their content back when the fault is undone. Keys are never in the run's
 * own folder, which people keep and share.
 */
async function keepSecrets({ ensemble, undo }: Scene, names: readonly string[]): Promise<Secret[]> {
  const { namespace } = ensemble;
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const secrets: Secret[] = [];
  const fileOf = ({ metadata }: Secret): string => join(folder, `${metadata.name}.json`);
  undo.later("the servers' Secrets", async () => {
    try {
      for (const secret of secrets) {
        await ensemble.kubectl("apply", "--server-side", "--force-conflicts", "-f", fileOf(secret));
      }
      await lookNow(ensemble, await ensemble.servers());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  for (const name of names) {
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

/** What is wrong with Secrets. */
interface Mistake {
  /** The Secrets that get it. */
  readonly names: (ensemble: Ensemble) => Promise<string[]>;
  /** What they get in the place of some of their content. */
  readonly content: (scene: Scene, had: Secret["data"]) => Promise<Partial<Certificates>>;
  /** What the servers' logs say. */
  readonly complaint: RegExp;
}

/** Makes a mistake in Secrets, and waits until all servers have rejected it, and writes are acknowledged. */
async function makeMistake(scene: Scene, { names, content, complaint }: Mistake): Promise<void> {
  const { ensemble } = scene;
  const { namespace } = ensemble;
  const servers = [scene.leader, ...scene.followers];
  // A server says once what is wrong, until its Secrets are right again; these files of zookeeper-certificates say so.
  const marks = [paths.certificates, paths.clientCertificates].map((folder) => join(folder, "rejected"));
  const listMarks = ["sh", "-c", 'ls "$@" 2>/dev/null || :', "sh", ...marks];
  for (const { pod } of servers) {
    await scene.wait(
      `${pod} has seen that its Secrets are right again`,
      async () => {
        const found = await ensemble.kubectl("exec", "-n", namespace, pod, "--", ...listMarks);
        return found.trim() === "" || "it has not";
      },
      { within: seenWithin, every: 1000 },
    );
  }
  const complaints = async ({ pod }: Server): Promise<number> => {
    const log = await ensemble.kubectl("logs", "-n", namespace, pod, "--tail=-1");
    return log.split("\n").filter((line) => complaint.test(line)).length;
  };
  const before = await Promise.all(servers.map(complaints));
  const secrets = await keepSecrets(scene, await names(ensemble));
  for (const { metadata, data } of secrets) {
    const patch = JSON.stringify({ data: await content(scene, data) });
    await ensemble.kubectl("patch", "secret", metadata.name, "-n", namespace, "-p", patch);
  }
  await lookNow(ensemble, servers);
  for (const [index, server] of servers.entries()) {
    const more = (before[index] ?? 0) + secrets.length;
    await scene.wait(
      `${server.pod} rejects the certificates`,
      async () => {
        const now = await complaints(server);
        return now >= more || `it has said so ${now} times, of ${more}`;
      },
      { within: seenWithin, every: 1000 },
    );
  }
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
      for (const { metadata } of await keepSecrets(scene, await secretNames(scene.ensemble))) {
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
      await makeMistake(scene, {
        names: secretNames,
        content: (_, had) => Promise.resolve({ "tls.crt": had["ca.crt"] ?? "" }),
        complaint: /tls\.key is not the key of tls\.crt/,
      });
      await comesBack(scene);
    },
  },
  {
    name: "secrets-foreign",
    about: "the Secrets get certificates of an authority that they do not have; servers keep theirs",
    weight: 1,
    skip,
    inject: (scene) =>
      makeMistake(scene, {
        names: secretNames,
        content: async ({ ensemble, leader }) => {
          const { "tls.key": key, "tls.crt": certificate } = await foreignCertificates(ensemble, leader);
          return { "tls.key": key, "tls.crt": certificate };
        },
        complaint: /openssl verify .*: unable to get (local )?issuer certificate/,
      }),
  },
  {
    name: "secrets-misnamed",
    about: "the Secrets get another authority, and its certificates for other names; servers keep theirs",
    weight: 1,
    skip,
    inject: (scene) =>
      makeMistake(scene, {
        names: secretNames,
        content: ({ ensemble, leader }) =>
          foreignCertificates(ensemble, leader, { names: ["other.example"] }),
        complaint: /openssl verify .*: hostname mismatch/i,
      }),
  },
  {
    name: "secrets-expired",
    about:
      "the Secret for the servers' connections gets another authority, and its certificate that has expired; servers keep theirs",
    weight: 1,
    skip: async (ensemble) =>
      (await serverSecretNames(ensemble)).length === 0
        ? "servers have no certificates that only servers see"
        : undefined,
    inject: (scene) =>
      makeMistake(scene, {
        // A server keeps serving clients with an expired certificate, because the quorum needs it.
        names: serverSecretNames,
        content: ({ ensemble, leader }) => foreignCertificates(ensemble, leader, { days: 0 }),
        complaint: /openssl verify .*: certificate has expired/,
      }),
  },
];
