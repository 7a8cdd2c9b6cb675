import { readBucket, writeBucket } from "../../cluster/buckets.ts";
import type { Grant } from "../../cluster/buckets.ts";
import { isRecorded, recorded } from "../../cluster/inventory.ts";
import { numericId } from "../../google/numeric-ids.ts";
import type { ResourceKind } from "../resource.ts";
import { grantRules, roleName } from "../roles.ts";
import { at, list, required, text } from "../values.ts";
import type { Properties, Rule } from "../values.ts";
import { recordedKind } from "./recorded.ts";
import { isBucketName, shown } from "./bucket.ts";

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

/** The bucket as the real provider writes it. */
const withBucketPrefix = (inputs: Properties): Properties =>
  text(inputs["bucket"]) === undefined
    ? inputs
    : { ...inputs, bucket: `b/${withoutPrefix(inputs["bucket"])}` };

const recordedMember = recordedKind({
  token: "gcp:storage/bucketIAMMember:BucketIAMMember",
  rules: [required("bucket"), bucketOfMember, ...grantRules, condition],
  lacks: "",
  source: "services/storage/iam_storage_bucket.go",
  nameless: true,
  shared: true,
  replaceOn: ["bucket", "member", "role", "condition"],
  id: (inputs) => [inputs["bucket"], inputs["role"], inputs["member"]].map(text).join("/"),
  computed: (_inputs, id) => ({ etag: Buffer.from(numericId(id, 8)).toString("base64") }),
});

/** Changes the roles on a bucket. @throws Error if the bucket does not exist */
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
