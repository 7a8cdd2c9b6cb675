import type { V1ObjectMeta, V1PersistentVolumeClaim, V1Pod, V1StatefulSet } from "@kubernetes/client-node";

import { claimTemplate, ensembleNames, ports } from "../../domain/names.ts";
import { certManagerApi } from "../ensemble/cert-manager.ts";
import type { SecretContent } from "../ensemble/certificate.ts";
import { annotations } from "../ensemble/ownership.ts";
import { clientFiles } from "../ensemble/client-tls.ts";
import { quorumFiles } from "../ensemble/quorum-tls.ts";
import { monitoringApis, monitoringKind } from "../monitoring/objects.ts";
import { roles } from "../ensemble/roles.ts";
import type { ClusterReader } from "./reader.ts";

/** An object, and who created it, as far as it says. */
export interface LiveObject {
  /** Its kind and full name: `Service default/zk-cs`. */
  readonly what: string;
  /** The stack that created it: `project/stack`; undefined if the object does not say. */
  readonly owner: string | undefined;
  /** What distinguishes that stack from others of its name; only the StatefulSet has it. */
  readonly ownerId?: string | undefined;
  /** The programs that have set its fields, such as kubectl or helm. */
  readonly managers: readonly string[];
}

/** A StatefulSet as it is now. */
export interface LiveStatefulSet extends LiveObject {
  readonly uid: string;
  readonly generation: number;
  /** How many servers the configuration of its pods lists. */
  readonly servers: number;
  /** How the servers talk to each other: a mode of `quorumTls`. */
  readonly quorumTls: string;
  /** The Secret with the certificates that they show to each other; empty where there is none. */
  readonly tlsSecret: string;
  /** How clients connect: a mode of `clientTls`. */
  readonly clientTls: string;
  /** The Secret with the certificates that servers show to clients; empty where there is none. */
  readonly clientTlsSecret: string;
  readonly replicas: number;
  readonly ready: number;
  /** Whether all pods have the newest template. */
  readonly rolledOut: boolean;
  readonly template: unknown;
  /** The fields that cannot change: service name, selector, order of pods, claim templates. */
  readonly fixed: Readonly<Record<FixedField, unknown>>;
}

/** Those fields of a StatefulSet that the components set and that cannot change. */
export const fixedFields = [
  "serviceName",
  "podManagementPolicy",
  "selector",
  "volumeClaimTemplates",
] as const;
/** A field of a StatefulSet that cannot change. */
export type FixedField = (typeof fixedFields)[number];

/** A volume claim. */
export interface LiveClaim {
  readonly name: string;
  /** The requested size, a Kubernetes quantity. */
  readonly size: string;
  readonly className: string;
  readonly accessModes: readonly string[];
}

/** A server's pod. */
export interface LivePod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An ensemble as it is on a cluster now. */
export interface LiveEnsemble {
  readonly statefulSet: LiveStatefulSet | undefined;
  /** The existing objects around the StatefulSet. */
  readonly around: readonly LiveObject[];
  readonly claims: readonly LiveClaim[];
  readonly pods: readonly LivePod[];
  /** Whether its NetworkPolicy admits any client. */
  readonly admitsAnyClient: boolean;
  /** Whether volumes of a class can grow, for each class of the claims to grow. */
  readonly expandable: Readonly<Record<string, boolean>>;
  /** The namespace's pod security level, empty if it has none; undefined if there is no such namespace. */
  readonly podSecurity: string | undefined;
  /** Whether the ensemble has been ready once. */
  readonly bootstrapped: boolean;
  /** The Secret with the certificates that servers show to each other. */
  readonly certificates: LiveSecret;
  /** The Secret with the certificates that servers show to clients. */
  readonly clientCertificates: LiveSecret;
  /** Whether the cluster has cert-manager; undefined where it is not wanted. */
  readonly certManager: boolean | undefined;
  /** Whether the cluster has the API that `monitoring` needs; undefined if it needs none. */
  readonly monitoring: boolean | undefined;
  /** The claim of the volume with the backups; undefined where there is none, or no backups are wanted. */
  readonly backupClaim: LiveClaim | undefined;
}

/** A Secret with certificates as it is now; undefined where none is wanted. */
export type LiveSecret = SecretContent | "absent" | "forbidden" | undefined;

