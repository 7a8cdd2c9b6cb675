import { ports } from "../../domain/names.ts";
import type { EnsembleValues } from "./args.ts";

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

/** The ports of an ensemble's servers. Pods, Services and the NetworkPolicy are derived from this list. */
export function serverPorts({ metrics }: Pick<EnsembleValues, "metrics">): readonly ServerPort[] {
  return [
    { name: "client", port: ports.client, service: "client", from: "clients" },
    { name: "server", port: ports.server, service: "headless", from: "servers" },
    { name: "leader-election", port: ports.election, service: "headless", from: "servers" },
    ...(metrics ? [{ name: "metrics", port: ports.metrics, service: "headless", from: "any" } as const] : []),
  ];
}
