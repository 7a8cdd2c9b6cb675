import { createHash } from "node:crypto";

import type {
  CheckResult,
  CreateResult,
  DiffResult,
  InvokeResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/provider.js";

import { requireApi } from "./apis.ts";
import { invoke } from "./functions.ts";
import { limits } from "./limits.ts";
import type { Existing, ResourceKind } from "./resource.ts";
import { kinds } from "./resources/index.ts";
import {
  at,
  failures,
  holds,
  isUnknown,
  properties,
  text,
  unknownWhereMissing,
  withNewInputs,
} from "./values.ts";
import type { Properties } from "./values.ts";

/** The output that keeps the inputs of a resource, to find out which were removed. */
const inputsKey = "__inputs";

function kindOf(urn: string): ResourceKind {
  const token = urn.split("::").at(-2)?.split("$").at(-1) ?? "";
  const kind = kinds.get(token);
  if (kind === undefined) {
    throw new Error(
      `${token}: the local GKE does not emulate this type, only ${[...kinds.keys()].join(", ")}`,
    );
  }
  return kind;
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** What a preview does not know of a resource before it is created. */
function unknowns({ computed, leftOut = [] }: ResourceKind): string[] {
  return computed.filter((path) => !leftOut.includes(path));
}

/** Whether the change of an input needs a new resource. */
function needsNew(
  { replaceOn, replaceWhere = {} }: ResourceKind,
  key: string,
  before: Properties,
  inputs: Properties,
) {
  if (replaceWhere[key]?.is(before[key], inputs[key]) === true) {
    return true;
  }
  const isSame = (path: string): boolean => {
    const [was, wanted] = [at(before, path), at(inputs, path)];
    if (path === key || wanted !== undefined) {
      return holds(was, wanted);
    }
    // What a program leaves out below an input stays as it is; a switch is off.
    return !isUnknown(inputs[key]) && was !== true;
  };
  return replaceOn.some((path) => (path === key || path.startsWith(`${key}.`)) && !isSame(path));
}

function existing(id: string, outputs: unknown): Existing {
  return { id, outputs: properties(outputs) };
}

/** What the engine records of a resource that was created or updated, or would be. */
function made(
  kind: ResourceKind,
  { id, outputs }: Existing,
  inputs: Properties,
  before?: Properties,
): { id: string; outs: Properties } {
  return { id, outs: { ...outputs, ...kind.derived?.(inputs, before), [inputsKey]: inputs } };
}

/**
 * The local GKE as a Pulumi provider: it serves the `gcp` types of a
 * GKE environment with clusters and nodes on this machine.
 */
export class LocalGkeProvider implements Provider {
  readonly version: string;
  #project = process.env["GOOGLE_PROJECT"];

  constructor(version: string) {
    this.version = version;
  }

  /** @param project the provider's own setting, as in `gcp:project`; it wins over GOOGLE_PROJECT */
  configure(project: string | undefined): void {
    this.#project = project ?? this.#project;
  }

  check(urn: string, olds: unknown, news: unknown): Promise<CheckResult> {
    const kind = kindOf(urn);
    // Rejects an invalid variable in a preview, too, and before anything is created.
    limits();
    const given = properties(news);
    const project = this.#project;
    // In the form in which the real provider names what the program leaves without a name, but always the same: a
    // creation that was cut off is found again and finished, where Google's cloud would be left with an orphan.
    const suffix = createHash("sha256").update(urn).digest("hex").slice(0, 7);
    const newName = () => `${nameOf(urn).toLowerCase()}-${suffix}`;
    const filled: Properties = {
      ...(project === undefined ? {} : { project }),
      ...(kind.nameless === true ? {} : { name: properties(olds)["name"] ?? newName() }),
      ...given,
    };
    const all = { ...kind.defaults?.(filled), ...filled };
    const inputs = kind.canonical?.(all) ?? all;
    return Promise.resolve({ inputs, failures: failures(kind.rules, inputs) });
  }

  diff(id: string, urn: string, olds: unknown, news: unknown): Promise<DiffResult> {
    const kind = kindOf(urn);
    const before = properties(olds);
    const inputs = properties(news);
    const taken = Object.keys(properties(before[inputsKey])).filter((key) => !(key in inputs));
    const changed = [...Object.keys(inputs).filter((key) => !holds(before[key], inputs[key])), ...taken];
    return Promise.resolve({
      changes: changed.length > 0 || (kind.needsRepair?.(existing(id, olds)) ?? false),
      replaces: changed.filter((key) => needsNew(kind, key, before, inputs)),
      // Names are unique in the real API, too.
      deleteBeforeReplace: holds(before["name"], inputs["name"]),
    });
  }

  /** In a preview nothing is created: computed outputs and the id are not known yet. */
  async create(urn: string, news: unknown, preview = false): Promise<CreateResult> {
    const kind = kindOf(urn);
    const inputs = properties(news);
    if (!preview) {
      requireApi(kind.token, text(inputs["project"]) ?? "");
    }
    const created = preview
      ? { id: "", outputs: unknownWhereMissing(inputs, unknowns(kind)) }
      : await kind.create(inputs, urn);
    return made(kind, created, inputs);
  }

  async read(id: string, urn: string, props?: unknown): Promise<ReadResult> {
    const found = await kindOf(urn).read(existing(id, props));
    if (found === undefined) {
      return {};
    }
    const inputs = properties(properties(props)[inputsKey]);
    const seen = Object.fromEntries(
      Object.keys(inputs).map((key) => [key, found.outputs[key] ?? inputs[key]]),
    );
    return { id, props: { ...found.outputs, [inputsKey]: inputs }, inputs: seen };
  }

  /** In a preview nothing is changed: what the inputs do not say is known to stay as it is. */
  async update(
    id: string,
    urn: string,
    olds: unknown,
    news: unknown,
    preview = false,
  ): Promise<UpdateResult> {
    const kind = kindOf(urn);
    const before = existing(id, olds);
    const inputs = properties(news);
    if (!preview) {
      return made(kind, await kind.update(before, inputs), inputs, before.outputs);
    }
    const outputs = withNewInputs(before.outputs, properties(before.outputs[inputsKey]), inputs);
    const planned = unknownWhereMissing(outputs, kind.computed);
    return made(kind, { id, outputs: planned }, inputs, before.outputs);
  }

  async delete(id: string, urn: string, props: unknown): Promise<void> {
    await kindOf(urn).delete(existing(id, props));
  }

  invoke(token: string, inputs: unknown): Promise<InvokeResult> {
    return Promise.resolve(invoke(token, properties(inputs)));
  }
}
