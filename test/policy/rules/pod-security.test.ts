import { expect } from "chai";

import { podSecurity } from "../../../policy/rules/pod-security.ts";
import { containerPath, podPath, restricted, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, remediate, unknownValue } from "../../fixtures/policy/harness.ts";
import { rows } from "../table.ts";

const context = [...podPath, "securityContext"];
const own = [...containerPath, "securityContext"];
const token = [...podPath, "automountServiceAccountToken"];
const volumes = [...podPath, "volumes"];
const init = (container: object) => [[...podPath, "initContainers"], [container]] as const;
const bare = { name: "init", image: "example/init:1.0.0" };

describe("pod-security", () => {
  rows(podSecurity, [statefulSet], statefulSet, [
    ["accepts the restricted standard", "nothing", []],
    ...["hostNetwork", "hostPID", "hostIPC"].map(
      (key) =>
        [
          `rejects ${key}`,
          new RegExp(`${key} = true\\s+Required: false or missing`),
          [[[...podPath, key], true]],
        ] as const,
    ),
    ["accepts hostNetwork off", "nothing", [[[...podPath, "hostNetwork"], false]]],
    [
      "rejects a missing runAsNonRoot",
      /securityContext.runAsNonRoot: missing/,
      [[[...context, "runAsNonRoot"], undefined]],
    ],
    [
      "rejects runAsNonRoot false in the pod",
      /template.spec.securityContext.runAsNonRoot = false/,
      [[[...context, "runAsNonRoot"], false]],
    ],
    [
      "rejects runAsNonRoot false in the container",
      /containers\[0\].securityContext.runAsNonRoot = false/,
      [[[...own, "runAsNonRoot"], false]],
    ],
    [
      "accepts runAsNonRoot in the container alone",
      "nothing",
      [
        [[...context, "runAsNonRoot"], undefined],
        [[...own, "runAsNonRoot"], true],
      ],
    ],
    [
      "rejects false in the pod also where the container says true",
      /runAsNonRoot = false/,
      [
        [[...context, "runAsNonRoot"], false],
        [[...own, "runAsNonRoot"], true],
      ],
    ],
    ["rejects user 0 in the pod", /spec.securityContext.runAsUser = 0/, [[[...context, "runAsUser"], 0]]],
    [
      "rejects user 0 in the container",
      /containers\[0\].securityContext.runAsUser = 0/,
      [[[...own, "runAsUser"], 0]],
    ],
    [
      "rejects a missing seccomp profile",
      /seccompProfile.type: missing.*Fix: set it to RuntimeDefault/s,
      [[[...context, "seccompProfile"], undefined]],
    ],
    [
      "rejects an unconfined seccomp profile",
      /seccompProfile.type = "Unconfined"/,
      [[[...context, "seccompProfile", "type"], "Unconfined"]],
    ],
    [
      "accepts a seccomp profile of the container",
      "nothing",
      [
        [[...context, "seccompProfile"], undefined],
        [[...own, "seccompProfile"], { type: "Localhost" }],
      ],
    ],
    [
      "rejects privilege escalation",
      /allowPrivilegeEscalation = true/,
      [[[...own, "allowPrivilegeEscalation"], true]],
    ],
    [
      "rejects missing allowPrivilegeEscalation",
      /allowPrivilegeEscalation: missing/,
      [[[...own, "allowPrivilegeEscalation"], undefined]],
    ],
    ["rejects privileged", /privileged = true/, [[[...own, "privileged"], true]]],
    ["rejects kept capabilities", /capabilities.drop: missing/, [[[...own, "capabilities"], undefined]]],
    [
      "rejects some dropped capabilities",
      /capabilities.drop = \["NET_RAW"\]\s+Required: a list with "ALL"/,
      [[[...own, "capabilities", "drop"], ["NET_RAW"]]],
    ],
    [
      "rejects added capabilities",
      /capabilities.add\[0\] = "NET_ADMIN"/,
      [[[...own, "capabilities", "add"], ["NET_ADMIN"]]],
    ],
    [
      "finds nothing in entries that say nothing",
      "nothing",
      [
        [[...own, "capabilities", "add"], [null]],
        [[...context, "sysctls"], [{}]],
      ],
    ],
    ["accepts NET_BIND_SERVICE", "nothing", [[[...own, "capabilities", "add"], ["NET_BIND_SERVICE"]]]],
    [
      "rejects a host port",
      /hostPort = 2181/,
      [
        [
          [...containerPath, "ports"],
          [
            { containerPort: 2888, hostPort: 2181 },
            { containerPort: 3888, hostPort: 0 },
          ],
        ],
      ],
    ],
    ["accepts host port 0, which is none", "nothing", [[[...containerPath, "ports"], [{ hostPort: 0 }]]]],
    ["rejects procMount", /procMount = "Unmasked".*Fix: remove it/s, [[[...own, "procMount"], "Unmasked"]]],
    [
      "rejects AppArmor off",
      /appArmorProfile.type = "Unconfined"/,
      [[[...context, "appArmorProfile"], { type: "Unconfined" }]],
    ],
    ["rejects host processes", /hostProcess = true/, [[[...own, "windowsOptions"], { hostProcess: true }]]],
    [
      "rejects SELinux types",
      /seLinuxOptions.type = "spc_t"/,
      [[[...context, "seLinuxOptions"], { type: "spc_t" }]],
    ],
    [
      "accepts SELinux' container type",
      "nothing",
      [[[...context, "seLinuxOptions"], { type: "container_t", user: "" }]],
    ],
    [
      "rejects SELinux users and roles",
      /seLinuxOptions: user = "root", must be missing; role = "sys", must be missing/,
      [[[...own, "seLinuxOptions"], { user: "root", role: "sys" }]],
    ],
    [
      "rejects unsafe sysctls",
      /sysctls\[0\].name = "kernel.msgmax"/,
      [
        [
          [...context, "sysctls"],
          [{ name: "kernel.msgmax" }, { name: "net.ipv4.tcp_syncookies" }],
        ],
      ],
    ],
    ["accepts safe sysctls", "nothing", [[[...context, "sysctls"], [{ name: "net.ipv4.tcp_syncookies" }]]]],
    [
      "rejects host paths",
      /volumes\[0\]: of type hostPath/,
      [
        [
          volumes,
          [
            { name: "a", hostPath: { path: "/" } },
            { name: "b", emptyDir: {} },
          ],
        ],
      ],
    ],
    ["rejects NFS", /: of type nfs/, [[volumes, [{ name: "a", nfs: {} }]]]],
    [
      "validates init containers",
      /zk, init container init: .*initContainers\[0\].*allowPriv.*: missing, .*capabilities.drop: missing/,
      [init(bare)],
    ],
    [
      "validates sidecars",
      /zk, sidecar init: .*initContainers\[0\].*allowPriv.*: missing, .*capabilities.drop: missing/,
      [init({ ...bare, restartPolicy: "Always" })],
    ],
    ["accepts restricted init containers", "nothing", [init({ ...bare, securityContext: restricted })]],
    [
      "validates debug containers",
      /zk, ephemeral container init: .*ephemeralContainers\[0\].*allowPriv.*: missing, .*capabilities.drop: missing/,
      [[[...podPath, "ephemeralContainers"], [bare]]],
    ],
    [
      "rejects a debug container's port on its node",
      /ephemeralContainers\[0\].ports\[0\].hostPort = 80/,
      [
        [
          [...podPath, "ephemeralContainers"],
          [{ ...bare, securityContext: restricted, ports: [{ containerPort: 80, hostPort: 80 }] }],
        ],
      ],
    ],
    [
      "lists the fields of a container in one finding, with one fix",
      new RegExp(
        [
          "^StatefulSet default/zk, container kubernetes-zookeeper: spec.template.spec.containers\\[0\\]: ",
          "securityContext.privileged = true, must be false or missing; ",
          "securityContext.allowPrivilegeEscalation: missing, must be false; ",
          'securityContext.seccompProfile.type = "Unconfined", must be "RuntimeDefault" or "Localhost"; ',
          "ports\\[0\\].hostPort = 80, must be missing; ",
          'securityContext.capabilities.drop = \\["NET_RAW"\\], must be a list with "ALL"\\s+',
          "Required: the Pod Security Standard restricted\\.\\s+",
          "Fix: set securityContext: {allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}, ",
          "capabilities: {drop: \\[ALL\\]}}; remove securityContext.privileged, ports\\[0\\].hostPort\\.$",
        ].join(""),
      ),
      [
        [
          own,
          {
            privileged: true,
            seccompProfile: { type: "Unconfined" },
            capabilities: { drop: ["NET_RAW"] },
          },
        ],
        [[...containerPath, "ports"], [{ containerPort: 80, hostPort: 80 }]],
      ],
    ],
    [
      "has one fix for the fields of a security context",
      /runAsNonRoot: missing.*\s+Required: .*\s+Fix: set .*runAsNonRoot: true/,
      [
        [[...context, "runAsNonRoot"], undefined],
        [[...own, "capabilities"], undefined],
      ],
    ],
    [
      "lists the fields of the pod in one finding, beside those of each container",
      [
        /zk: spec.template.spec: hostPID = true, .*; volumes\[0\]: of type nfs, .*Token: missing, must be false\s+Required: the Pod Security Standard restricted; ZooKeeper does not use .*\s+Fix: set auto\w+: false; remove hostPID; volumes\[0\]: use a persistent/,
        /zk, container kubernetes-zookeeper: spec.*runAsUser = 0/,
        /zk: spec.template.spec.initContainers\[0\].securityContext: allowPriv/,
      ],
      [
        [[...podPath, "hostPID"], true],
        [token, undefined],
        [volumes, [{ name: "a", nfs: {} }]],
        [[...own, "runAsUser"], 0],
        init({ image: "example/init:1.0.0" }),
      ],
    ],
    [
      "rejects false in the pod also where its seccomp profile is missing, and each container has both",
      /spec.securityContext.runAsNonRoot = false/,
      [
        [context, { runAsNonRoot: false }],
        [own, { ...restricted, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } }],
      ],
    ],
    [
      "rejects an unconfined profile of the pod also where each container has another",
      /spec.securityContext.seccompProfile.type = "Unconfined"/,
      [
        [context, { seccompProfile: { type: "Unconfined" } }],
        [own, { ...restricted, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } }],
      ],
    ],
    [
      "says a fault of the pod once, however many containers take it over",
      /runAsNonRoot: missing|runAsNonRoot = false/,
      [[[...context, "runAsNonRoot"], false], init({ ...bare, securityContext: restricted })],
    ],
    [
      "rejects a mounted token",
      /Token: missing\s+Required: false \(ZooKeeper does not use the API; missing means .* mounted\)\.\s+Fix: set .* or name the workload/,
      [[token, undefined]],
    ],
    ["rejects a token asked for", /automountServiceAccountToken = true/, [[token, true]]],
    [
      "takes settings: workloads that need it",
      "nothing",
      [[token, true]],
      { config: { apiTokenAllowed: ["default/zk"] } },
    ],
    [
      "takes settings: not for others",
      /= true/,
      [[token, true]],
      { config: { apiTokenAllowed: ["other/zk"] } },
    ],
    [
      "rejects another type of context, once",
      /securityContext = "root" instead of an object \(wrong type\)\s+Required: an object .*\s+Fix: give an object/,
      [[own, "root"]],
    ],
    ["rejects another type of token", /automountServiceAccountToken = "no" \(wrong type\)/, [[token, "no"]]],
    [
      "leaves an unknown context open, and validates the rest",
      /hostPID/,
      [
        [context, unknownValue],
        [[...podPath, "hostPID"], true],
      ],
    ],
    ["leaves unknown capabilities open", "open", [[[...own, "capabilities", "drop"], unknownValue]]],
    ["leaves one unknown capability open", "nothing", [[[...own, "capabilities", "drop"], [unknownValue]]]],
    ["leaves an unknown token open", "open", [[token, unknownValue]]],
  ]);

  it("remediates token and seccomp profile where they are known to be wrong", () => {
    const loose = changed(changed(statefulSet, token, undefined), [...context, "seccompProfile"], undefined);
    const remediated = remediate(podSecurity, loose);
    expect(remediated).to.deep.equal(statefulSet.props);
    expect(remediate(podSecurity, changed(statefulSet, token, true))).to.deep.equal(statefulSet.props);
    const unconfined = changed(statefulSet, [...own, "seccompProfile"], { type: "Unconfined", extra: 1 });
    const confined = changed(statefulSet, [...own, "seccompProfile"], { type: "RuntimeDefault" });
    expect(remediate(podSecurity, unconfined)).to.deep.equal(confined.props);
    const pods = changed(statefulSet, [...context, "seccompProfile"], { type: "Unconfined" });
    expect(remediate(podSecurity, pods)).to.deep.equal(statefulSet.props);
  });

  it("remediates nothing that is right, unknown or allowed", () => {
    expect(remediate(podSecurity, statefulSet)).to.equal(undefined);
    expect(
      remediate(podSecurity, changed(changed(statefulSet, token, unknownValue), context, unknownValue)),
    ).to.equal(undefined);
    const run = { config: { apiTokenAllowed: ["default/zk"] } };
    expect(remediate(podSecurity, changed(statefulSet, token, true), run)).to.equal(undefined);
    const other = {
      ...statefulSet,
      props: { spec: { template: { spec: { containers: [{ image: "nginx" }] } } } },
    };
    expect(remediate(podSecurity, other)).to.equal(undefined);
  });
});
