import { configure, prepare } from "../local-gke/index.ts";
import { zookeeperEnvironment } from "../zookeeper-image/configuration.ts";

configure(zookeeperEnvironment);

let prepared: Promise<Readonly<Record<string, string>>> | undefined;

/** The variables with which pulumi, kubectl and the local GKE are used, in the bench's own state folder. */
export async function prepareTools(): Promise<Readonly<Record<string, string>>> {
  prepared ??= prepare().then(({ env }) => env);
  return await prepared;
}
