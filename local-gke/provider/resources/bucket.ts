import { cloudStorageAddress, cloudStoragePort } from "../../cluster/addresses.ts";
import {
  deleteObjects,
  hasBuckets,
  keepObjectsVariable,
  objectsOf,
  readBucket,
  removeBucket,
  writeBucket,
} from "../../cluster/buckets.ts";
import { ensureCloudStorage, stopCloudStorage } from "../../cluster/cloud-storage.ts";
import { controlPlaneRuns } from "../../cluster/control-plane.ts";
import { hasOtherOwner, isRecorded, record, recorded } from "../../cluster/inventory.ts";
import { allClusters } from "../../cluster/records.ts";
import { isRegion } from "../../google/locations.ts";
import { projectNumber } from "../../google/numeric-ids.ts";
import { notice } from "../../../system/progress.ts";
import { providerLabels } from "../labels.ts";
import type { Existing, ResourceKind } from "../resource.ts";
import { at, holds, isUnknown, list, matching, project, properties, required, text } from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { recordedKind } from "./recorded.ts";

/** Whether a string is a valid bucket name. @see https://cloud.google.com/storage/docs/buckets#naming */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][-a-z0-9_.]{1,220}[a-z0-9]$/.test(name) &&
    name.split(".").every((part) => part.length > 0 && part.length <= 63) &&
    !/^goog|google|^\d+\.\d+\.\d+\.\d+$/.test(name)
  );
}

const bucketName: Rule = {
  property: "name",
  must: "a bucket's name, without `google` and not beginning with `goog`",
  error: (value) =>
    typeof value === "string" && isBucketName(value)
      ? undefined
      : `googleapi: Error 400: Invalid bucket name: '${text(value) ?? JSON.stringify(value)}', invalid`,
};

