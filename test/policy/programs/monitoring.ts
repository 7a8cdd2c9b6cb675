import { podMonitoring } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, type Program } from "./program.ts";

const advice = { monitoring: "nobody notices that the quorum is lost" };

export const noMonitoring: Program = {
  resources: replaced(objects, podMonitoring),
  rejections: {},
  advice,
  stack: "prod",
};

export const monitoringOfOtherPods: Program = {
  resources: replaced(
    objects,
    podMonitoring,
    changed(podMonitoring, ["spec", "selector"], { matchLabels: { app: "web" } }),
  ),
  rejections: {},
  advice,
  stack: "prod",
};
