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
import type { Grant } from "../../cluster/buckets.ts";
import { ensureCloudStorage, stopCloudStorage } from "../../cluster/cloud-storage.ts";
import { controlPlaneRuns } from "../../cluster/control-plane.ts";
import { hasOtherOwner, isRecorded, record, recorded } from "../../cluster/inventory.ts";
import { allClusters } from "../../cluster/records.ts";
import { isRegion } from "../../google/locations.ts";
import { numericId, projectNumber } from "../../google/numeric-ids.ts";
import { notice } from "../../../system/progress.ts";
import { providerLabels } from "../labels.ts";
import type { Existing, ResourceKind } from "../resource.ts";
import { at, holds, isUnknown, list, matching, project, properties, required, text } from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { recordedKind } from "./recorded.ts";

/** Whether a text can name a bucket. @see https://cloud.google.com/storage/docs/buckets#naming */
function isBucketName(name: string): boolean {
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

/** The seconds of a policy, which programs give as a text or a number; undefined where they are neither. */
function seconds(value: unknown): number | undefined {
  const digits = typeof value === "number" ? String(value) : (text(value) ?? "");
  return /^\d{1,12}$/.test(digits) ? Number(digits) : undefined;
}

const shown = (value: unknown): string => text(value) ?? JSON.stringify(value);

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

const withoutPrefix = (name: unknown): string => (text(name) ?? "").replace(/^b\//, "");

const bucketOfMember: Rule = {
  property: "bucket",
  must: "a bucket's name",
  error: (value) =>
    isBucketName(withoutPrefix(value))
      ? undefined
      : `googleapi: Error 400: Invalid bucket name: '${shown(value)}', invalid`,
};

const condition: Rule = {
  property: "condition",
  must: "absent: the local GKE does not evaluate conditions",
  error: (value) =>
    value === undefined ? undefined : "condition: the local GKE does not evaluate conditions of roles",
};

const roleName = matching(
  "role",
  /^((organizations|projects)\/[^/]+\/)?roles\/[\w.]+$/,
  "the name of a role",
);

/** The bucket as the real provider writes it. */
const withBucketPrefix = (inputs: Properties): Properties =>
  text(inputs["bucket"]) === undefined
    ? inputs
    : { ...inputs, bucket: `b/${withoutPrefix(inputs["bucket"])}` };

const recordedMember = recordedKind({
  token: "gcp:storage/bucketIAMMember:BucketIAMMember",
  rules: [
    required("bucket"),
    bucketOfMember,
    required("member"),
    matching(
      "member",
      /^(allUsers|allAuthenticatedUsers|(user|group|domain|serviceAccount|principal|principalSet):.+)$/,
      "a member of a known kind",
    ),
    required("role"),
    roleName,
    condition,
  ],
  lacks: "",
  source: "services/storage/iam_storage_bucket.go",
  nameless: true,
  shared: true,
  replaceOn: ["bucket", "member", "role", "condition"],
  id: (inputs) => [inputs["bucket"], inputs["role"], inputs["member"]].map(text).join("/"),
  computed: (_inputs, id) => ({ etag: Buffer.from(numericId(id, 8)).toString("base64") }),
});

/** Changes who has which role on a bucket. @throws Error where there is none */
function changeGrants(name: string, change: (grants: Grant[]) => Grant[]): void {
  const known = readBucket(name);
  if (known === undefined) {
    throw new Error(
      `Error retrieving IAM policy for storage bucket "b/${name}": googleapi: Error 404: The specified bucket does not exist., notFound`,
    );
  }
  writeBucket({ ...known, members: change(known.members) });
}

const grantOf = (inputs: Properties): Grant => ({
  role: text(inputs["role"]) ?? "",
  member: text(inputs["member"]) ?? "",
});

const others =
  ({ role, member }: Grant) =>
  (grant: Grant): boolean =>
    grant.role !== role || grant.member !== member;

/** A role on a bucket that is granted to a member. */
export const bucketIamMember: ResourceKind = {
  ...recordedMember,
  about: {
    does: "the member can do at once what the role allows; roles of objects, and `roles/storage.admin`, are known",
    refresh: "deletion",
    fails: "404: the bucket does not exist; 412: a public member of a bucket that prevents public access",
    lacks:
      "members that are no ServiceAccounts of Kubernetes get no tokens; other roles allow nothing; groups",
    sources: ["services/storage/iam_storage_bucket.go"],
  },
  canonical: withBucketPrefix,
  create: async (inputs, owner) => {
    const name = withoutPrefix(inputs["bucket"]);
    const grant = grantOf(inputs);
    const isPublic = ["allUsers", "allAuthenticatedUsers"].includes(grant.member);
    if (isPublic && isRecorded(name) && at(recorded(name), "publicAccessPrevention") === "enforced") {
      throw new Error(
        `Error setting IAM policy for storage bucket "b/${name}": googleapi: Error 412: The member bindings allUsers ` +
          "and allAuthenticatedUsers are not allowed since public access prevention is enforced., conditionNotMet",
      );
    }
    changeGrants(name, (grants) => [...grants.filter(others(grant)), grant]);
    return await recordedMember.create(inputs, owner);
  },
  read: async (existing) => {
    const grants = readBucket(withoutPrefix(existing.outputs["bucket"]))?.members ?? [];
    const isThere = grants.some((grant) => !others(grantOf(existing.outputs))(grant));
    return isThere ? await recordedMember.read(existing) : undefined;
  },
  delete: async (existing) => {
    const name = withoutPrefix(existing.outputs["bucket"]);
    if (readBucket(name) !== undefined) {
      changeGrants(name, (grants) => grants.filter(others(grantOf(existing.outputs))));
    }
    await recordedMember.delete(existing);
  },
};

const recordedBinding = recordedKind({
  token: "gcp:storage/bucketIAMBinding:BucketIAMBinding",
  rules: [required("bucket"), bucketOfMember, required("members"), required("role"), roleName, condition],
  lacks: "",
  source: "services/storage/iam_storage_bucket.go",
  nameless: true,
  shared: true,
  replaceOn: ["bucket", "role", "condition"],
  id: (inputs) => [inputs["bucket"], inputs["role"]].map(text).join("/"),
  computed: (_inputs, id) => ({ etag: Buffer.from(numericId(id, 8)).toString("base64") }),
});

/** Gives a role on a bucket to these members, and to nobody else. */
function bind(inputs: Properties, members: readonly string[]): void {
  const role = text(inputs["role"]) ?? "";
  changeGrants(withoutPrefix(inputs["bucket"]), (grants) => [
    ...grants.filter((grant) => grant.role !== role),
    ...members.map((each) => ({ role, member: each })),
  ]);
}

const membersOf = (inputs: Properties): string[] => list(inputs["members"]).map((each) => text(each) ?? "");

/** All members that have a role on a bucket. */
export const bucketIamBinding: ResourceKind = {
  ...recordedBinding,
  about: {
    does: "nobody else has the role any more",
    refresh: "deletion",
    fails: "404: the bucket does not exist",
    lacks: "the roles of a project's viewers, editors and owners, which a new bucket has on Google Cloud",
    sources: ["services/storage/iam_storage_bucket.go"],
  },
  canonical: withBucketPrefix,
  create: async (inputs, owner) => {
    bind(inputs, membersOf(inputs));
    return await recordedBinding.create(inputs, owner);
  },
  update: async (existing, inputs) => {
    bind(inputs, membersOf(inputs));
    return await recordedBinding.update(existing, inputs);
  },
  read: async (existing) =>
    readBucket(withoutPrefix(existing.outputs["bucket"])) === undefined
      ? undefined
      : await recordedBinding.read(existing),
  delete: async (existing) => {
    if (readBucket(withoutPrefix(existing.outputs["bucket"])) !== undefined) {
      bind(existing.outputs, []);
    }
    await recordedBinding.delete(existing);
  },
};
