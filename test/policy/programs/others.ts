import { objects, type Program } from "./program.ts";

export const operatorsEnsemble: Program = {
  resources: [
    ...objects,
    {
      type: "kubernetes:zookeeper.pravega.io/v1beta1:ZookeeperCluster",
      name: "pravega",
      props: { metadata: { name: "pravega", namespace: "default" }, spec: { replicas: 3 } },
    },
  ],
  rejections: {},
  advice: { "not-validated": "not validated, as an operator creates the ensemble" },
};

export const chartOfAnotherController: Program = {
  resources: [
    {
      type: "kubernetes:helm.cattle.io/v1:HelmChart",
      name: "zookeeper",
      props: { metadata: { name: "zookeeper", namespace: "default" }, spec: { chart: "zookeeper" } },
    },
  ],
  rejections: {},
  advice: { "not-validated": 'not validated, as chart "zookeeper" installs ZooKeeper' },
};
