import type { Verdict, Verdicts } from "./verdict.ts";

/** What is no ZooKeeper, so that no policy says anything about it. */
const silent: Verdict = { rejected: [], silent: "all" };

/** What certainly runs ZooKeeper, but shows none of it: a line that says so, and nothing that stops a deployment. */
const notValidated: Verdict = { rejected: [], advised: ["not-validated"], silent: "all" };

/** The verdicts on manifests that only mention ZooKeeper, or leave it to others to create it. */
export const decoys: Verdicts = {
  "decoy-clickhouse-keeper": silent,
  "decoy-kafka": silent,
  "decoy-kafka-script": silent,
  "decoy-kafka-without": silent,
  "decoy-kafka-manager": silent,
  "decoy-exporter": silent,
  "decoy-backup": silent,
  "decoy-operator": silent,
  "decoy-solr": silent,
  "decoy-development-box": silent,
  "decoy-application": { ...silent },
  "decoy-shells": silent,
  "decoy-external": { ...silent },
  "decoy-others": silent,
  "operator-pravega": notValidated,
  "operator-stackable": notValidated,
  "operator-strimzi": notValidated,
  "operator-strimzi-without": silent,
  "operator-solr": { rejected: [] },
  "operator-confluent": notValidated,
  "deployment-config": notValidated,
  "pet-set": notValidated,
  "helm-release": notValidated,
  "helm-release-others": silent,
};
