import { pauseImage } from "../images/pack.ts";

/**
 * A node's copy of crun. Debian 13 and Ubuntu 24.04 have an AppArmor profile for /usr/bin/crun. A container that it
 * starts runs under this profile and its own, and the two together allow no signals: `pkill` in a pod is denied.
 */
export const crun = "/run/bin/crun";

/** The configuration of a node's container runtime. */
export function containerdConfig(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[debug]
  level = "warn"

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # The machine may lack CAP_SYS_RESOURCE, without which a negative score cannot be set.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/run/cni"
  # An exec, such as a probe's, takes crun a third of the CPU that it takes runc.
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "crun"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
      BinaryName = "${crun}"
      SystemdCgroup = false
`;
}
