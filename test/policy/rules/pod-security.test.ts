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
          `refuses ${key}`,
          new RegExp(`${key} = true\\s+Required: false or missing`),
          [[[...podPath, key], true]],
        ] as const,
    ),
    ["accepts hostNetwork off", "nothing", [[[...podPath, "hostNetwork"], false]]],
    [
      "refuses a missing runAsNonRoot",
      /securityContext.runAsNonRoot: missing/,
      [[[...context, "runAsNonRoot"], undefined]],
    ],
    [
      "refuses runAsNonRoot false in the pod",
      /template.spec.securityContext.runAsNonRoot = false/,
      [[[...context, "runAsNonRoot"], false]],
    ],
    [
      "refuses runAsNonRoot false in the container",
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
      "refuses false in the pod also where the container says true",
      /runAsNonRoot = false/,
      [
        [[...context, "runAsNonRoot"], false],
        [[...own, "runAsNonRoot"], true],
      ],
    ],
    ["refuses user 0 in the pod", /spec.securityContext.runAsUser = 0/, [[[...context, "runAsUser"], 0]]],
    [
      "refuses user 0 in the container",
      /containers\[0\].securityContext.runAsUser = 0/,
      [[[...own, "runAsUser"], 0]],
    ],
    [
      "refuses a missing seccomp profile",
      /seccompProfile.type: missing.*Fix: set it to RuntimeDefault/s,
      [[[...context, "seccompProfile"], undefined]],
    ],
    [
      "refuses an unconfined seccomp profile",
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
      "refuses privilege escalation",
      /allowPrivilegeEscalation = true/,
      [[[...own, "allowPrivilegeEscalation"], true]],
    ],
    [
      "refuses missing allowPrivilegeEscalation",
      /allowPrivilegeEscalation: missing/,
      [[[...own, "allowPrivilegeEscalation"], undefined]],
    ],
    ["refuses privileged", /privileged = true/, [[[...own, "privileged"], true]]],
    ["refuses kept capabilities", /capabilities.drop: missing/, [[[...own, "capabilities"], undefined]]],
    [
      "refuses some dropped capabilities",
      /capabilities.drop = a list\s+Required: a list with "ALL"/,
      [[[...own, "capabilities", "drop"], ["NET_RAW"]]],
    ],
    [
      "refuses added capabilities",
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
      "refuses a host port",
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
    ["refuses procMount", /procMount = "Unmasked".*Fix: remove it/s, [[[...own, "procMount"], "Unmasked"]]],
    [
      "refuses AppArmor off",
      /appArmorProfile.type = "Unconfined"/,
      [[[...context, "appArmorProfile"], { type: "Unconfined" }]],
    ],
    ["refuses host processes", /hostProcess = true/, [[[...own, "windowsOptions"], { hostProcess: true }]]],
    [
      "refuses SELinux types",
      /seLinuxOptions.type = "spc_t"/,
      [[[...context, "seLinuxOptions"], { type: "spc_t" }]],
    ],
    [
      "accepts SELinux' container type",
      "nothing",
      [[[...context, "seLinuxOptions"], { type: "container_t", user: "" }]],
    ],
    [
      "refuses SELinux users and roles",
      [/seLinuxOptions.user/, /seLinuxOptions.role/],
      [[[...own, "seLinuxOptions"], { user: "root", role: "sys" }]],
    ],
    [
      "refuses unsafe sysctls",
      /sysctls\[0\].name = "kernel.msgmax"/,
      [
        [
          [...context, "sysctls"],
          [{ name: "kernel.msgmax" }, { name: "net.ipv4.tcp_syncookies" }],
        ],
      ],
    ],
    [
      "refuses host paths",
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
    ["refuses NFS", /: of type nfs/, [[volumes, [{ name: "a", nfs: {} }]]]],
    [
      "judges init containers",
      [/initContainers\[0\].*allowPriv/, /initContainers\[0\].*capabilities/],
      [init(bare)],
    ],
    [
      "judges sidecars",
      [/initContainers\[0\].*allowPriv/, /initContainers\[0\].*capabilities/],
      [init({ ...bare, restartPolicy: "Always" })],
    ],
    ["accepts restricted init containers", "nothing", [init({ ...bare, securityContext: restricted })]],
    [
      "judges debug containers",
      [/ephemeralContainers\[0\].*allowPriv/, /ephemeralContainers\[0\].*capabilities/],
      [[[...podPath, "ephemeralContainers"], [bare]]],
    ],
    [
      "refuses a debug container's port on its node",
      /ephemeralContainers\[0\].ports\[0\].hostPort = 80/,
      [
        [
          [...podPath, "ephemeralContainers"],
          [{ ...bare, securityContext: restricted, ports: [{ containerPort: 80, hostPort: 80 }] }],
        ],
      ],
    ],
    [
      "says a fault of the pod once, however many containers take it over",
      /runAsNonRoot: missing|runAsNonRoot = false/,
      [[[...context, "runAsNonRoot"], false], init({ ...bare, securityContext: restricted })],
    ],
    ["refuses a mounted token", /automountServiceAccountToken: missing/, [[token, undefined]]],
    ["refuses a token asked for", /automountServiceAccountToken = true/, [[token, true]]],
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
      "refuses another type of context, once",
      /securityContext = "root" instead of an object \(wrong type\)/,
      [[own, "root"]],
    ],
    ["refuses another type of token", /automountServiceAccountToken = "no" \(wrong type\)/, [[token, "no"]]],
    [
      "leaves an unknown context open, and judges the rest",
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

  it("mends token and seccomp profile where they are known to be wrong", () => {
    const loose = changed(changed(statefulSet, token, undefined), [...context, "seccompProfile"], undefined);
    const mended = remediate(podSecurity, loose);
    expect(mended).to.deep.equal(statefulSet.props);
    expect(remediate(podSecurity, changed(statefulSet, token, true))).to.deep.equal(statefulSet.props);
    const unconfined = changed(statefulSet, [...own, "seccompProfile"], { type: "Unconfined", extra: 1 });
    const confined = changed(statefulSet, [...own, "seccompProfile"], { type: "RuntimeDefault" });
    expect(remediate(podSecurity, unconfined)).to.deep.equal(confined.props);
    const pods = changed(statefulSet, [...context, "seccompProfile"], { type: "Unconfined" });
    expect(remediate(podSecurity, pods)).to.deep.equal(statefulSet.props);
  });

  it("mends nothing that is right, unknown or allowed", () => {
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