/** The ensemble to read. */
export interface Wanted {
  readonly name: string;
  readonly namespace: string;
  /** Whether a claim with this size must grow. */
  readonly grows: (size: string) => boolean;
  /** Whether it is to have Roles: only then must the user be able to read them. */
  readonly roles: boolean;
  /** The Secret with the certificates that servers show to each other; undefined where none is wanted. */
  readonly tlsSecret: string | undefined;
  /** The Secret with the certificates that servers show to clients; undefined where none is wanted. */
  readonly clientTlsSecret: string | undefined;
  /** Whether the cluster must have cert-manager. */
  readonly certManager: boolean;
  /** The value of the setting `monitoring`. */
  readonly monitoring: string;
  /** The claim of the volume with the backups; undefined where none are wanted. */
  readonly backupClaim: string | undefined;
}

/** Reads an ensemble from its cluster. @throws Unreachable */
export async function readEnsemble(reader: ClusterReader, wanted: Wanted): Promise<LiveEnsemble> {
  const { name, namespace } = wanted;
  const names = ensembleNames(name);
  const { core } = reader;
  const labelSelector = `app=${name}`;
  const kind = monitoringKind(wanted.monitoring);
  const [place, mark, statefulSet, claims, pods, policy, ...around] = await Promise.all([
    reader.ask((options) => core.readNamespace({ name: namespace }, options)),
    reader.ask((options) => core.readNamespacedConfigMap({ namespace, name: names.mark }, options)),
    reader.ask((options) => reader.apps.readNamespacedStatefulSet({ namespace, name }, options)),
    readClaims(reader, wanted),
    reader.ask((options) => core.listNamespacedPod({ namespace, labelSelector }, options)),
    reader.ask((options) => reader.networking.readNamespacedNetworkPolicy({ namespace, name }, options)),
    ...[names.headless, names.client].map(async (service) =>
      objectOf(
        "Service",
        await reader.ask((options) => core.readNamespacedService({ namespace, name: service }, options)),
      ),
    ),
    reader
      .ask((options) =>
        reader.policy.readNamespacedPodDisruptionBudget({ namespace, name: names.budget }, options),
      )
      .then((found) => objectOf("PodDisruptionBudget", found)),
    reader
      .ask((options) => core.readNamespacedServiceAccount({ namespace, name }, options))
      .then((found) => objectOf("ServiceAccount", found)),
    ...(wanted.roles ? roles : []).map(async (role) =>
      objectOf(
        "Role",
        await reader.ask((options) =>
          reader.rbac.readNamespacedRole({ namespace, name: names[role] }, options),
        ),
      ),
    ),
  ]);
  return {
    statefulSet: statefulSet && statefulSetOf(statefulSet),
    around: [...around, objectOf("NetworkPolicy", policy)].flatMap((each) => each ?? []),
    claims,
    pods: podsOf(statefulSet, pods?.items ?? []),
    admitsAnyClient: admitsAnyClient(policy),
    expandable: await readClasses(reader, claims, wanted),
    podSecurity: place && (place.metadata?.labels?.["pod-security.kubernetes.io/enforce"] ?? ""),
    bootstrapped: mark !== undefined,
    certificates: await readSecret(reader, namespace, wanted.tlsSecret),
    clientCertificates: await readSecret(reader, namespace, wanted.clientTlsSecret),
    certManager: wanted.certManager ? await hasApi(reader, certManagerApi) : undefined,
    monitoring: kind && (await hasApi(reader, monitoringApis[kind])),
    backupClaim: await readClaim(reader, namespace, wanted.backupClaim),
  };
}

async function readClaim(
  reader: ClusterReader,
  namespace: string,
  name: string | undefined,
): Promise<LiveClaim | undefined> {
  if (name === undefined) {
    return undefined;
  }
  const found = await reader.ask((options) =>
    reader.core.readNamespacedPersistentVolumeClaim({ namespace, name }, options),
  );
  return found && claimOf(found);
}

async function hasApi(reader: ClusterReader, api: { group: string; version: string }): Promise<boolean> {
  return (await reader.ask((options) => reader.custom.getAPIResources({ ...api }, options))) !== undefined;
}

async function readSecret(
  reader: ClusterReader,
  namespace: string,
  name: string | undefined,
): Promise<LiveSecret> {
  if (name === undefined) {
    return undefined;
  }
  const found = await reader.askFor((options) =>
    reader.core.readNamespacedSecret({ namespace, name }, options),
  );
  return found === "absent" || found === "forbidden"
    ? found
    : Object.fromEntries(
        Object.entries(found.data ?? {}).map(([key, value]) => [
          key,
          Buffer.from(value, "base64").toString("utf8"),
        ]),
      );
}

