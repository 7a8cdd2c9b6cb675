// Each line below a mark must be rejected by the packed declarations: were they lost, everything would be accepted.
import type { ZooKeeperEnsemble } from "zookeeper-components";
import { type ZooKeeperEnsembleArgs } from "zookeeper-components";

// @ts-expect-error a text is no number of servers
export const text: ZooKeeperEnsembleArgs = { servers: "3" };
// @ts-expect-error a typing error in a name
export const typo: ZooKeeperEnsembleArgs = { severs: 3 };
// @ts-expect-error outputs are no plain values
export const plain = (ensemble: ZooKeeperEnsemble): string => ensemble.connectionString;
