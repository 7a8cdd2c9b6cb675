import { isDeepStrictEqual } from "node:util";

import type { Events, ResourceState, Step } from "./events.ts";
import { differences, overlap, parsePath, valueAt } from "./properties.ts";

/** A property that an update would change. */
export interface Property {
  /** As the engine writes it: `spec.replicas`. */
  path: string;
  is: unknown;
  wanted: unknown;
}

/** What an update would do to an object, such as a StatefulSet or a cluster. */
export interface Change {
  urn: string;
  type: string;
  /** Its kind and name: `StatefulSet default/zk`. */
  name: string;
  op: "create" | "update" | "replace" | "delete";
  properties: readonly Property[];
  /** Whether the object is missing or was changed outside Pulumi; else the program or its settings have changed. */
  drifted: boolean;
}

/** The result of a preview with `--refresh`. */
export interface Preview {
  changes: readonly Change[];
  /** Whether an update would do nothing at all, not even record something in the stack. */
  nothing: boolean;
  /** Whether every object of the stack was read. */
  read: boolean;
  /** The StatefulSets of the stack, each as namespace/name. */
  statefulSets: readonly string[];
}

const statefulSet = "kubernetes:apps/v1:StatefulSet";

/** Steps that change no object. */
const idle = new Set(["same", "read", "refresh", "discard"]);

/** The operation of the steps of one object; a replacement has up to three. */
function opOf(steps: readonly Step[]): Change["op"] {
  const ops = steps.map(({ op }) => op);
  if (ops.some((op) => op.includes("replace"))) {
    return "replace";
  }
  if (ops.includes("update")) {
    return "update";
  }
  return ops.includes("delete") ? "delete" : "create";
}

function text(state: ResourceState, path: string): string | undefined {
  const value = valueAt(state.inputs, parsePath(path));
  return typeof value === "string" ? value : undefined;
}

function nameOf({ type, urn, ...step }: Step): string {
  // The engine calls it a patch where it sets fields of an object that it does not own.
  const kind = (type.split(":").at(-1) ?? type).replace(/Patch$/, "");
  const state = step.old ?? step.new ?? {};
  const own = urn.split("::").at(-1) ?? urn;
  if (!type.startsWith("kubernetes:")) {
    return `${kind} ${text(state, "name") ?? own}`;
  }
  const named = [text(state, "metadata.namespace"), text(state, "metadata.name") ?? own];
  // An object that does not exist yet has an empty id.
  return `${kind} ${state.id || named.filter((part) => part !== undefined).join("/")}`;
}

/** The properties in which the new state of a step differs from the old one; of a replacement, those that cause it. */
function changedPaths({ op, ...step }: Step): string[] {
  const reported = Object.keys(step.detailedDiff ?? {});
  const keys = step.keys ?? [];
  if (op === "replace" && keys.length > 0) {
    return [...keys];
  }
  return reported.length > 0 ? reported : differences(step.old?.inputs, step.new?.inputs);
}

/** The state of the objects of the stack, by URN. */
interface Found {
  missing: ReadonlySet<string>;
  /** The properties that differ from the stack. */
  changed: ReadonlyMap<string, readonly string[]>;
}

function found(refreshed: readonly Step[]): Found {
  const isMissing = (step: Step) => Object.keys(step.new ?? {}).length === 0;
  return {
    missing: new Set(refreshed.filter(isMissing).map(({ urn }) => urn)),
    changed: new Map(
      refreshed
        .filter((step) => !isMissing(step))
        .map((step) => [step.urn, Object.keys(step.detailedDiff ?? {})] as const),
    ),
  };
}

const property = (step: Step, path: string): Property => {
  const [is, wanted] = [step.old, step.new].map((state) => valueAt(state?.inputs, parsePath(path)));
  return { path, is, wanted };
};

/** The changes that the program asks for in one object; drift and changed settings are separate changes. */
function changesOfObject(steps: readonly Step[], { missing, changed }: Found): Change[] {
  const step = steps.find(({ op }) => op === "replace") ?? steps[0];
  if (step === undefined) {
    return [];
  }
  const { urn, type } = step;
  const op = opOf(steps);
  const change = { urn, type, name: nameOf(step), op };
  if (op === "create" || op === "delete") {
    return [{ ...change, properties: [], drifted: op === "create" && missing.has(urn) }];
  }
  const drift = changed.get(urn) ?? [];
  const isDrift = ({ path }: Property) => drift.some((other) => overlap(path, other));
  const properties = changedPaths(step).map((path) => property(step, path));
  if (op === "replace") {
    return [{ ...change, properties, drifted: properties.some(isDrift) }];
  }
  return [true, false].flatMap((drifted) => {
    const some = properties.filter((one) => isDrift(one) === drifted);
    return some.length === 0 ? [] : [{ ...change, properties: some, drifted }];
  });
}

/** The drift of one object, where the preview did not reach the program. */
function driftOf(step: Step, { missing, changed }: Found): Change[] {
  const { urn, type } = step;
  const change = { urn, type, name: nameOf(step), drifted: true };
  if (missing.has(urn)) {
    return [{ ...change, op: "create", properties: [] }];
  }
  const properties = (changed.get(urn) ?? []).map((path) => {
    const { is: noted, wanted: there } = property(step, path);
    return { path, is: there, wanted: noted };
  });
  return properties.length === 0 ? [] : [{ ...change, op: "update", properties }];
}

function byUrn(steps: readonly Step[]): Step[][] {
  return [...Map.groupBy(steps, ({ urn }) => urn).values()];
}

/** Whether a step would change the outputs of the stack. */
const changesOutputs = ({ type, ...step }: Step): boolean =>
  type === "pulumi:pulumi:Stack" &&
  step.op === "same" &&
  !isDeepStrictEqual(step.old?.outputs ?? {}, step.new?.outputs ?? {});

/**
 * Reads the result of a preview with `--refresh`. Objects are what a provider manages: not components, and not
 * providers.
 * @param finished whether the preview succeeded; else only drift is known, if it came that far
 */
export function readPreview({ begun, done }: Events, finished: boolean): Preview {
  const isObject = ({ type, ...step }: Step) =>
    (step.old ?? step.new)?.custom === true && !type.startsWith("pulumi:");
  const reads = begun.filter(({ op }) => op === "refresh");
  const refreshed = done.filter(({ op }) => op === "refresh");
  const steps = begun.filter(({ op }) => !idle.has(op));
  const what = found(refreshed.filter(isObject));
  const changes = finished
    ? byUrn(steps.filter(isObject)).flatMap((group) => changesOfObject(group, what))
    : refreshed.filter(isObject).flatMap((step) => driftOf(step, what));
  const sets = refreshed.filter(({ type }) => type === statefulSet);
  return {
    changes,
    nothing: finished && steps.length === 0 && !done.some(changesOutputs),
    read: finished || (reads.length > 0 && reads.length === refreshed.length),
    statefulSets: sets.flatMap(({ old }) => old?.id ?? []),
  };
}
