import { matching, required } from "./values.ts";

/** The name of a role. */
export const roleName = matching(
  "role",
  /^((organizations|projects)\/[^/]+\/)?roles\/[\w.]+$/,
  "the name of a role",
);

/** What a role that is granted to a member must be. */
export const grantRules = [
  required("member"),
  matching(
    "member",
    /^(allUsers|allAuthenticatedUsers|(user|group|domain|serviceAccount|principal|principalSet):.+)$/,
    "a member of a known kind",
  ),
  required("role"),
  roleName,
];
