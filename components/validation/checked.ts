import * as pulumi from "@pulumi/pulumi";

import type { Table } from "../settings/kit.ts";
import type { Eventual } from "../speed.ts";
import { InvalidArguments } from "./errors.ts";
import { Report } from "./report.ts";
import { knownValues } from "./settings.ts";
import { hasInputs, withDefaults, type Known, type Values } from "./values.ts";

/** Adds errors and warnings to a report. A property that is undefined is not known yet, or was not given. */
export type Check<T> = (values: T, report: Report) => void;

/**
 * The settings of a component, validated: the plain values at once, and all together when they are known. A component
 * creates its resources from what this returns, so that it creates none from invalid arguments. Arguments marked as
 * validated are not validated again.
 * @param what the component, for messages
 * @param args the arguments, as they were given
 * @param settings the arguments with their defaults
 * @throws InputPropertiesError with the path, the value, the reason and the fix of every error
 */
export function checked<Settings extends object>(
  what: string,
  args: object,
  settings: Settings,
  table: Table,
  check: Check<Known<Values<Settings>>>,
): Eventual<Values<Settings>> {
  const isDone = validated.has(args);
  if (!isDone) {
    rejectErrors(what, knownValues(table, settings), check);
  }
  if (!hasInputs(settings)) {
    // Without inputs, the settings are their values, which the compiler cannot see.
    return settings as Values<Settings>;
  }
  return (pulumi.output(settings) as unknown as pulumi.Output<Values<Settings>>).apply((values) => {
    if (!isDone) {
      rejectErrors(what, values, check);
    }
    return values;
  });
}

/**
 * Validates values.
 * @returns the warnings
 * @throws InputPropertiesError with the path, the value, the reason and the fix of every error
 */
export function rejectErrors<T>(what: string, values: T, check: Check<T>): Report["warnings"] {
  const report = new Report();
  check(values, report);
  if (report.errors.length > 0) {
    throw new InvalidArguments(what, report.errors);
  }
  return report.warnings;
}

const validated = new WeakSet<object>();
const applied = new WeakMap<object, object>();

/**
 * Marks arguments as validated: a component that is created with this object does not validate it again. Outputs in it
 * must wait for a validation of their own.
 * @param settings the arguments with their defaults, for a component that would apply the same ones. Only the arguments
 * are registered.
 */
export function markValidated<Args extends object>(args: Args, settings?: Args): Args {
  validated.add(args);
  if (settings !== undefined) {
    applied.set(args, settings);
  }
  return args;
}

/** Whether arguments are marked as validated. */
export function isValidated(args: object): boolean {
  return validated.has(args);
}

/**
 * The settings of a component: its arguments with their defaults, unless the arguments were validated with theirs.
 * @param args the arguments, as they were given
 * @param named the arguments with the name that the component gives them
 */
export function settingsOf<Args extends object, Defaults extends object>(
  args: object,
  named: Args,
  defaults: Defaults,
): Args & Defaults {
  // markValidated takes the arguments of the same component, with every default.
  return (applied.get(args) as (Args & Defaults) | undefined) ?? withDefaults(named, defaults);
}
