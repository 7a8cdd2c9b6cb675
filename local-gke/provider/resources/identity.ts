import { numericId } from "../../google/numeric-ids.ts";
import { grantRules } from "../roles.ts";
import { matching, project, required, text } from "../values.ts";
import { recordedKind } from "./recorded.ts";

/** A service account: validated and recorded. */
export const serviceAccount = recordedKind({
  token: "gcp:serviceaccount/account:Account",
  rules: [
    ...project,
    required("accountId"),
    // @see https://cloud.google.com/iam/docs/service-accounts-create
    matching(
      "accountId",
      /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/,
      "6 to 30 lowercase letters, digits and hyphens",
    ),
  ],
  lacks: "keys and tokens",
  source: "services/resourcemanager/resource_google_service_account.go",
  defaults: () => ({ displayName: "", disabled: false }),
  nameless: true,
  replaceOn: ["accountId", "project"],
  id: (inputs) => {
    const project = text(inputs["project"]) ?? "";
    return `projects/${project}/serviceAccounts/${text(inputs["accountId"]) ?? ""}@${project}.iam.gserviceaccount.com`;
  },
  computed: (_inputs, id) => {
    const email = id.split("/").at(-1) ?? "";
    return { name: id, email, member: `serviceAccount:${email}`, uniqueId: numericId(id, 21) };
  },
});

/** A role of a project that is granted to a member: validated and recorded. */
export const iamMember = recordedKind({
  token: "gcp:projects/iAMMember:IAMMember",
  rules: [...project, ...grantRules],
  lacks: "what the role allows; conditions",
  source: "tpgiamresource/resource_iam_member.go",
  nameless: true,
  shared: true,
  replaceOn: ["project", "member", "role", "condition"],
  id: (inputs) => [inputs["project"], inputs["role"], inputs["member"]].map(text).join("/"),
  computed: (_inputs, id) => ({ etag: Buffer.from(numericId(id, 8)).toString("base64") }),
});
