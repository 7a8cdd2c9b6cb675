import type * as inputs from "@pulumi/kubernetes/types/input.js";

import {
  claimOfBackups,
  isRestored,
  isRestoredFromClaim,
  isRestoredFromNewest,
  restoreTimeKey,
  restoreVariable,
} from "../backup/identity.ts";
import { usualBuffer } from "../settings/ensemble.ts";
import type { EnsembleValues } from "./args.ts";
import { clientTlsMode, clientTlsParts } from "./client-tls.ts";
import { confFiles, scriptFiles } from "./files.ts";
import { heapMebibytes } from "./heap.ts";
import { serverPorts } from "./ports.ts";
import { quorumTlsParts } from "./quorum-tls.ts";
import {
  claimTemplate,
  ensembleNames,
  objectLabels,
  paths,
  ports,
  selectorLabels,
} from "../../domain/names.ts";

type PodTemplate = inputs.core.v1.PodTemplateSpec;
type Container = inputs.core.v1.Container;
type Probe = inputs.core.v1.Probe;

/** The official image's user and group `zookeeper`. */
const zookeeperUser = 1000;

/** What a pod of the ensemble may do: as little as Kubernetes knows. */
export const podSecurity: inputs.core.v1.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: zookeeperUser,
  runAsGroup: zookeeperUser,
  fsGroup: zookeeperUser,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** What a container of the ensemble may do. */
export const containerSecurity: inputs.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** What lets a pod run on nodes with Arm processors, which GKE taints. */
export const armTolerations: inputs.core.v1.Toleration[] = [
  { key: "kubernetes.io/arch", operator: "Equal", value: "arm64", effect: "NoSchedule" },
];

/** The pod template of an ensemble whose files are in the ConfigMap `configName`. */
export function podTemplate(
  ensemble: EnsembleValues,
  configName: string,
  configHash: string,
  storageApi: string,
): PodTemplate {
  return {
    metadata: {
      labels: objectLabels(ensemble.name),
      // A changed file is a changed template: the pods are replaced, one at a time.
      annotations: { "zookeeper/config-hash": configHash },
    },
    spec: {
      serviceAccountName: ensembleNames(ensemble.name).statefulSet,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Always",
      terminationGracePeriodSeconds: ensemble.terminationGracePeriodSeconds,
      securityContext: podSecurity,
      ...placement(ensemble),
      containers: [serverContainer(ensemble, storageApi)],
      volumes: [
        ...volumes(ensembleNames(ensemble.name).mark, configName),
        ...(isRestoredFromClaim(ensemble)
          ? [
              {
                name: "backups",
                persistentVolumeClaim: { claimName: claimOfBackups(ensemble), readOnly: true },
              },
            ]
          : []),
        ...quorumTlsParts(ensemble).volumes,
        ...clientTlsParts(ensemble).volumes,
      ],
    },
  };
}

/**
 * One server per node, always; evenly over zones, where there are several and it is possible, or one per zone.
 * With as many zones as servers, or more, a server always fits into the zone of its volume: it is the only one there.
 */
function placement({
  name,
  servers,
  separateZones,
  onArm,
}: EnsembleValues): Pick<inputs.core.v1.PodSpec, "affinity" | "topologySpreadConstraints" | "tolerations"> {
  return {
    ...(onArm && { tolerations: armTolerations }),
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: [name] }] },
          },
        ],
      },
    },
    topologySpreadConstraints: [
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        ...(separateZones
          ? // A zone whose nodes are not there yet counts as empty: no other one gets its server.
            { whenUnsatisfiable: "DoNotSchedule", minDomains: servers }
          : { whenUnsatisfiable: "ScheduleAnyway" }),
        labelSelector: { matchLabels: selectorLabels(name) },
      },
    ],
  };
}

function serverContainer(ensemble: EnsembleValues, storageApi: string): Container {
  return {
    name: "kubernetes-zookeeper",
    image: ensemble.image,
    imagePullPolicy: "IfNotPresent",
    command: ["sh", `${paths.scripts}/start-zookeeper`],
    env: environment(ensemble, storageApi),
    ports: serverPorts(ensemble).map(({ name, port }) => ({ name, containerPort: port })),
    resources: {
      requests: { cpu: ensemble.cpu, memory: ensemble.memory },
      limits: { memory: ensemble.memory },
    },
    securityContext: containerSecurity,
    ...probes(),
    lifecycle: { preStop: { exec: { command: stopCommand(ensemble.terminationGracePeriodSeconds) } } },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: claimTemplate, mountPath: paths.volume },
      ...configMounts,
      { name: "bootstrapped", mountPath: paths.mark, readOnly: true },
      { name: "bin", mountPath: paths.bin },
      { name: "tmp", mountPath: "/tmp" },
      ...(isRestoredFromClaim(ensemble)
        ? [{ name: "backups", mountPath: paths.backups, readOnly: true }]
        : []),
      ...quorumTlsParts(ensemble).mounts,
      ...clientTlsParts(ensemble).mounts,
    ],
  };
}

