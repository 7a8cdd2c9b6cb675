/** The store of images that nodes start with; the command line builds it before it calls the engine. */
export function imageStore(): string {
  const store = process.env["LOCAL_GKE_IMAGE_STORE"];
  if (store === undefined) {
    throw new Error(
      "LOCAL_GKE_IMAGE_STORE is not set: the local GKE's plugin is started by its own shell script only",
    );
  }
  return store;
}
