/**
 * The id of a Google Cloud project: 6 to 30 lowercase letters, digits and hyphens, starting with a letter and ending
 * with a letter or digit. An old one may have the domain of its organization in front, as in example.com:my-project.
 * @see https://cloud.google.com/resource-manager/docs/creating-managing-projects
 */
export const projectId = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Whether a string is a DNS subdomain, as the prefix of a label's key must be.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const isDnsSubdomain = (name: string): boolean =>
  name.length <= 253 && name.split(".").every((part) => label.test(part));
