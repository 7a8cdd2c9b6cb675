import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies.ts";
import { served } from "./served.ts";

new PolicyPack("zookeeper", {
  description: "Rejects configurations that would lose a ZooKeeper ensemble on Kubernetes and GKE",
  displayName: "ZooKeeper",
  enforcementLevel: "mandatory",
  policies: policies.map(served),
});