function environment(ensemble: EnsembleValues, storageApi: string): inputs.core.v1.EnvVar[] {
  return [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "ZOOCFGDIR", value: paths.conf },
    { name: "ZK_BIN_DIR", value: paths.bin },
    { name: "ZK_MARK_DIR", value: paths.mark },
    { name: "ZOO_LOG_DIR", value: "/tmp" },
    ...javaVariables(ensemble),
    ...(isRestored(ensemble)
      ? [
          { name: restoreVariable, value: ensemble.restoreBackup },
          isRestoredFromClaim(ensemble)
            ? { name: "ZK_BACKUPS", value: paths.backups }
            : { name: "ZK_STORAGE_API", value: storageApi },
        ]
      : []),
    ...(isRestoredFromNewest(ensemble) ? [restoreTime(ensemble.name)] : []),
    ...(ensemble.closeRoot ? [{ name: "ZK_CLOSE_ROOT", value: "true" }] : []),
    ...quorumTlsParts(ensemble).env,
    ...clientTlsParts(ensemble).env,
  ];
}

/** The same time for all servers, whenever they start. Without it, a server that has its data starts all the same. */
function restoreTime(name: string): inputs.core.v1.EnvVar {
  const configMapKeyRef = { name: ensembleNames(name).restore, key: restoreTimeKey, optional: true };
  return { name: "ZK_RESTORE_UNTIL", valueFrom: { configMapKeyRef } };
}

/** The variables with which a server, and zkCli.sh in the same container, start Java. */
export function javaVariables(ensemble: EnsembleValues): inputs.core.v1.EnvVar[] {
  const serverFlags = [
    // An empty disk never votes, unless start-zookeeper allows it.
    "-Dzookeeper.db.autocreate=false",
    // A leader never sends what is in its log only: see docs/decisions/synchronization.md.
    "-Dzookeeper.snapshotSizeFactor=-1",
    `-Djava.security.properties=${paths.conf}/java.security`,
    "-XX:+ExitOnOutOfMemoryError",
    `-Djute.maxbuffer=${ensemble.juteMaxBuffer}`,
    // What is in the database already can be read, however small a request has to be now.
    `-Dzookeeper.jute.maxbuffer.extrasize=${Math.max(ensemble.juteMaxBuffer, usualBuffer)}`,
  ];
  return [
    { name: "ZK_SERVER_HEAP", value: String(heapMebibytes(ensemble.memory, ensemble.heap)) },
    // Only the server's flags: zkCli.sh keeps its own small heap.
    { name: "SERVER_JVMFLAGS", value: serverFlags.join(" ") },
    // What a server takes, zkCli.sh has to take, too.
    { name: "CLIENT_JVMFLAGS", value: clientFlags(ensemble).join(" ") },
    { name: "JMXDISABLE", value: "true" },
  ];
}

/** The flags of zkCli.sh, run in the same container. */
function clientFlags({ juteMaxBuffer, clientTls }: EnsembleValues): string[] {
  return [
    `-Djute.maxbuffer=${juteMaxBuffer}`,
    // The plain port is then only at 127.0.0.1, and zkCli.sh takes either address of localhost, by chance.
    ...(clientTlsMode(clientTls) === "require" ? ["-Djava.net.preferIPv4Stack=true"] : []),
  ];
}

/** What is kept of the time for a stop, in seconds, when a server has waited for the others; it needs 2. */
const stopReserve = 10;

/** The preStop hook: it holds a stop back as long as the others have no quorum without this server. */
function stopCommand(graceSeconds: number): string[] {
  return ["sh", `${paths.scripts}/zookeeper-stopping`, String(graceSeconds - stopReserve)];
}

/** How long a server that has hung may take to stop: it holds nothing back. */
const hungGraceSeconds = 30;

/**
 * A start is watched every second and counts as done when the server is in a quorum, so that the first quorum is
 * seen at once; after that readiness asks less often, and liveness only whether the server still answers.
 */
function probes(): { startupProbe: Probe; readinessProbe: Probe; livenessProbe: Probe } {
  const probe = (question: string): Probe => ({
    // Through sh: a missing script is then a failure. Without, it would be an error, which the kubelet passes over.
    exec: { command: ["sh", `${paths.bin}/zookeeper-ready`, String(ports.client), question] },
    timeoutSeconds: 5,
  });
  return {
    startupProbe: { ...probe("started"), periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { ...probe("serving"), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: {
      ...probe("alive"),
      periodSeconds: 10,
      failureThreshold: 3,
      terminationGracePeriodSeconds: hungGraceSeconds,
    },
  };
}

/** The volumes with the files in the ConfigMap `configName`. */
export function configVolumes(configName: string): inputs.core.v1.Volume[] {
  const items = (names: readonly string[]): { key: string; path: string }[] =>
    names.map((key) => ({ key, path: key }));
  return [
    { name: "conf", configMap: { name: configName, items: items(confFiles) } },
    { name: "scripts", configMap: { name: configName, items: items(scriptFiles) } },
  ];
}

/** Where a container has these files. */
export const configMounts: inputs.core.v1.VolumeMount[] = [
  { name: "conf", mountPath: paths.conf, readOnly: true },
  { name: "scripts", mountPath: paths.scripts, readOnly: true },
];

function volumes(markName: string, configName: string): inputs.core.v1.Volume[] {
  return [
    ...configVolumes(configName),
    // Absent until the ensemble has been ready once.
    { name: "bootstrapped", configMap: { name: markName, optional: true } },
    { name: "bin", emptyDir: { sizeLimit: "1Mi" } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ];
}
