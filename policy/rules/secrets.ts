import { stackPolicy, type StackResource } from "../define.ts";
import { commandOf } from "../kubernetes/commands.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { containersOf, type Workload } from "../kubernetes/workload.ts";
import { entries, items, known, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { objectsOf, serversOf, type StackServer } from "../stack.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import {
  isPlainSecret,
  isSecretName,
  namedSecret,
  secretsInFile,
  secretsInValue,
} from "../zookeeper/secrets.ts";
import { configMapNames } from "../zookeeper/sources.ts";

const required =
  "passwords and keys in Secrets (whoever may read pods or ConfigMaps can read them otherwise)";

function reject(field: Field, { what, fix }: { what: string; fix: string }, report: Report): void {
  report.reject({ path: field.path, observed: what, required, fix });
}

/** A text of which the name says that it is a secret, or that contains some. */
function validateNamed(name: string, field: Field, fix: string, report: Report): void {
  const text = known(field.string());
  if (field.unknown && isSecretName(name)) {
    report.leaveOpen(field.path);
  } else if (text !== undefined && isSecretName(name) && isPlainSecret(text)) {
    reject(field, { what: namedSecret(name), fix }, report);
  } else if (text !== undefined) {
    for (const secret of secretsInValue(text)) {
      reject(field, secret, report);
    }
  }
}

function validateContainer(container: Field, report: Report): void {
  for (const entry of items(container.at("env"))) {
    const name = known(entry.at("name").string()) ?? "";
    validateNamed(name, entry.at("value"), "take it from a Secret by valueFrom.secretKeyRef", report);
  }
  for (const word of commandOf(container).flatMap(items)) {
    for (const secret of secretsInValue(known(word.string()) ?? "")) {
      reject(word, secret, report);
    }
  }
}

/** The stack's ConfigMaps that the pods use, also those whose names are not known yet. */
function usedBy(
  { workload, pod, resource }: StackServer,
  configMaps: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const { names, open } = configMapNames(pod);
  const made = open.length > 0 ? resource.madeFrom("spec") : [];
  return configMaps.filter(
    (configMap) =>
      (names.has(configMap.name) || made.includes(configMap.urn)) && inSameNamespace(configMap, workload),
  );
}

function inSameNamespace(configMap: KubernetesObject, workload: Workload): boolean {
  const { namespace } = configMap;
  return namespace === undefined || workload.namespace === undefined || namespace === workload.namespace;
}

/** The keys of ConfigMaps from which variables take passwords. */
function secretKeys(servers: readonly StackServer[]): ReadonlySet<string> {
  const variables = servers.flatMap(({ pod }) =>
    containersOf(pod).flatMap(({ field }) => items(field.at("env"))),
  );
  return new Set(
    variables
      .filter((entry) => isSecretName(known(entry.at("name").string()) ?? ""))
      .flatMap((entry) => known(entry.at("valueFrom", "configMapKeyRef", "key").string()) ?? []),
  );
}

function validateConfigMap(configMap: KubernetesObject, keys: ReadonlySet<string>, report: Report): void {
  const data = configMap.root.at("data");
  if (data.unknown) {
    report.leaveOpen(data.path);
  }
  for (const [key, field] of entries(data)) {
    const text = known(field.string()) ?? "";
    if (field.unknown) {
      report.leaveOpen(field.path);
    } else if ((keys.has(key) || isSecretName(key)) && isPlainSecret(text) && !text.trim().includes("\n")) {
      reject(field, { what: "a password in plain text", fix: "move it to a Secret" }, report);
    } else {
      for (const secret of secretsInFile(text)) {
        reject(field, secret, report);
      }
    }
  }
}

/** The ConfigMaps that servers use, once each. */
function configMapsOf(servers: readonly StackServer[], resources: readonly StackResource[]) {
  const configMaps = objectsOf(resources, "", "ConfigMap");
  return new Set(servers.flatMap((server) => usedBy(server, configMaps)));
}

/**
 * Passwords and keys belong into Secrets, whose readers are few: everybody who may look at pods sees their variables,
 * and ConfigMaps are neither encrypted nor kept from those who may view a namespace. The values are never shown.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/
 */
export const secrets = stackPolicy({
  name: "secrets",
  description: "ZooKeeper's passwords and private keys are in Secrets, not in variables or ConfigMaps",
  settings: recognitionSettings,
  profile: "production",
  enforcementLevel: "mandatory",
  validate: (resources, open, settings) => {
    const servers = serversOf(resources, settings).filter(({ runs }) => runs === true);
    for (const { workload, pod } of servers) {
      const report = open(workload.label, workload.urn);
      for (const { field } of containersOf(pod)) {
        validateContainer(field, report);
      }
    }
    const keys = secretKeys(servers);
    for (const configMap of configMapsOf(servers, resources)) {
      validateConfigMap(configMap, keys, open(configMap.label, configMap.urn));
    }
  },
});
