/**
 * The published checksums of the official releases, by the address that each was published for. A release without one
 * is not downloaded: the tool is built.
 */
export const checksums: Readonly<Record<string, string>> = {
  // @see https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.34.md#server-binaries-4
  "https://dl.k8s.io/v1.34.3/kubernetes-server-linux-amd64.tar.gz":
    "6dacc62cf3def4873c680bd308fa88eb0ee857e4ca4e19723921172f7e6d4f7f774ea7742d59fa051807856896affb4fe86e55fc2612e2c3f729e5e10cde3200",
  "https://dl.k8s.io/v1.34.3/kubernetes-server-linux-arm64.tar.gz":
    "788e89509219b22e08ec436bc4ba39ccf47237b78253bdb26b1d2287c22d2edabacb8f2102d657fd259e3c7d2d2b671ba33ca60383beabd480873bcc30773d7b",

  // SHA256SUMS of the release, as https://github.com/kubernetes-sigs/kubespray records it at 46dbdd3, in
  // roles/kubespray_defaults/vars/main/checksums.yml.
  "https://github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-amd64.tar.gz":
    "ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5",
  "https://github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-arm64.tar.gz":
    "fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e",

  // As the Arch User Repository's package coredns-bin 1.14.6-1 records them.
  "https://github.com/coredns/coredns/releases/download/v1.14.6/coredns_1.14.6_linux_amd64.tgz":
    "4402578c8f7b95dac1d8258bfd13e7a9d30f70d7a53f396b02a6d6ca78d56152",
  "https://github.com/coredns/coredns/releases/download/v1.14.6/coredns_1.14.6_linux_arm64.tgz":
    "a99987b82977a791e232fcb828133cb645130481cc36af6e06fbf938326d2c3e",

  // As https://github.com/pulumi/homebrew-tap records them at 22dba2f, in Formula/pulumi.rb. Those of get.pulumi.com
  // have been others than GitHub's: https://github.com/pulumi/pulumi/issues/9416
  "https://github.com/pulumi/pulumi/releases/download/v3.216.0/pulumi-v3.216.0-linux-x64.tar.gz":
    "9b8a3bea08ea03f5107ba52ffcd9bea86f6b25c8009a40b5736aa77150e13250",
  "https://github.com/pulumi/pulumi/releases/download/v3.216.0/pulumi-v3.216.0-linux-arm64.tar.gz":
    "a54fb7914ba70ecff4e5130614afa2b79307eeb08eabb206ba5a756ba2239278",

  // As https://github.com/NixOS/nixpkgs records them at 0501eb3, in pkgs/by-name/pu/pulumi-bin/data.nix, in base 32.
  "https://api.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.25.0-linux-amd64.tar.gz":
    "6ea3d53c16a00c4d1017c4d109928d8f4801fd7cd978965cd43917561f3774b0",
  "https://api.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.25.0-linux-arm64.tar.gz":
    "e4260240ed14bff6ed1a5a25a362311380ea1c072544fc262532b8197ea0725c",
};