/** Reads the claims of an ensemble's servers. @throws Unreachable */
export async function readClaims(
  reader: ClusterReader,
  { name, namespace }: Pick<Wanted, "name" | "namespace">,
): Promise<LiveClaim[]> {
  const list = await reader.ask((options) =>
    reader.core.listNamespacedPersistentVolumeClaim({ namespace, labelSelector: `app=${name}` }, options),
  );
  const prefix = `${claimTemplate}-${name}-`;
  return (list?.items ?? []).flatMap((claim) => {
    const found = claimOf(claim);
    return found.name.startsWith(prefix) && /^\d+$/.test(found.name.slice(prefix.length)) ? [found] : [];
  });
}

/** Reads only the classes of claims to grow: a user with rights in one namespace may not see any class. */
async function readClasses(
  reader: ClusterReader,
  claims: readonly LiveClaim[],
  { grows }: Wanted,
): Promise<Record<string, boolean>> {
  const names = new Set(claims.filter(({ size }) => grows(size)).map(({ className }) => className));
  const classes = await Promise.all(
    [...names].map(async (name) => ({
      name,
      found: await reader.ask((options) => reader.storage.readStorageClass({ name }, options)),
    })),
  );
  return Object.fromEntries(
    classes.flatMap(({ name, found }): [string, boolean][] =>
      found === undefined ? [] : [[name, found.allowVolumeExpansion === true]],
    ),
  );
}

/** What a NetworkPolicy says about who may connect. */
interface Admission {
  readonly spec?: {
    readonly ingress?: readonly {
      readonly _from?: readonly object[];
      readonly ports?: readonly { readonly port?: unknown }[];
    }[];
  };
}

/** Whether a NetworkPolicy has a rule for a client port that names no source. */
export function admitsAnyClient(policy: Admission | undefined): boolean {
  return (policy?.spec?.ingress ?? []).some(
    ({ _from: from = [], ports: about = [] }) =>
      from.length === 0 &&
      (about.length === 0 || about.some(({ port }) => port === ports.client || port === ports.secureClient)),
  );
}

/** The pods that the StatefulSet has created: others may have its label. */
function podsOf(statefulSet: V1StatefulSet | undefined, pods: readonly V1Pod[]): LivePod[] {
  const uid = statefulSet?.metadata?.uid;
  return pods.flatMap(({ metadata }) =>
    metadata?.ownerReferences?.some((owner) => owner.uid === uid) === true
      ? [{ name: metadata.name ?? "", labels: metadata.labels ?? {} }]
      : [],
  );
}

function claimOf({ metadata, spec }: V1PersistentVolumeClaim): LiveClaim {
  return {
    name: metadata?.name ?? "",
    size: spec?.resources?.requests?.["storage"] ?? "",
    className: spec?.storageClassName ?? "",
    accessModes: spec?.accessModes ?? [],
  };
}

function objectOf(kind: string, found: { metadata?: V1ObjectMeta } | undefined): LiveObject | undefined {
  if (found === undefined) {
    return undefined;
  }
  const { metadata } = found;
  // Programs that only write the status have not created the object.
  const managers = (metadata?.managedFields ?? []).flatMap(({ manager, subresource }) =>
    subresource ? [] : (manager ?? []),
  );
  return {
    what: `${kind} ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
    owner: metadata?.annotations?.[annotations.owner],
    ownerId: metadata?.annotations?.[annotations.ownerId],
    managers: [...new Set(managers)],
  };
}

/** The Secret that a volume of the pods has; empty where there is none. */
function secretOf({ spec }: V1StatefulSet, { secretVolume }: { readonly secretVolume: string }): string {
  const volume = spec?.template.spec?.volumes?.find(({ name }) => name === secretVolume);
  return volume?.secret?.secretName ?? "";
}

function statefulSetOf(found: V1StatefulSet): LiveStatefulSet {
  const { metadata, spec, status } = found;
  const replicas = spec?.replicas ?? 1;
  const noted = Number(metadata?.annotations?.[annotations.servers]);
  return {
    ...{ owner: undefined, what: "", managers: [], ...objectOf("StatefulSet", found) },
    uid: metadata?.uid ?? "",
    generation: metadata?.generation ?? 0,
    servers: noted > 0 ? noted : replicas,
    quorumTls: metadata?.annotations?.[annotations.quorumTls] ?? "off",
    tlsSecret: secretOf(found, quorumFiles),
    clientTls: metadata?.annotations?.[annotations.clientTls] ?? "off",
    clientTlsSecret: secretOf(found, clientFiles),
    replicas,
    ready: status?.readyReplicas ?? 0,
    rolledOut:
      (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
      (status?.updatedReplicas ?? 0) >= (status?.replicas ?? 0),
    template: spec?.template,
    fixed: {
      serviceName: spec?.serviceName,
      podManagementPolicy: spec?.podManagementPolicy,
      selector: spec?.selector,
      volumeClaimTemplates: spec?.volumeClaimTemplates,
    },
  };
}
