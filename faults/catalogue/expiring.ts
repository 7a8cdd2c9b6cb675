import { aFollower, type Scene } from "../fault.ts";
import { foreignCertificates } from "./certificates.ts";
import { count, untilLogged } from "./logged.ts";
import { bundle, change, keepSecrets, serverSecretNames, type Secret } from "./mounted-secrets.ts";
import { kill } from "./processes.ts";

/** For how many seconds certificates that are to expire are valid at first: long enough for servers to see them. */
const validFor = 40;

const hasExpired = /^zookeeper-certificates for servers: the certificate has expired on /;
const trusts = /^zookeeper-certificates for servers: ca\.crt has changed: /;
const notUsable = /^zookeeper-certificates for servers: the Secret is not usable, /;
const decided =
  /^zookeeper-certificates for servers: (the server has a certificate until|the Secret is not usable, )/;

/** How often servers have said that a Secret is not usable. */
async function rejections(scene: Scene): Promise<number> {
  const servers = [scene.leader, ...scene.followers];
  const counts = await Promise.all(servers.map((server) => count(scene, server, notUsable)));
  return counts.reduce((sum, each) => sum + each, 0);
}

/** Has servers trust another authority as well, and show its certificates, which are valid for a short time. */
async function showExpiring(scene: Scene, secret: Secret): Promise<void> {
  let trusted = secret.data["ca.crt"] ?? "";
  // A server that sees its certificate too late rejects it: then all get others, which are valid for longer.
  for (let seconds = validFor; ; seconds *= 3) {
    const certificates = await foreignCertificates(scene.ensemble, scene.leader, { seconds });
    trusted = bundle(trusted, certificates["ca.crt"]);
    await untilLogged(scene, { what: "trusts both authorities", pattern: trusts }, () =>
      change(scene, secret, { "ca.crt": trusted }),
    );
    const before = await rejections(scene);
    await untilLogged(scene, { what: "takes the certificate over, or rejects it", pattern: decided }, () =>
      change(scene, secret, { ...certificates, "ca.crt": trusted }),
    );
    if ((await rejections(scene)) === before) {
      return;
    }
  }
}

/** Kills a follower, which must wait for a certificate that is valid. Others would reject it. */
async function waits(scene: Scene): Promise<void> {
  const { ensemble, workload } = scene;
  const server = aFollower(scene);
  await kill(scene, server);
  await scene.wait(
    `${server.pod} waits for a certificate`,
    async () => {
      const { restarts } = (await ensemble.servers()).find(({ pod }) => pod === server.pod) ?? server;
      return (restarts > server.restarts && (await count(scene, server, hasExpired)) > 0) || "it does not";
    },
    { every: 500 },
  );
  await workload.acknowledges(100);
  if (ensemble.findJava(server) !== undefined) {
    throw new Error(`${server.pod} runs with a certificate that has expired`);
  }
}

/**
 * Has the certificates for the servers' connections expire, which cuts no connection. Then, a follower that is killed
 * waits until the Secret is valid again.
 */
export async function letExpire(scene: Scene): Promise<void> {
  const line = { what: "says that its certificate has expired", pattern: hasExpired, within: 10 * 60_000 };
  for (const secret of await keepSecrets(scene, await serverSecretNames(scene.ensemble))) {
    await untilLogged(scene, line, () => showExpiring(scene, secret));
  }
  await scene.workload.acknowledges(100);
  await waits(scene);
}
