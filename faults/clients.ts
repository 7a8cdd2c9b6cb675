import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { clientServiceName, ensembleNames, ports, selectorLabels } from "../domain/names.ts";
import type { Service } from "../kubernetes/objects.ts";
import type { Ensemble } from "./ensemble.ts";
import type { Options } from "./options.ts";
import type { Undo } from "./undo.ts";
import { Workload } from "./workload.ts";

/** The DNS domain of every cluster of the local GKE. */
const clusterDomain = "cluster.local";

/** The port for clients, as they connect. */
export const clientPort = ({ tls }: Pick<Options, "tls">): number =>
  tls === "" ? ports.client : ports.secureClient;

/**
 * Lets the clients' machine connect, and this process, which the ensemble's own NetworkPolicy may not. Policies add up.
 * @param folder for the policy's file
 */
export async function admitClients(ensemble: Ensemble, folder: string, undo: Undo): Promise<void> {
  const { namespace, name } = ensemble;
  const policy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${name}-faults`, namespace },
    spec: {
      podSelector: { matchLabels: selectorLabels(name) },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ ipBlock: { cidr: ensemble.cluster.machineRange } }],
          ports: [ports.client, ports.secureClient].map((port) => ({ port })),
        },
      ],
    },
  };
  const file = join(folder, "network-policy.json");
  writeFileSync(file, JSON.stringify(policy));
  undo.later("the clients' NetworkPolicy", async () => {
    await ensemble.kubectl("delete", "-f", file, "--ignore-not-found");
  });
  await ensemble.kubectl("apply", "-f", file);
}

/** The address of the clients' Service. @throws Error where it does not have the port */
async function serviceAddress(ensemble: Ensemble, port: number): Promise<string> {
  const text = await ensemble.kubectl(
    ...["get", "service", ensembleNames(ensemble.name).client, "-n", ensemble.namespace, "-o", "json"],
  );
  const { spec } = JSON.parse(text) as Service;
  if (!(spec?.ports ?? []).some((each) => each.port === port)) {
    const fix = port === ports.client ? "use --tls FOLDER" : "leave out --tls, or set clientTls";
    throw new Error(`rejected: the ensemble has no port ${port} for clients. Fix: ${fix}`);
  }
  return spec?.clusterIP ?? "";
}

/** Connects the clients' machine, and starts the clients. @throws Error where the ensemble has no port for them */
export async function startClients(
  {
    ensemble,
    command,
    signal,
  }: { readonly ensemble: Ensemble; readonly command: string; readonly signal: AbortSignal },
  options: Options,
  undo: Undo,
): Promise<Workload> {
  const { report, rate, tls } = options;
  const { name, namespace } = ensemble;
  const client = ensemble.cluster.clientMachine;
  await client.remove();
  undo.later("the clients' machine", () => client.remove());
  await client.start(report);
  const port = clientPort(options);
  const workload = new Workload({
    command,
    client,
    address: `${await serviceAddress(ensemble, port)}:${port}`,
    tls:
      tls === ""
        ? undefined
        : { folder: tls, serverName: clientServiceName({ name, namespace, clusterDomain }) },
    root: `/faults-${Date.now()}`,
    history: join(report, "history.jsonl"),
    log: join(report, "workload.log"),
    rate,
    signal,
  });
  undo.later("the workload", () => workload.abandon());
  return workload;
}
