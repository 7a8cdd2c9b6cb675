import { join } from "node:path";

import { paths } from "../../domain/names.ts";
import type { Certificates } from "../../kubernetes/foreign-certificates.ts";
import type { Ensemble } from "../ensemble.ts";
import { aFollower, type Fault, type Scene } from "../fault.ts";
import { foreignCertificates } from "./certificates.ts";
import { letExpire } from "./expiring.ts";
import { seenWithin, untilLogged } from "./logged.ts";
import { change, keepSecrets, secretNames, serverSecretNames, type Secret } from "./mounted-secrets.ts";
import { kill } from "./processes.ts";

const skip = async (ensemble: Ensemble): Promise<string | undefined> =>
  (await secretNames(ensemble)).length === 0 ? "the servers have no certificates" : undefined;

const withoutServerSecrets = async (ensemble: Ensemble): Promise<string | undefined> =>
  (await serverSecretNames(ensemble)).length === 0
    ? "servers have no certificates that only servers see"
    : undefined;

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
  // A server says once what is wrong, until its Secrets are right again; these files of zookeeper-certificates say so.
  const marks = [paths.certificates, paths.clientCertificates].map((folder) => join(folder, "rejected"));
  const listMarks = ["sh", "-c", 'ls "$@" 2>/dev/null || :', "sh", ...marks];
  for (const { pod } of [scene.leader, ...scene.followers]) {
    await scene.wait(
      `${pod} has seen that its Secrets are right again`,
      async () => {
        const found = await ensemble.kubectl("exec", "-n", namespace, pod, "--", ...listMarks);
        return found.trim() === "" || "it has not";
      },
      { within: seenWithin, every: 1000 },
    );
  }
  const secrets = await keepSecrets(scene, await names(ensemble));
  const line = { what: "rejects the certificates", pattern: complaint, times: secrets.length };
  await untilLogged(scene, line, async () => {
    for (const secret of secrets) {
      await change(scene, secret, await content(scene, secret.data));
    }
  });
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
    skip: withoutServerSecrets,
    inject: (scene) =>
      makeMistake(scene, {
        // A server keeps serving clients with an expired certificate, because the quorum needs it.
        names: serverSecretNames,
        content: ({ ensemble, leader }) => foreignCertificates(ensemble, leader, { seconds: 0 }),
        complaint: /openssl verify .*: certificate has expired/,
      }),
  },
  {
    name: "secrets-expiring",
    about:
      "the certificates for the servers' connections expire; a killed follower waits until the Secret has valid ones",
    weight: 1,
    restarts: "follower",
    mayAlert: ["HandshakesFail"],
    skip: withoutServerSecrets,
    inject: letExpire,
  },
];
