import type { Change, Rejection } from "./changes.ts";
import { ensembleSettings } from "./ensemble.ts";
import { existingSettings } from "./existing.ts";
import { gkeSettings } from "./gke.ts";
import { environmentDefault, groups, type Group, type Setting, type Table, type Value } from "./kit.ts";
import { storageSettings } from "./storage.ts";

/** The settings of an environment's parts. */
export const tables = {
  gke: gkeSettings,
  existing: existingSettings,
  storage: storageSettings,
  ensemble: ensembleSettings,
} satisfies Readonly<Record<string, Table>>;

/** A part of an environment. */
export type Part = keyof typeof tables;

const groupOf: Readonly<Record<Part, Group>> = {
  gke: "The GKE cluster",
  existing: "An existing cluster",
  storage: "The StorageClass",
  ensemble: "The ensemble",
};

/** A setting and its places. */
export interface PlacedSetting {
  readonly setting: Setting;
  readonly part: Part;
  /** The property of the part's arguments. */
  readonly name: string;
  /** The property of the environment's arguments, for example `ensemble.cpu`. */
  readonly path: string;
  /** The key in the configuration, in the project's namespace unless it has one; null if there is none. */
  readonly key: string | null;
  readonly group: Group;
}

/** Every setting. */
export const allSettings: readonly PlacedSetting[] = Object.entries(tables).flatMap(([part, table]) =>
  Object.entries<Setting>(table).map(([name, setting]) => ({
    setting,
    // Object.entries loses the type of the keys.
    part: part as Part,
    name,
    path: `${part}.${name}`,
    key: setting.key === undefined ? name : setting.key,
    group: setting.group ?? groupOf[part as Part],
  })),
);

/** A setting that the configuration has. */
export interface ConfigSetting extends PlacedSetting {
  readonly key: string;
  /** The default in the configuration; an empty string means that there is none. */
  readonly default: Value;
}

/** The settings in the configuration, in their order in Pulumi.yaml. */
export const configSettings: readonly ConfigSetting[] = groups.flatMap((group) =>
  allSettings.flatMap((placed) => {
    const { key } = placed;
    return placed.group === group && key !== null
      ? [{ ...placed, key, default: environmentDefault(placed.setting) ?? "" }]
      : [];
  }),
);

/** What a change of the setting at a property path does; undefined where there is no such setting. */
export function changeOf(path: string): Change | undefined {
  return allSettings.find((each) => each.path === path)?.setting.change;
}

/** A rejection, and the property paths of which the first that is set has the value. */
export interface PlacedRejection {
  readonly rejection: Rejection;
  readonly paths: readonly string[];
  /** The path under which the value is remembered: the last one. */
  readonly path: string;
}

/** Every rejection once. */
export const rejections: readonly PlacedRejection[] = [
  ...new Map(
    allSettings.flatMap(({ path: own, setting: { change } }): [string, PlacedRejection][] => {
      if (change.rejected === undefined) {
        return [];
      }
      const paths = change.rejected.of ?? [own];
      const path = paths.at(-1) ?? own;
      return [[path, { rejection: change.rejected, paths, path }]];
    }),
  ).values(),
];
