import type { StackResource } from "./define.ts";
import { commandOf } from "./kubernetes/commands.ts";
import { areTogether, type KubernetesObject } from "./kubernetes/object.ts";
import { containersOf } from "./kubernetes/workload.ts";
import { items, known, type Field } from "./reading/field.ts";
import { objectsOf } from "./stack.ts";
import { withoutComments } from "./zookeeper/options.ts";
import { isSecretName } from "./zookeeper/secrets.ts";
import { configTexts } from "./zookeeper/sources.ts";
import { volumeKind } from "./zookeeper/volumes.ts";

/** What a CronJob's pod says about the place of the backups that it saves. */
export interface BackupPlace {
  /** Whether something says that it is outside the cluster. */
  readonly isOutside: boolean;
  /** What a preview does not know yet. */
  readonly open: readonly string[];
  /** What the stack's resources do not show, and might say so. */
  readonly hidden: readonly string[];
}

/** Whether a variable of the name holds the name of a bucket: `ZK_BUCKET`, `S3_BUCKET_NAME`. */
const namesBucket = (name: string): boolean => /bucket/i.test(name);

/** The schemes of object stores, and of copies to other machines. */
const schemes =
  /(?<![\w+.-])(?:gs|s3[an]?|azblob|azure|abfss?|wasbs?|b2|swift|oss|cos|obs|oci|webdavs?|sftp|ftps?|ssh|scp|rsync):\/\/["']?/;

/** A URL of an object store, or of another machine. */
const storeUrl = new RegExp(schemes);

/** The same in a script, where it counts only with the name: a variable's value is elsewhere, and may be empty. */
const storeUrlWithName = new RegExp(`${schemes.source}[A-Za-z0-9]`);

/** Whether a script sets a variable to the name of a bucket. */
function setsBucket(script: string): boolean {
  return [...script.matchAll(/^[ \t]*(?:export[ \t]+)?(\w+)=["']?[A-Za-z0-9]/gm)].some(([, name = ""]) =>
    namesBucket(name),
  );
}

/** Programs that copy to places which their own configuration names. */
const copyingProgram = /(?<![\w./-])(?:rclone|restic|kopia|borg|duplicity|rsync|scp)(?=\s)/;

/** A URL of a host outside the cluster. */
function hasWebUrl(text: string): boolean {
  return [...text.matchAll(/https:\/\/(?:[^\s/@"']*@)?([\w.-]+)/gi)].some(
    ([, host = ""]) => host.includes(".") && !/^(?:127\.|.*\.(?:svc|local)\.?$|.*\.svc\.)/i.test(host),
  );
}

/** Kinds of volumes on file servers. */
const serverKinds: ReadonlySet<string> = new Set(["nfs", "cephfs", "azureFile", "glusterfs"]);

/** Kinds of volumes on disks of the cluster and its nodes. */
const diskKinds: ReadonlySet<string> = new Set([
  ...["persistentVolumeClaim", "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "azureDisk"],
  ...["cinder", "fc", "iscsi", "rbd", "vsphereVolume"],
]);

/** Names of drivers, provisioners and classes of object stores and file servers. */
const serverNames =
  /(?:^|[./-])(?:gcsfuse|filestore|lustre|s3|s3fs|efs|fsx|smb|cifs|blob|blobfuse|nfs\d?|file|azurefile|cephfs|rwx)(?:[./-]|$)/i;

/** Collects what the pod says. */
class Evidence {
  private readonly cronJob: KubernetesObject;
  isOutside = false;
  /** Whether it has a volume on which backups can stay in the cluster. */
  hasDisk = false;
  readonly open: string[] = [];
  readonly hidden: string[] = [];

  constructor(cronJob: KubernetesObject) {
    this.cronJob = cronJob;
  }

  leaveOpen(path: string): void {
    this.open.push(`${this.cronJob.label} ${path}`);
  }

  leaveHidden(what: string): void {
    this.hidden.push(`${what} in ${this.cronJob.label}`);
  }

  /** The elements of a list that can be seen; it is noted if there may be others. */
  elements(list: Field): readonly Field[] {
    if (list.unknown) {
      this.leaveOpen(list.path);
    }
    return items(list);
  }

  /** The text, empty if there is none to see; it is noted if it is not known yet. */
  text(field: Field): string {
    if (field.unknown) {
      this.leaveOpen(field.path);
    }
    return known(field.string()) ?? "";
  }

  /** Reads a value, or a word of a command line. */
  readValue(text: string): void {
    this.isOutside ||= storeUrl.test(text) || hasWebUrl(text);
    this.readPrograms(text);
  }

  /** Reads a file of a ConfigMap. */
  readFile(text: string): void {
    const lines = withoutComments(text);
    this.isOutside ||= storeUrlWithName.test(lines) || setsBucket(lines);
    this.readPrograms(lines);
  }

  /** Reads a variable. */
  readVariable(name: string, value: string): void {
    this.isOutside ||= namesBucket(name) && value.trim() !== "";
    this.readValue(value);
  }

  private readPrograms(text: string): void {
    const program = copyingProgram.exec(text)?.[0];
    if (program !== undefined) {
      this.leaveHidden(`the places to which ${program} copies`);
    }
  }
}

function readVariables(
  container: Field,
  isInStack: (configMap: string) => boolean,
  evidence: Evidence,
): void {
  for (const entry of evidence.elements(container.at("env"))) {
    const name = evidence.text(entry.at("name"));
    const from = entry.at("valueFrom");
    const configMap = evidence.text(from.at("configMapKeyRef", "name"));
    const isElsewhere = !from.at("secretKeyRef").absent || (configMap !== "" && !isInStack(configMap));
    if (!from.absent && namesBucket(name)) {
      evidence.isOutside = true;
    } else if (isElsewhere && !isSecretName(name)) {
      evidence.leaveHidden(`the value of ${name}`);
    }
    evidence.readVariable(name, evidence.text(entry.at("value")));
  }
  for (const source of evidence.elements(container.at("envFrom"))) {
    const configMap = evidence.text(source.at("configMapRef", "name"));
    if (!source.at("secretRef").absent || (configMap !== "" && !isInStack(configMap))) {
      evidence.leaveHidden(`the variables of ${source.path}`);
    }
  }
}

/** Reads the claim of the name: it may be on a file server, or bind to any volume. */
function readClaim(
  resources: readonly StackResource[],
  cronJob: KubernetesObject,
  name: string,
  evidence: Evidence,
): void {
  const claim = objectsOf(resources, "", "PersistentVolumeClaim").find(
    (each) => each.name === name && areTogether(each, cronJob) !== false,
  );
  const what = `the volume of claim ${name}`;
  if (claim === undefined) {
    evidence.leaveHidden(what);
    return;
  }
  const spec = claim.root.at("spec");
  const [modes, volume, className] = [
    spec.at("accessModes"),
    spec.at("volumeName"),
    spec.at("storageClassName"),
  ];
  const unknown = [spec, modes, ...items(modes), volume, className].filter((field) => field.unknown);
  for (const { path } of unknown) {
    evidence.open.push(`${claim.label} ${path}`);
  }
  const named = known(className.string()) ?? "";
  const provisioners = objectsOf(resources, "storage.k8s.io", "StorageClass")
    .filter((each) => each.name === named)
    .map(({ root }) => known(root.at("provisioner").string()) ?? "");
  const many = items(modes).some((mode) => known(mode.string())?.endsWith("Many"));
  if (many || !volume.absent || [named, ...provisioners].some((each) => serverNames.test(each))) {
    evidence.leaveHidden(what);
  }
}

function readVolumes(
  resources: readonly StackResource[],
  cronJob: KubernetesObject,
  pod: Field,
  evidence: Evidence,
): void {
  for (const volume of evidence.elements(pod.at("volumes"))) {
    const kind = volumeKind(volume);
    evidence.isOutside ||= serverKinds.has(kind);
    evidence.isOutside ||= serverNames.test(evidence.text(volume.at("csi", "driver")));
    evidence.hasDisk ||= diskKinds.has(kind);
    const claim = evidence.text(volume.at("persistentVolumeClaim", "claimName"));
    if (claim !== "") {
      readClaim(resources, cronJob, claim, evidence);
    }
  }
}

/**
 * Where the CronJob keeps the backups that it saves, as far as its pod says it: the variables, the command lines, the
 * ConfigMaps of the stack that it uses, and the volumes. What its commands do is not read.
 */
export function backupPlace(resources: readonly StackResource[], cronJob: KubernetesObject): BackupPlace {
  const evidence = new Evidence(cronJob);
  const pod = cronJob.root.at("spec", "jobTemplate", "spec", "template", "spec");
  for (const list of ["containers", "initContainers"]) {
    evidence.elements(pod.at(list));
  }
  const configMaps = objectsOf(resources, "", "ConfigMap");
  const isInStack = (name: string): boolean =>
    configMaps.some((each) => each.name === name && areTogether(each, cronJob) !== false);
  for (const { field } of containersOf(pod)) {
    for (const word of commandOf(field).flatMap((list) => evidence.elements(list))) {
      evidence.readValue(evidence.text(word));
    }
    readVariables(field, isInStack, evidence);
  }
  const texts = configTexts({ pod, namespace: cronJob.namespace }, configMaps, []);
  for (const { key, text } of texts.sources) {
    // A key of several lines is a file.
    evidence.isOutside ||= namesBucket(key) && /^.+$/.test(text.trim());
    evidence.readFile(text);
  }
  for (const place of texts.open) {
    evidence.leaveOpen(place);
  }
  readVolumes(resources, cronJob, pod, evidence);
  const { isOutside, hasDisk, open, hidden } = evidence;
  const isNowhere = !isOutside && !hasDisk && open.length + hidden.length === 0;
  return { isOutside, open, hidden: isNowhere ? [`the place of the backups in ${cronJob.label}`] : hidden };
}
