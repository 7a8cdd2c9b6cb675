import { projectNumber } from "../google/numeric-ids.ts";

/** The variable with the APIs that the project has not enabled, such as `iam.googleapis.com`, separated by commas. */
export const disabledApisVariable = "LOCAL_GKE_DISABLED_APIS";

/** Google's APIs with their titles, by the module of the types that they serve. */
const apis: Readonly<Record<string, { name: string; title: string }>> = {
  compute: { name: "compute.googleapis.com", title: "Compute Engine API" },
  container: { name: "container.googleapis.com", title: "Kubernetes Engine API" },
  projects: { name: "cloudresourcemanager.googleapis.com", title: "Cloud Resource Manager API" },
  storage: { name: "storage.googleapis.com", title: "Cloud Storage API" },
  serviceaccount: { name: "iam.googleapis.com", title: "Identity and Access Management (IAM) API" },
};

/**
 * Answers as Google does for a type whose API the project has not enabled.
 * @param token the type's, such as gcp:container/cluster:Cluster
 * @throws Error where {@link disabledApisVariable} contains the API
 * @see https://cloud.google.com/service-usage/docs/enabled-service
 */
export function requireApi(
  token: string,
  project: string,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const api = apis[token.split(/[:/]/)[1] ?? ""];
  const disabled = (variables[disabledApisVariable] ?? "").split(",").map((name) => name.trim());
  if (api === undefined || !disabled.includes(api.name)) {
    return;
  }
  // Google names a project by its number here.
  const number = projectNumber(project);
  throw new Error(
    `googleapi: Error 403: ${api.title} has not been used in project ${number} before or it is disabled. Enable it by ` +
      `visiting https://console.developers.google.com/apis/api/${api.name}/overview?project=${number} then retry. ` +
      "If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry., " +
      "accessNotConfigured",
  );
}
