import { forget, hasOtherOwner, isRecorded, record, recorded, recordOwner } from "../../cluster/inventory.ts";
import type { Existing, ResourceKind } from "../resource.ts";
import { at, holds, text } from "../values.ts";
import type { Properties } from "../values.ts";

/** What defines a type whose resources are only recorded. */
export interface RecordedKind extends Pick<
  ResourceKind,
  "token" | "rules" | "refersTo" | "replaceOn" | "replaceWhere" | "defaults" | "nameless"
> {
  /** The resource's id in Google's form. */
  id: (inputs: Properties) => string;
  /** Outputs that the real API computes. */
  computed: (inputs: Properties, id: string) => Properties;
  /** What it does not emulate. */
  lacks: string;
  /** The file that defines it, below `providerSource`. */
  source: string;
  /** Whether creating one that exists is no error, whoever created it. @default false */
  shared?: boolean;
}

/** The link of a Compute Engine resource. */
export const computeLink = (id: string): string => `https://www.googleapis.com/compute/v1/${id}`;

/** An id such as projects/p/global/networks/n, of an id or a link. */
export const idOf = (link: string): string =>
  link.replace(/^https:\/\/www\.googleapis\.com\/compute\/v1\//, "");

/** Rejects a resource that refers to one that does not exist. @throws Error */
export function mustExist(inputs: Properties, paths: readonly string[]): void {
  for (const path of paths) {
    const id = text(at(inputs, path));
    if (id !== undefined && id.startsWith("projects/") && !isRecorded(idOf(id))) {
      throw new Error(`googleapi: Error 404: The resource '${idOf(id)}' was not found, notFound (${path})`);
    }
  }
}

/**
 * Claims the id of a cluster or a pool for its creator.
 * @param exists whether there is one; the owner of another one, which was removed without this provider, is forgotten
 * @param check rejects what cannot be created, before anything is recorded
 * @throws Error where another owner created it
 */
export function claim(id: string, exists: boolean, owner: string, check: () => void): void {
  if (exists && hasOtherOwner(id, owner)) {
    throw new Error(`googleapi: Error 409: Already exists: ${id}., alreadyExists`);
  }
  check();
  recordOwner(id, owner);
}

/** A type whose resources are validated and recorded, without an effect on this machine. */
export function recordedKind(kind: RecordedKind): ResourceKind {
  const made = (inputs: Properties): Existing => {
    mustExist(inputs, kind.refersTo ?? []);
    const id = kind.id(inputs);
    const outputs = { ...inputs, ...kind.computed(inputs, id) };
    record(id, outputs);
    return { id, outputs };
  };
  return {
    token: kind.token,
    rules: kind.rules,
    refersTo: kind.refersTo,
    about: {
      does: "recorded only",
      refresh: "deletion",
      fails: [
        ...(kind.refersTo === undefined ? [] : ["404: what it refers to does not exist"]),
        ...(kind.shared === true
          ? []
          : ["409: another stack created it, or one with other arguments exists"]),
      ].join("; "),
      lacks: kind.lacks,
      sources: [kind.source],
    },
    defaults: kind.defaults,
    nameless: kind.nameless,
    // Which they are does not depend on the inputs.
    computed: Object.keys(kind.computed({}, "")),
    replaceOn: kind.replaceOn,
    replaceWhere: kind.replaceWhere,
    create: (inputs, owner) => {
      const id = kind.id(inputs);
      // The same again is an update that was cut off, which is finished here.
      const isOthers = kind.shared !== true && hasOtherOwner(id, owner);
      if (isRecorded(id) && (isOthers || !holds(recorded(id), inputs))) {
        return Promise.reject(
          new Error(`googleapi: Error 409: The resource '${id}' already exists, alreadyExists`),
        );
      }
      const created = made(inputs);
      recordOwner(id, owner);
      return Promise.resolve(created);
    },
    read: (existing) => Promise.resolve(isRecorded(existing.id) ? existing : undefined),
    update: (_existing, inputs) => Promise.resolve(made(inputs)),
    delete: ({ id }) => {
      forget(id);
      return Promise.resolve();
    },
  };
}
