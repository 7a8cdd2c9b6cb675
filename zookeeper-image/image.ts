import { join } from "node:path";

import { officialImage } from "../domain/image.ts";
import type { Image } from "../local-gke/configuration.ts";

/** The ZooKeeper version that the image holds. */
export const zookeeperVersion = "3.9.5";

/** The image of a ZooKeeper server, for the nodes of a local GKE. */
export const zookeeperImage: Image = {
  // The official image's reference: pods name that one, and get this one.
  reference: officialImage,
  title: `ZooKeeper ${zookeeperVersion} from Apache's artifacts (about 1 min)`,
  inputs: ["pom.xml", "SHA256SUMS", "build.ts", "config.ts", "docker-entrypoint.sh", "image.ts"].map((name) =>
    join(import.meta.dirname, name),
  ),
  packages: {
    // Without these keys mmdebstrap cannot verify Debian's packages on Ubuntu.
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
    maven: "/usr/bin/mvn",
    mmdebstrap: "/usr/bin/mmdebstrap",
    unzip: "/usr/bin/unzip",
  },
  build: async (archive, work) => {
    // Loaded only where it is built.
    const { buildZooKeeper } = await import("./build.ts");
    await buildZooKeeper(archive, work);
  },
};
