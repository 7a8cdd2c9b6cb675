import { apiVersions } from "../../../policy/rules/api-versions.ts";
import { disruptionBudget } from "../../../policy/rules/disruption-budget.ts";
import {
  budget,
  containerPath,
  environment,
  statefulSet,
  storageClass,
} from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict } from "../table.ts";

const as = (resource: Registered, token: string): Registered => ({
  ...resource,
  type: `kubernetes:${token}`,
});
const oldBudget = as(budget, "policy/v1beta1:PodDisruptionBudget");

describe("api-versions", () => {
  it("accepts the versions that Kubernetes serves", () => {
    expectVerdict(apiVersions, environment, "nothing");
  });

  it("rejects workloads of removed versions", () => {
    for (const version of ["apps/v1beta1", "apps/v1beta2"]) {
      expectVerdict(
        apiVersions,
        [as(statefulSet, `${version}:StatefulSet`)],
        new RegExp(
          `StatefulSet default/zk: apiVersion = "${version}"[^]*gone since 1\\.16[^]*Fix: use apps/v1\\.`,
        ),
      );
    }
    expectVerdict(apiVersions, [as(statefulSet, "extensions/v1beta1:Deployment")], /apps\/v1/);
    expectVerdict(apiVersions, [as(statefulSet, "extensions/v1:Deployment")], "nothing");
  });

  it("rejects budgets of removed versions, which cover nothing", () => {
    expectVerdict(
      apiVersions,
      [statefulSet, oldBudget],
      /PodDisruptionBudget default\/zk-pdb: apiVersion = "policy\/v1beta1"[^]*1\.25[^]*use policy\/v1\./,
    );
    expectVerdict(disruptionBudget, [statefulSet, oldBudget], /covered by no PodDisruptionBudget/);
    const second = { ...as(budget, "policy/v1:PodDisruptionBudget"), name: "second" };
    expectVerdict(disruptionBudget, [statefulSet, oldBudget, second], "nothing");
  });

  it("rejects network policies and classes of removed versions", () => {
    const policy: Registered = {
      type: "kubernetes:extensions/v1beta1:NetworkPolicy",
      name: "zk",
      props: { metadata: { name: "zk", namespace: "default" }, spec: { podSelector: {} } },
    };
    expectVerdict(
      apiVersions,
      [statefulSet, policy],
      /NetworkPolicy default\/zk: [^]*use networking.k8s.io\/v1/,
    );
    expectVerdict(
      apiVersions,
      [as(storageClass, "storage.k8s.io/v1beta1:StorageClass")],
      /use storage.k8s.io\/v1/,
    );
  });

  it("says nothing about what is not ZooKeeper's", () => {
    const other = changed(oldBudget, ["spec", "selector"], { matchLabels: { app: "web" } });
    expectVerdict(apiVersions, [statefulSet, other], "nothing");
    expectVerdict(apiVersions, [statefulSet, changed(oldBudget, ["metadata", "namespace"], "x")], "nothing");
    expectVerdict(apiVersions, [oldBudget], "nothing");
    const image = as(
      changed(statefulSet, [...containerPath], { image: unknownValue }),
      "apps/v1beta1:StatefulSet",
    );
    expectVerdict(apiVersions, [image], "nothing");
  });
});
