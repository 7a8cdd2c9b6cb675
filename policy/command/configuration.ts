import type { EnforcementLevel, Policies } from "@pulumi/policy";

import type { ShownFinding } from "../../domain/finding.ts";
import { suggest } from "../../domain/suggest.ts";
import { ruleOf } from "../define.ts";
import { isPlainObject } from "../reading/raw.ts";
import { invalidSettings } from "../settings.ts";

type Values = Readonly<Record<string, unknown>>;

/** What a policy is configured to do; what is undefined stays as the policy has it. */
interface PolicyConfiguration {
  readonly level?: EnforcementLevel;
  readonly settings: Values;
}

/** What the policies of the pack are configured to do, by name. */
export type Configuration = ReadonlyMap<string, PolicyConfiguration>;

/** The name that stands for all policies in a configuration. */
const allPolicies = "all";

const levels: readonly EnforcementLevel[] = ["advisory", "mandatory", "remediate", "disabled"];

/** The key of a policy's level among its settings. */
const levelKey = "enforcementLevel";

const isLevel = (value: unknown): value is EnforcementLevel => levels.some((level) => level === value);

/** A fix for a name that does not exist. */
function useOneOf(name: string, names: readonly string[]): string {
  const meant = suggest(name, names);
  return meant === undefined ? `use one of ${names.join(", ")}` : `use ${meant}`;
}

/** What a policy's entry of a configuration says, in either of its forms: a level, or settings with a level. */
function read(entry: unknown): { readonly level: unknown; readonly settings: Values } | undefined {
  if (isPlainObject(entry)) {
    const settings = Object.entries(entry).filter(([key]) => key !== levelKey);
    return { level: entry[levelKey], settings: Object.fromEntries(settings) };
  }
  return typeof entry === "string" ? { level: entry, settings: {} } : undefined;
}

/** The errors of a policy's entry. */
function errorsOf(name: string, entry: unknown, policies: Policies): readonly ShownFinding[] {
  const policy = policies.find((each) => each.name === name);
  if (policy === undefined && name !== allPolicies) {
    const fix = useOneOf(name, [...policies.map((each) => each.name), allPolicies]);
    return [{ subject: name, reason: "there is no such policy", fix }];
  }
  const given = read(entry);
  if (given === undefined) {
    const reason = "required: a level, or an object with settings";
    return [{ subject: name, value: JSON.stringify(entry), reason, fix: `use one of ${levels.join(", ")}` }];
  }
  const { settings } = policy === undefined ? { settings: {} } : ruleOf(policy);
  const names = Object.keys(settings);
  return [
    ...(given.level === undefined || isLevel(given.level)
      ? []
      : [
          {
            subject: isPlainObject(entry) ? `${name}.${levelKey}` : name,
            value: JSON.stringify(given.level),
            reason: "there is no such level",
            fix: `use one of ${levels.join(", ")}`,
          },
        ]),
    ...Object.keys(given.settings)
      .filter((key) => !Object.hasOwn(settings, key))
      .map((key) => ({
        subject: `${name}.${key}`,
        reason: "the policy has no such setting",
        fix: names.length === 0 ? "leave it out" : useOneOf(key, names),
      })),
    ...invalidSettings(settings, given.settings).map((finding) => ({
      ...finding,
      subject: `${name}.${finding.subject.replace(/^setting /, "")}`,
    })),
  ];
}

/**
 * Reads a configuration in the format of `pulumi --policy-pack-config`.
 *
 * @see https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/
 */
export function readConfiguration(
  config: unknown,
  policies: Policies,
): { readonly configuration: Configuration; readonly errors: readonly ShownFinding[] } {
  if (!isPlainObject(config)) {
    const reason = "required: an object with the names of policies";
    return {
      configuration: new Map(),
      errors: [{ subject: "the configuration", reason, fix: 'write { "POLICY": { "SETTING": VALUE } }' }],
    };
  }
  const errors = Object.entries(config).flatMap(([name, entry]) => errorsOf(name, entry, policies));
  const all = read(config[allPolicies])?.level;
  const configuration = policies.map(({ name }): [string, PolicyConfiguration] => {
    const given = read(Object.hasOwn(config, name) ? config[name] : undefined);
    const level = given?.level ?? all;
    return [name, { ...(isLevel(level) && { level }), settings: given?.settings ?? {} }];
  });
  return { configuration: new Map(configuration), errors };
}

/** Two configurations as one: what the second one has counts. */
export function combine(first: Configuration, second: Configuration): Configuration {
  const names = new Set([...first.keys(), ...second.keys()]);
  return new Map(
    [...names].map((name) => {
      const [under, over] = [first.get(name), second.get(name)];
      return [name, { ...under, ...over, settings: { ...under?.settings, ...over?.settings } }];
    }),
  );
}
