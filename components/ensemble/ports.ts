import { ports } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";
import { clientTlsMode } from "./client-tls.ts";

/** A port of a server. */
export interface ServerPort {
  /** Its name in the pod and its Service. */
  readonly name: string;
  readonly port: number;
  /** The Service that has it: the one that clients use, or the one that names the servers. */
  readonly service: "client" | "headless";
  /** Who may connect to it: the settings' clients, the ensemble's own servers, or any pod or host of the cluster. */
  readonly from: "clients" | "servers" | "any";
}

/**
 * The ports of an ensemble's servers. Pods, Services and the NetworkPolicy are derived from this list. A port that only
 * the server's own pod reaches is none of them.
 */
export function serverPorts({
  metrics,
  clientTls,
}: Pick<EnsembleValues, "metrics" | "clientTls">): readonly ServerPort[] {
  const mode = clientTlsMode(clientTls);
  const clients = { service: "client", from: "clients" } as const;
  return [
    ...(mode === "require" ? [] : [{ name: "client", port: ports.client, ...clients }]),
    ...(mode === "off" ? [] : [{ name: "secure-client", port: ports.secureClient, ...clients }]),
    { name: "server", port: ports.server, service: "headless", from: "servers" },
    { name: "leader-election", port: ports.election, service: "headless", from: "servers" },
    ...(metrics ? [{ name: "metrics", port: ports.metrics, service: "headless", from: "any" } as const] : []),
  ];
}
