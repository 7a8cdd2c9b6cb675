import { networkPolicy } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, type Program } from "./program.ts";

const withRules = (ingress: unknown) =>
  replaced(objects, networkPolicy, changed(networkPolicy, ["spec", "ingress"], ingress));

export const onlyClients: Program = {
  resources: withRules([{ ports: [{ port: 2181 }] }]),
  rejections: { "quorum-ports": "no rule for the servers of StatefulSet default/zk at port 2888 and 3888" },
};

export const otherPeers: Program = {
  resources: withRules([{ from: [{ podSelector: { matchLabels: { app: "zookeeper" } } }] }]),
  rejections: { "quorum-ports": "no rule for the servers of StatefulSet default/zk" },
};

export const noNetworkPolicy: Program = {
  resources: replaced(objects, networkPolicy),
  rejections: {},
  advice: { "network-policies": "selected by no NetworkPolicy" },
  stack: "prod",
};

export const anyPeers: Program = {
  resources: withRules([{ ports: [{ port: 2181 }, { port: 2888 }, { port: 3888 }] }]),
  rejections: {},
  advice: { "network-policies": "a rule that admits every pod of the cluster to the quorum ports" },
  stack: "prod",
};
