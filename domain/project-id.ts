/**
 * The id of a Google Cloud project: 6 to 30 lower case letters, digits and `-`, beginning with a letter and ending with
 * a letter or digit; an old one may have its organization's domain before it, as in `example.com:my-project`.
 * @see https://cloud.google.com/resource-manager/docs/creating-managing-projects
 */
export const projectId = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
