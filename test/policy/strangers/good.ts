import type { Verdict, Verdicts } from "./verdict.ts";

/** What no policy rejects outside production. */
const right: Verdict = { rejected: [] };

/** What no policy rejects, in production either. */
const rightEverywhere: Verdict = { rejected: [], stacks: ["dev", "production"] };

/** As `rightEverywhere`, with ZooKeeper's own default for what a leader sends to servers that were away. */
const withDefaultSynchronization: Verdict = { ...rightEverywhere, advised: ["synchronization"] };

const versions = (image: string, version: string): Verdict["settings"] => ({
  images: { versions: { [image]: version } },
});

const kafka =
  "gcr.io/acme-mirror/kafka@sha256:6f82e2b0464f50da8104acd7363fb9b995001ddff77d248379f8788e78946143";

/** The verdicts on ensembles that are right, each in its own way. */
export const good: Verdicts = {
  "good-official": { ...rightEverywhere },
  "good-one-server": { ...right },
  "good-log-in-data": rightEverywhere,
  "good-script": right,
  "good-configured": { ...rightEverywhere, silent: ["synchronization"] },
  "good-bitnami": { ...rightEverywhere },
  "good-confluent": {
    ...right,
    settings: versions("gcr.io/acme-mirror/cp-zookeeper:7.9.5", "3.8.6"),
  },
  "good-kafka-image": { ...right, settings: versions(kafka, "3.8.6") },
  "good-java": {
    ...right,
    settings: versions("europe-docker.pkg.dev/acme/base/zk-runtime:2026.11.1", "3.9.5"),
  },
  "good-deployment": { ...right },
  "good-three-stateful-sets": { ...rightEverywhere },
  "good-zone-each": { ...rightEverywhere, silent: ["zone-spread"] },
  "good-two-clusters": withDefaultSynchronization,
  "good-observers": withDefaultSynchronization,
  "good-observers-inside": withDefaultSynchronization,
  "good-two-halves": withDefaultSynchronization,
  "good-two-ensembles": rightEverywhere,
  "good-tls": rightEverywhere,
};