/** Locations of more than one region. @see https://cloud.google.com/storage/docs/locations */
const multiRegions = ["ASIA", "EU", "US", "ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];

const location: Rule = {
  property: "location",
  must: "one of Google's regions or multi-regions",
  error: (value) =>
    typeof value === "string" && (isRegion(value.toLowerCase()) || multiRegions.includes(value.toUpperCase()))
      ? undefined
      : "googleapi: Error 400: The specified location constraint is not valid., invalid",
};

/** The seconds in a policy, given as a string or a number; undefined for anything else. */
function seconds(value: unknown): number | undefined {
  const digits = typeof value === "number" ? String(value) : (text(value) ?? "");
  return /^\d{1,12}$/.test(digits) ? Number(digits) : undefined;
}

export const shown = (value: unknown): string => text(value) ?? JSON.stringify(value);

const retentionPeriod: Rule = {
  property: "retentionPolicy.retentionPeriod",
  must: "seconds, 1 to 3155760000",
  error: (value, inputs) => {
    const period = seconds(value);
    if (inputs["retentionPolicy"] === undefined || isUnknown(inputs["retentionPolicy"])) {
      return undefined;
    }
    return period !== undefined && period >= 1 && period <= 3_155_760_000
      ? undefined
      : `expected retention_policy.0.retention_period to be in the range (1 - 3155760000), got ${shown(value)}`;
  },
};

const softDelete: Rule = {
  property: "softDeletePolicy.retentionDurationSeconds",
  must: "0, or seconds of 7 to 90 days",
  error: (value) => {
    const duration = seconds(value);
    const allowed =
      duration === 0 || (duration !== undefined && duration >= 604_800 && duration <= 7_776_000);
    return value === undefined || allowed
      ? undefined
      : `googleapi: Error 400: Soft delete policy cannot have a duration of ${shown(value)} seconds; it is 0, or 7 to 90 days., invalid`;
  },
};

const labelKeys: Rule = {
  property: "labels",
  must: "keys of at most 63 lowercase letters, digits, `-` and `_`",
  error: (value) => {
    const wrong = Object.keys(properties(value)).find((key) => !/^[a-z0-9_-]{1,63}$/.test(key));
    return wrong === undefined
      ? undefined
      : `${JSON.stringify(wrong)} is an invalid label key. See https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels`;
  },
};

const actions = ["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"];

const lifecycle: Rule = {
  property: "lifecycleRules",
  must: `each with one of the actions ${actions.join(", ")}, and a condition`,
  error: (value) => {
    const wrong = list(value).find((rule) => {
      const type = at(rule, "action.type");
      const hasAction = isUnknown(rule) || isUnknown(at(rule, "action")) || isUnknown(type);
      const condition = at(rule, "condition");
      const hasCondition = isUnknown(condition) || Object.keys(properties(condition)).length > 0;
      return !((hasAction || actions.includes(text(type) ?? "")) && (isUnknown(rule) || hasCondition));
    });
    return wrong === undefined
      ? undefined
      : `googleapi: Error 400: Invalid lifecycle rule ${JSON.stringify(wrong)}., invalid`;
  },
};

const bucketRules: readonly Rule[] = [
  ...project,
  bucketName,
  required("location"),
  location,
  matching(
    "storageClass",
    /^(STANDARD|NEARLINE|COLDLINE|ARCHIVE|REGIONAL|MULTI_REGIONAL)$/,
    "a storage class of Google's",
  ),
  matching("publicAccessPrevention", /^(enforced|inherited)$/, "enforced or inherited"),
  matching(
    "encryption.defaultKmsKeyName",
    /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
    "the name of a key of Cloud KMS",
  ),
  retentionPeriod,
  softDelete,
  lifecycle,
  labelKeys,
];

const now = (): string => new Date().toISOString();

const recordedBucket = recordedKind({
  token: "gcp:storage/bucket:Bucket",
  rules: bucketRules,
  lacks: "",
  source: "services/storage/resource_storage_bucket.go",
  defaults: () => ({ storageClass: "STANDARD", forceDestroy: false }),
  replaceOn: ["name", "project", "location", "enableObjectRetention", "hierarchicalNamespace"],
  replaceWhere: {
    retentionPolicy: {
      where: "where a locked one is unlocked",
      is: (before, after) => at(before, "isLocked") === true && at(after, "isLocked") !== true,
    },
  },
  id: (inputs) => text(inputs["name"]) ?? "",
  computed: (inputs, id) => ({
    // Google's is on www.googleapis.com; this one is where pods reach the same API.
    selfLink: `http://${cloudStorageAddress}:${cloudStoragePort}/storage/v1/b/${id}`,
    url: `gs://${id}`,
    projectNumber: Number(projectNumber(text(inputs["project"]) ?? "")),
    timeCreated: now(),
    updated: now(),
    publicAccessPrevention: inputs["publicAccessPrevention"] ?? "inherited",
    uniformBucketLevelAccess: inputs["uniformBucketLevelAccess"] ?? false,
    rpo: inputs["rpo"] ?? "DEFAULT",
    softDeletePolicy: inputs["softDeletePolicy"] ?? { retentionDurationSeconds: 604_800 },
    versioning: inputs["versioning"] ?? { enabled: false },
  }),
});

/** Records what the API must know of a bucket, and has the clusters that run reach it. */
async function serve({ id, outputs }: Existing): Promise<Existing> {
  const known = readBucket(id);
  const timeCreated = known?.timeCreated ?? now();
  writeBucket({
    name: id,
    projectNumber: projectNumber(text(outputs["project"]) ?? ""),
    location: text(outputs["location"]) ?? "",
    storageClass: text(outputs["storageClass"]) ?? "",
    timeCreated,
    retentionPeriod: seconds(at(outputs, "retentionPolicy.retentionPeriod")) ?? 0,
    members: known?.members ?? [],
  });
  const made = { ...outputs, timeCreated };
  record(id, made);
  await Promise.all(allClusters().filter(controlPlaneRuns).map(ensureCloudStorage));
  return { id, outputs: made };
}

/** Deletes the objects of a bucket as Google's provider does. @throws Error where it may not */
function empty({ id, outputs }: Existing): void {
  const objects = objectsOf(id);
  if (objects.length === 0) {
    return;
  }
  if (outputs["forceDestroy"] !== true) {
    throw new Error(`Error trying to delete bucket ${id} without \`force_destroy\` set to true`);
  }
  const period = (seconds(at(outputs, "retentionPolicy.retentionPeriod")) ?? 0) * 1000;
  const kept = objects.find(({ created }) => created + period > Date.now());
  if (kept !== undefined) {
    throw new Error(
      `could not delete non-empty bucket due to error when deleting contents: googleapi: Error 403: Object ` +
        `'${id}/${kept.name}' is subject to bucket's retention policy and cannot be deleted, overwritten or archived ` +
        `until ${new Date(kept.created + period).toISOString()}, retentionPolicyNotMet`,
    );
  }
}

/** What Google says where a bucket has the name already. */
function alreadyExists(id: string, inputs: Properties): string {
  const message =
    at(recorded(id), "project") === inputs["project"]
      ? "Your previous request to create the named bucket succeeded and you already own it."
      : "The requested bucket name is not available. The bucket namespace is shared by all users of the system. " +
        "Please select a different name and try again.";
  return `googleapi: Error 409: ${message}, conflict`;
}

/** A bucket of Cloud Storage: its objects are files of this machine, served to pods. */
export const bucket: ResourceKind = {
  ...recordedBucket,
  about: {
    does: "a bucket whose objects are files, and the JSON API for pods: `uploadType=media`, reading, listing, deletion",
    refresh: "deletion",
    fails:
      "409: another stack created it, or one with other arguments exists; a deletion while it has objects, without " +
      "`forceDestroy`, or within their retention period",
    lacks:
      "`selfLink` is the API's address for pods, by HTTP; lifecycle rules, soft deletion, versions, encryption, ACLs, " +
      "other kinds of uploads; nothing is public; a bucket that `down` has kept is there again with its objects",
    sources: ["services/storage/resource_storage_bucket.go"],
  },
  // The real provider compares it in this form.
  canonical: (inputs) => {
    const place = text(inputs["location"]);
    return place === undefined ? inputs : { ...inputs, location: place.toUpperCase() };
  },
  derived: ({ labels }, before) => {
    const all = providerLabels(labels, before && (before["effectiveLabels"] ?? {}));
    return { pulumiLabels: all, effectiveLabels: all };
  },
  create: async (inputs, owner) => {
    const id = text(inputs["name"]) ?? "";
    if (isRecorded(id) && (hasOtherOwner(id, owner) || !holds(recorded(id), inputs))) {
      throw new Error(alreadyExists(id, inputs));
    }
    const isNew = readBucket(id) === undefined;
    const created = await serve(await recordedBucket.create(inputs, owner));
    const objects = objectsOf(id).length;
    if (isNew && objects > 0) {
      notice(`Local GKE: bucket ${id} has the ${objects} objects that an earlier environment has kept.`);
    }
    return created;
  },
  read: async (existing) =>
    readBucket(existing.id) === undefined ? undefined : await recordedBucket.read(existing),
  update: async (existing, inputs) => await serve(await recordedBucket.update(existing, inputs)),
  delete: async (existing) => {
    if (process.env[keepObjectsVariable] === undefined) {
      empty(existing);
      deleteObjects(existing.id);
    }
    removeBucket(existing.id);
    await recordedBucket.delete(existing);
    if (!hasBuckets()) {
      await Promise.all(allClusters().map(stopCloudStorage));
    }
  },
};
