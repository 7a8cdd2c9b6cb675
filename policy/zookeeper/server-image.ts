import { imageName } from "../../domain/image.ts";

/** Words of image names that say who made an image, or what it runs on. */
const makers = [
  ...["apache", "bitnami", "confluent", "cp", "docker", "fabric", "kafka", "strimzi"],
  ...["k8s", "kube", "kubernetes", "openshift"],
  ...["alpine", "centos", "debian", "fips", "rhel", "ubi", "ubuntu"],
].join("|");

/**
 * The names of images that are nothing but a ZooKeeper server: `zookeeper` or `zk` alone, or with words for the maker
 * (`cp-zookeeper`, `kubernetes-zookeeper`, `k8szk`) or the part (`zookeeper-server`).
 */
const serverImage = new RegExp(
  `^(?:(?:${makers})\\d*[._-]*)*(?:zookeeper|zk)(?:[._-](?:server|node|ensemble|${makers})\\d*)*$`,
  "i",
);

/** Whether the image is a ZooKeeper server by its name alone. */
export function isZooKeeperImage(reference: string): boolean {
  return serverImage.test(imageName(reference));
}

/**
 * Whether the image may be a ZooKeeper server, because the last word of its name is: so is `acme-zookeeper`, and
 * `spring-cloud-zookeeper`, which is an application.
 */
export function mayBeZooKeeperImage(reference: string): boolean {
  return /(?:^|[._-])(?:zookeeper|zk)$/i.test(imageName(reference));
}
