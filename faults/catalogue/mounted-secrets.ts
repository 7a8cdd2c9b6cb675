import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { paths } from "../../domain/names.ts";
import type { Ensemble } from "../ensemble.ts";
import type { Scene } from "../fault.ts";
import type { Server } from "../servers.ts";
import type { Certificates } from "../../kubernetes/foreign-certificates.ts";

/** A Secret as `kubectl get -o json` prints it. */
export interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

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
export async function secretNames(
  ensemble: Ensemble,
  at: readonly string[] = [paths.secret, paths.clientSecret],
): Promise<string[]> {
  const path = "-o=jsonpath={.spec.template.spec}";
  const text = await ensemble.kubectl("get", "statefulset", ensemble.name, "-n", ensemble.namespace, path);
  return secretsAt(at, JSON.parse(text) as PodSpec);
}

/** The Secrets with what servers show only to each other. */
export async function serverSecretNames(ensemble: Ensemble): Promise<string[]> {
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
export async function keepSecrets({ ensemble, undo }: Scene, names: readonly string[]): Promise<Secret[]> {
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

/** Replaces some of what a Secret has, and lets the nodes see it. */
export async function change(scene: Scene, secret: Secret, content: Partial<Certificates>): Promise<void> {
  const { ensemble, leader, followers } = scene;
  const patch = JSON.stringify({ data: content });
  await ensemble.kubectl("patch", "secret", secret.metadata.name, "-n", ensemble.namespace, "-p", patch);
  await lookNow(ensemble, [leader, ...followers]);
}

/** Certificates, base64-encoded, in one file. */
export const bundle = (...files: readonly string[]): string =>
  Buffer.from(files.map((file) => Buffer.from(file, "base64").toString()).join("\n")).toString("base64");
