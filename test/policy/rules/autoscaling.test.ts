import { autoscaling } from "../../../policy/rules/autoscaling.ts";
import { containerPath, neighbours, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows } from "../table.ts";

const target = { kind: "StatefulSet", name: "zk" };
const of = (token: string, spec: object): Registered => ({
  type: `kubernetes:${token}`,
  name: "scaler",
  props: { metadata: { name: "scaler", namespace: "default" }, spec },
});
const horizontal = of("autoscaling/v2:HorizontalPodAutoscaler", { scaleTargetRef: target, maxReplicas: 5 });
const vertical = of("autoscaling.k8s.io/v1:VerticalPodAutoscaler", { targetRef: target });
const ref = ["spec", "scaleTargetRef"];
const mode = ["spec", "updatePolicy"];

describe("autoscaling", () => {
  describe("rejects horizontal autoscalers", () => {
    rows(autoscaling, [statefulSet, horizontal], horizontal, [
      [
        "of the servers",
        /HorizontalPodAutoscaler default\/scaler: spec.scaleTargetRef: an autoscaler of StatefulSet default\/zk[^]*Fix: remove it\./,
        [],
      ],
      ["but not of another workload", "nothing", [[[...ref, "name"], "web"]]],
      ["but not of another kind", "nothing", [[[...ref, "kind"], "Deployment"]]],
      ["but not without a kind", "nothing", [[[...ref, "kind"], undefined]]],
      ["but not in another namespace", "nothing", [[["metadata", "namespace"], "other"]]],
      ["and leaves an unknown name open", "open", [[[...ref, "name"], unknownValue]]],
      ["and leaves an unknown kind open", "open", [[[...ref, "kind"], unknownValue]]],
      ["and leaves an unknown namespace open", "open", [[["metadata", "namespace"], unknownValue]]],
      ["but none without a target", "nothing", [[ref, undefined]]],
    ]);

    it("of any version, and those of others", () => {
      for (const token of [
        "autoscaling/v1:HorizontalPodAutoscaler",
        "autoscaling/v2beta1:HorizontalPodAutoscaler",
        "keda.sh/v1alpha1:ScaledObject",
        "autoscaling.gke.io/v1beta1:MultidimPodAutoscaler",
      ]) {
        expectVerdict(autoscaling, [statefulSet, of(token, { scaleTargetRef: target })], /an autoscaler of/);
      }
    });

    it("of KEDA, which scales Deployments unless it says otherwise", () => {
      const scaled = of("keda.sh/v1alpha1:ScaledObject", { scaleTargetRef: { name: "zk" } });
      expectVerdict(autoscaling, [statefulSet, scaled], "nothing");
      const deployment = { ...statefulSet, type: "kubernetes:apps/v1:Deployment" };
      expectVerdict(autoscaling, [deployment, scaled], /an autoscaler of Deployment/);
    });
  });

  describe("rejects vertical autoscalers", () => {
    rows(autoscaling, [statefulSet, vertical], vertical, [
      ["that evict by default", /targetRef: an autoscaler of [^]*set updatePolicy.updateMode to Off/, []],
      ["that evict", /an autoscaler/, [[mode, { updateMode: "Recreate" }]]],
      ["but not those that recommend", "nothing", [[mode, { updateMode: "Off" }]]],
      ["but not those for new pods", "nothing", [[mode, { updateMode: "Initial" }]]],
      ["and leaves an unknown mode open", "open", [[mode, { updateMode: unknownValue }]]],
    ]);
  });

  it("says nothing where it is not known whether the workload runs ZooKeeper, or it does not", () => {
    const image = changed(statefulSet, [...containerPath], { image: unknownValue });
    expectVerdict(autoscaling, [image, horizontal], "nothing");
    const web = of("autoscaling/v2:HorizontalPodAutoscaler", {
      scaleTargetRef: { kind: "Deployment", name: "web" },
    });
    expectVerdict(autoscaling, [...neighbours, web], "nothing");
  });
});
