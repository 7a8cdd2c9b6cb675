import { headless } from "../../fixtures/policy/ensemble.ts";
import { changed } from "../../fixtures/policy/harness.ts";
import { objects, replaced, withStatefulSet, type Program } from "./program.ts";

export const otherServiceName: Program = {
  resources: withStatefulSet(["spec", "serviceName"], "zookeeper"),
  rejections: { "governing-service": 'Fix: set serviceName to "zk-hs"' },
};

export const serviceOfNone: Program = {
  resources: replaced(objects, headless, changed(headless, ["spec", "selector"], { app: "zookeeper" })),
  rejections: { "governing-service": "a Service that selects none of its pods" },
};
