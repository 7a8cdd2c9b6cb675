import type { Rejection, Verdicts } from "./verdict.ts";

/** No startup probe, and no hardening. */
const unhardened: readonly Rejection[] = [["probes", /startupProbe/], "pod-security"];

/** What nearly every public manifest is rejected for. */
const plain: readonly Rejection[] = ["images", "resources", ...unhardened];

/** Claims of the default class. */
const defaultClass: Rejection = ["durable-storage", /storageClassName/];

/** A governing Service that publishes addresses only when a server is ready. */
const lateAddresses: Rejection = ["network-exposure", /publishNotReadyAddresses/];

const noBudget: Rejection = ["disruption-budget", /no PodDisruptionBudget/];

/** An image whose tag is another product's number: its ZooKeeper has to be named in the setting. */
const otherVersion: Rejection = ["images", /setting versions/];

/** Several servers that write to one claim, also while one pod replaces another. */
const sharedClaim = ["server-identity", "durable-storage", "durable-storage-sharing"];

/** The default heap of ZooKeeper's start script, said where another program or a variable sets the heap. */
const startScriptHeap = /start script's/;

/** Said where there is a volume, at a path that is not one of the usual ones. */
const noDataDirectory = /no volume at any data directory/;

/** The verdicts on ensembles that public sources deploy. */
export const ensembles: Verdicts = {
  tutorial: { rejected: [...plain, defaultClass, lateAddresses] },
  "tutorial-2016": {
    rejected: [
      ...plain,
      defaultClass,
      lateAddresses,
      ["anti-affinity", /missing/],
      ["api-versions", /apps\/v1beta1/, /policy\/v1beta1/],
    ],
    either: ["disruption-budget"],
    never: [startScriptHeap],
  },
  "tutorial-wrong-selector": {
    rejected: [
      "images",
      ...unhardened,
      ["anti-affinity", /matches none/],
      ["durable-storage-in-stack", /reclaimPolicy/],
      ["storage-class", /volumeBindingMode/, /provisioner/],
    ],
  },
  "tutorial-image-mini": {
    rejected: [
      ...plain,
      ["durable-storage", /storageClassName/, /2Gi/],
      lateAddresses,
      ["api-versions", /apps\/v1beta1/, /policy\/v1beta1/],
    ],
    either: ["disruption-budget"],
  },
  "tutorial-image-micro": {
    rejected: [...plain, defaultClass, lateAddresses],
    silent: ["anti-affinity", "disruption-budget", "quorum-configuration"],
  },
  "official-image-tutorial": {
    rejected: [["probes", /readinessProbe/], "pod-security", ["durable-storage", /\/datalog/]],
    either: ["images"],
  },
  "bitnami-one": {
    rejected: ["images", ["resources", /heap of 1024Mi/], ["probes", /startupProbe/], defaultClass],
    silent: ["anti-affinity", "disruption-budget", "pod-security"],
  },
  "bitnami-three": {
    rejected: [
      "images",
      ["resources", /heap of 1024Mi/],
      ["probes", /startupProbe/],
      defaultClass,
      ["anti-affinity", /requiredDuringSchedulingIgnoredDuringExecution/],
    ],
  },
  "bitnami-tls": {
    rejected: ["images", ["resources", /512Mi|not the limit/], ["probes", /startupProbe/]],
    silent: ["secrets"],
  },
  "incubator-chart": {
    rejected: [...plain, defaultClass, "anti-affinity", ["api-versions", /policy\/v1beta1/]],
    either: ["disruption-budget"],
    advised: ["hardening", "probes-in-stack"],
    never: [/volume at \/datalog/, noDataDirectory],
  },
  "parent-chart-one": {
    rejected: [...plain, defaultClass],
    silent: ["anti-affinity", "disruption-budget"],
  },
  "altinity-three": {
    rejected: [...plain, defaultClass, lateAddresses],
    either: ["acl-checks"],
    advised: ["hardening"],
    never: [noDataDirectory],
  },
  "altinity-advanced": {
    rejected: [
      "images",
      ...unhardened,
      lateAddresses,
      ["durable-storage-in-stack", /reclaimPolicy/],
      ["storage-class", /provisioner/],
    ],
    either: ["acl-checks"],
    advised: ["hardening"],
  },
  "altinity-empty-dir": {
    rejected: [...plain, ["durable-storage", /emptyDir/], lateAddresses],
    either: ["acl-checks"],
    advised: ["hardening"],
  },
  "altinity-one": {
    rejected: [...plain, defaultClass, lateAddresses],
    either: ["acl-checks"],
    advised: ["hardening"],
    silent: ["anti-affinity", "disruption-budget", "quorum-configuration"],
  },
  "altinity-secure": {
    rejected: [...plain, ["pod-security", /runAsUser/], ["durable-storage", /1Gi/], lateAddresses],
    either: ["acl-checks"],
    advised: ["hardening", "secrets"],
    silent: ["anti-affinity", "disruption-budget"],
  },
  pravega: {
    rejected: [
      "resources",
      ...unhardened,
      otherVersion,
      defaultClass,
      lateAddresses,
      ["acl-checks", /skipACL/],
      ["anti-affinity", /requiredDuringSchedulingIgnoredDuringExecution/],
    ],
    either: ["hardening"],
    silent: ["quorum-configuration", "quorum-size"],
  },
  stackable: {
    rejected: [
      "images",
      ["resources", /heap of 409Mi/],
      ["probes", /startupProbe/],
      "pod-security",
      "anti-affinity",
    ],
    silent: ["durable-storage", "durable-storage-in-stack", "network-exposure", "quorum-configuration"],
    never: [noDataDirectory],
  },
  "confluent-chart": {
    rejected: [...unhardened, otherVersion, defaultClass, lateAddresses, "anti-affinity"],
    silent: ["resources", "quorum-size", "quorum-configuration", "disruption-budget"],
  },
  "confluent-pzoo": {
    rejected: [otherVersion],
    never: [startScriptHeap],
  },
  yolean: {
    rejected: [
      "resources",
      ...unhardened,
      otherVersion,
      ["durable-storage", /1Gi/],
      // Its transaction log is beside the claim.
      ["durable-storage-in-stack", /\/var\/lib\/zookeeper\/log/],
      lateAddresses,
      "anti-affinity",
    ],
    either: ["anti-affinity-in-stack"],
    advised: ["synchronization"],
    silent: ["quorum-size", "quorum-configuration", "disruption-budget"],
    never: [startScriptHeap, /change both together/],
  },
  "three-stateful-sets": {
    rejected: [...plain, "anti-affinity-in-stack", noBudget, ["durable-storage", /no volume/]],
    // The servers' names are those of the Services, of which each leads to one pod and need not be headless.
    either: ["anti-affinity", "network-exposure"],
    silent: ["quorum-size", "quorum-configuration", "governing-service"],
    never: [/change both together/],
  },
  "three-stateful-sets-apart": {
    rejected: ["images", ...unhardened, noBudget],
    silent: ["anti-affinity", "quorum-size", "quorum-configuration", "resources"],
    never: [/change both together/],
  },
  "one-zone-for-all": {
    rejected: [["single-zone", /3 of the ensemble's 3 servers tied to zone europe-west1-b/]],
    // That they are in one zone does not keep them on separate nodes.
    either: ["anti-affinity-in-stack"],
    stacks: ["production"],
  },
  "scripts-by-map": {
    rejected: [
      ...plain,
      lateAddresses,
      ["api-versions", /policy\/v1beta1/],
      ["durable-storage-in-stack", /no volume at \/datalog/],
      ["disruption-budget", /is of policy\/v1beta1[^]*use policy\/v1 for/],
    ],
    advised: ["probes-in-stack"],
    never: [/no volume at \/var\/lib\/zookeeper/, noDataDirectory],
  },
  "exported-list": {
    rejected: [
      ["probes", /readinessProbe/],
      "pod-security",
      ["resources", /limits\.memory/],
      "anti-affinity",
      noBudget,
      ["durable-storage", /no volume at \/data\n/, /no volume at \/datalog/],
    ],
    either: ["images"],
    advised: ["synchronization"],
    silent: ["quorum-size", "quorum-configuration", "server-identity"],
  },
  "status-liveness": {
    rejected: [
      ["probes", /livenessProbe: fails without a quorum/, /startupProbe/],
      "pod-security",
      ["resources-in-stack", /heap of 1000Mi in a memory limit of 200Mi/],
    ],
    advised: ["hardening"],
    silent: [
      "durable-storage",
      "durable-storage-in-stack",
      "anti-affinity",
      "disruption-budget",
      "resources",
    ],
  },
  "local-disks": {
    rejected: [
      ["storage-class", /no-provisioner/],
      ["probes", /readinessProbe/],
      "pod-security",
      ["resources", /limits\.memory/],
    ],
    silent: ["durable-storage", "durable-storage-in-stack"],
    never: [/allowVolumeExpansion/, /reclaimPolicy/],
  },
  "shared-file-system": {
    rejected: [
      ...plain,
      lateAddresses,
      noBudget,
      "anti-affinity",
      [
        "durable-storage",
        /no volume at \/var\/lib\/zookeeper\/data/,
        /no volume at \/var\/lib\/zookeeper\/log/,
      ],
    ],
    silent: ["quorum-configuration"],
  },
  "numbered-hosts": {
    rejected: [...plain, noBudget, "anti-affinity", ["durable-storage", /1Gi/]],
    silent: ["quorum-size", "quorum-configuration"],
  },
  "three-deployments": {
    rejected: [
      ...plain,
      "anti-affinity-in-stack",
      noBudget,
      ["durable-storage", /\/datalog/],
      ["network-exposure", /NodePort/],
    ],
    either: ["anti-affinity", "server-identity", "durable-storage-sharing"],
    silent: ["quorum-size", "quorum-configuration"],
    never: [/change both together/],
  },
  "ledger-deployments": {
    rejected: [
      ...plain,
      "anti-affinity-in-stack",
      noBudget,
      ["durable-storage", /no volume/],
      ["api-versions", /extensions\/v1beta1/],
    ],
    either: ["anti-affinity"],
    silent: ["quorum-size", "quorum-configuration"],
    never: [/change both together/, /1\.0\.5.{0,40}older/],
  },
  "memory-variable": {
    rejected: ["images", ...unhardened, ["durable-storage", /\/datalog/], ["disruption-budget", /namespace/]],
    // The heap is the whole limit: right to reject it, right to leave a variable open.
    either: ["resources"],
    advised: ["hardening"],
    silent: ["anti-affinity"],
    never: [startScriptHeap],
  },
  "engapa-kubernetes": {
    rejected: [
      "images",
      ...unhardened,
      ["durable-storage", /1Gi/, /storageClassName/],
      ["governing-service", /zk-persistent/],
      lateAddresses,
      "anti-affinity",
      noBudget,
    ],
    either: ["resources"],
    never: [noDataDirectory, /1000Mi/],
  },
  "engapa-openshift": {
    rejected: [
      "images",
      ...unhardened,
      ["durable-storage", /emptyDir/, /\/opt\/zookeeper\/data/],
      lateAddresses,
      "anti-affinity",
      noBudget,
    ],
    either: ["resources"],
    never: [noDataDirectory, /1000Mi/],
  },
  "bank-openshift": {
    rejected: ["images", ...unhardened, lateAddresses, "anti-affinity", noBudget],
    either: ["resources"],
    silent: ["durable-storage"],
    never: [/1000Mi/],
  },
  "pulsar-chart": {
    rejected: ["resources", ...unhardened, otherVersion, defaultClass],
    silent: ["anti-affinity", "disruption-budget", "quorum-size", "quorum-configuration", "network-exposure"],
    never: [noDataDirectory],
  },
  heron: {
    rejected: [
      ...plain,
      ["durable-storage", /emptyDir/, /\/heron\/data/],
      // The budget of the other API selects other pods.
      ["api-versions", /apps\/v1beta1/],
      lateAddresses,
    ],
    silent: ["anti-affinity", "disruption-budget", "quorum-size", "quorum-configuration"],
    never: [noDataDirectory],
  },
  "plain-passwords": {
    rejected: ["images", ...unhardened, "anti-affinity", ["durable-storage", /hostPath/, /\/opt\/zk\/data/]],
    // The image may use the start script's heap of 1000Mi, or set its own.
    either: ["resources"],
    advised: ["secrets"],
    never: [noDataDirectory, /correct-horse|battery-staple/],
  },
  pets: {
    rejected: [
      ...plain,
      "anti-affinity",
      noBudget,
      defaultClass,
      lateAddresses,
      ["api-versions", /apps\/v1beta1/],
    ],
    never: [noDataDirectory],
  },
  broadband: {
    rejected: ["resources", ...unhardened, otherVersion, ["durable-storage", /no volume/]],
    silent: ["anti-affinity", "disruption-budget", "server-identity", "quorum-configuration"],
  },
  "registry-center": {
    rejected: ["images", ...unhardened],
    silent: [
      ...["anti-affinity", "disruption-budget", "durable-storage", "durable-storage-in-stack"],
      ...["storage-class", "quorum-configuration", "governing-service"],
    ],
  },
  "hbase-pods": {
    rejected: [...plain, ["durable-storage", /emptyDir/, /\/hadoop\/zookeeper/]],
    either: ["server-identity"],
    silent: ["anti-affinity", "disruption-budget", "quorum-configuration"],
    never: [startScriptHeap, noDataDirectory],
  },
  "druid-tiny": {
    rejected: [
      "images",
      ...unhardened,
      // The image's start script takes 1000Mi of the 1Gi.
      ["resources", /1000Mi/],
      ["durable-storage", /no volume/],
      lateAddresses,
    ],
    silent: ["anti-affinity", "disruption-budget", "quorum-size", "quorum-configuration"],
  },
  "storm-pod": {
    rejected: [...plain, ["durable-storage", /no volume/]],
    either: ["server-identity"],
    silent: ["anti-affinity", "disruption-budget", "quorum-configuration"],
  },
  "internet-of-things": {
    rejected: [...plain, ["durable-storage", /storageClassName/, /1Gi/], "anti-affinity", noBudget],
    silent: ["quorum-size", "quorum-configuration"],
  },
  "heap-by-key": {
    rejected: ["images", ...unhardened, ["resources-in-stack", /2048Mi|2Gi|2G/]],
    never: [startScriptHeap],
  },
  "heap-by-file": {
    rejected: ["images", ...unhardened, ["resources-in-stack", /4096Mi|4Gi|4G/]],
    silent: ["anti-affinity", "disruption-budget", "durable-storage", "durable-storage-in-stack"],
    never: [startScriptHeap],
  },
  "deployment-of-three": {
    rejected: [...plain, "server-identity", "anti-affinity", noBudget],
    either: ["durable-storage", "durable-storage-sharing"],
  },
  "one-claim": {
    rejected: [],
    anyOf: [sharedClaim],
  },
  "daemon-set": {
    rejected: [...plain, "server-identity", ["durable-storage", /hostPath/]],
    either: ["anti-affinity", "disruption-budget", "quorum-size"],
  },
  "replication-controller": {
    rejected: [...plain, "server-identity", "anti-affinity", noBudget, ["durable-storage", /no volume/]],
  },
  "data-pipeline": {
    rejected: [...plain, ["durable-storage", /no volume/]],
    silent: ["anti-affinity", "disruption-budget", "server-identity", "quorum-configuration"],
  },
  "compose-conversion": {
    rejected: [...plain, ["network-exposure", /LoadBalancer/]],
    // The claims of a Deployment are small, too.
    either: ["durable-storage", "durable-storage-in-stack"],
    silent: ["anti-affinity", "disruption-budget", "server-identity", "quorum-size", "quorum-configuration"],
  },
  "rolling-on-claim": {
    rejected: plain,
    anyOf: [sharedClaim],
    silent: ["anti-affinity", "disruption-budget"],
  },
  "functions-runtime": {
    rejected: [...plain, ["durable-storage", /emptyDir/], lateAddresses, ["api-versions", /apps\/v1beta1/]],
    silent: ["anti-affinity", "disruption-budget", "quorum-size", "quorum-configuration"],
  },
  "beside-kafka": {
    rejected: [...plain, ["durable-storage", /emptyDir/, /\/tmp\/zookeeper/]],
    silent: ["anti-affinity", "disruption-budget", "server-identity"],
    never: [noDataDirectory, /2\.8\.1.{0,60}older/],
  },
  "change-capture": {
    rejected: [
      ...unhardened,
      "resources",
      // Its name is ZooKeeper's, and its number is not: too old by either.
      "images",
      ["durable-storage", /emptyDir/, /\/zookeeper\/(?:data|txns)/],
    ],
    silent: ["anti-affinity", "disruption-budget"],
    never: [noDataDirectory],
  },
  "data-flow": {
    rejected: [
      ["images", /3\.9\.4/],
      ["probes", /livenessProbe/],
    ],
  },
  "book-example": {
    rejected: [...plain, ["durable-storage", /\/datalog/], lateAddresses, "anti-affinity", noBudget],
    either: ["server-identity"],
  },
  autoscaled: {
    rejected: [
      "autoscaling",
      ["disruption-budget", /maxUnavailable/],
      ["probes", /OrderedReady|podManagementPolicy/],
      ["quorum-size", /odd/],
    ],
    // The stack has no Service: its governing one may be in another stack.
    either: ["governing-service"],
  },
  "five-by-operator": {
    rejected: ["images", ...unhardened, ["disruption-budget", /quorum of 3/]],
    // A script of the stack sets the heap: 512M fit, and an unread script is left open.
    silent: ["durable-storage", "anti-affinity", "resources-in-stack"],
    never: [startScriptHeap],
  },
  "list-of-objects": {
    rejected: [...plain, ["durable-storage", /storageClassName/, /1Gi/]],
    silent: ["anti-affinity", "disruption-budget", "quorum-size", "quorum-configuration"],
  },
};
