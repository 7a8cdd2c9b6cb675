/** Where Google serves the API of Cloud Storage. @see https://cloud.google.com/storage/docs/request-endpoints */
export const storageApi = "https://storage.googleapis.com";

/**
 * The address of the API that has a bucket.
 * @param link the bucket's `selfLink`, in which Google names an older host
 */
export function apiOf(link: string): string {
  const { origin } = new URL(link);
  return origin === "https://www.googleapis.com" ? storageApi : origin;
}
