import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, ZooKeeperEnsemble } from "zookeeper-components";

const config = new pulumi.Config();
// Without one, the volumes are of the cluster's default class.
const storageClassName = config.get("storageClass");
const protect = config.requireBoolean("protect");

const cluster = new ExistingCluster("lab", { kubeconfig: config.requireSecret("kubeconfig") });
const options = { provider: cluster.provider, dependsOn: [cluster] };
const common = { memory: "512Mi", storageClassName, protect };

const orders = new ZooKeeperEnsemble("orders", { ...common, namespace: "orders", servers: 3 }, options);
const locks = new ZooKeeperEnsemble("locks", { ...common, namespace: "locks", servers: 1 }, options);

/** Where clients inside the cluster connect to. */
export const connections = { orders: orders.connectionString, locks: locks.connectionString };
