import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { isOnOverlay } from "../../system/files.ts";
import { run } from "../../system/run.ts";
import { commandLine, quoted } from "../../system/shell.ts";
import { imageNames } from "./names.ts";

/**
 * Unpacks images into a containerd store, as one on a node that has pulled them.
 * @param images archives and the references of the images in them
 * @param store the folder to make
 * @param work a folder for what is needed meanwhile
 */
export async function unpackImages(
  images: readonly (readonly [archive: string, reference: string])[],
  store: string,
  work: string,
): Promise<void> {
  const config = join(work, "containerd.toml");
  // On an overlay file system containerd has no overlays: it unpacks into memory there.
  const inMemory = isOnOverlay(work);
  const root = inMemory ? "/run/store" : store;
  // Below a /run of its own: the path of a socket may have 104 characters, which a user's cache folder alone can take.
  const socket = "/run/containerd.sock";
  writeFileSync(
    config,
    `version = 2
root = "${root}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
`,
  );
  const ctr = ["ctr", "--address", socket, "-n", "k8s.io", "images"];
  const imports = images.flatMap(([tar, reference]) => {
    const { repository, names } = imageNames(reference);
    const [tagged = "", ...others] = names;
    return [
      commandLine(...ctr, "import", "--base-name", repository, tar),
      // Otherwise only a node would notice, which pulls what it does not have.
      `if [ -z "$(${commandLine(...ctr, "list", "-q", `name==${tagged}`)})" ]; then`,
      `  echo ${quoted(`${tar} does not have the tag of ${tagged}`)} >&2; exit 1`,
      "fi",
      ...others.map((name) => commandLine(...ctr, "tag", tagged, name)),
    ];
  });
  await run(
    "unshare",
    ["--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-ec"].concat(
      `mount -t tmpfs tmpfs /run
     ${commandLine("containerd", "--config", config)} &
     while [ ! -S ${quoted(socket)} ]; do sleep 0.1; kill -0 $!; done
     ${imports.join("\n")}
     kill $!; wait $! || true
     ${inMemory ? commandLine("cp", "-a", root, store) : ""}`,
    ),
  );
}
