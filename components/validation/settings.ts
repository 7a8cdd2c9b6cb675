import { suggest } from "../../domain/suggest.ts";
import type { Setting, Table, Value } from "../settings/kit.ts";
import { secret, type Report } from "./report.ts";
import { hasInputs, type Known, type Values } from "./values.ts";

/**
 * The values that are known now: those without outputs. Outputs for settings that must be plain remain, so that they
 * are rejected.
 */
export function knownValues<Args extends object>(table: Table, args: Args): Known<Values<Args>> {
  const known = Object.entries(args).filter(
    ([name, value]) => !hasInputs(value) || settingOf(table, name)?.plain !== undefined,
  );
  // Only plain values remain, which the compiler cannot see.
  return Object.fromEntries(known) as Known<Values<Args>>;
}

/**
 * Validates values by their table: their names, their types, and each value by itself. Programs in JavaScript, and
 * objects that the compiler has not checked, can contain anything.
 * @param values those that are known; functions are ignored
 * @returns the values that have the right types
 */
export function checkSettings<T extends object>(table: Table, values: Known<T>, report: Report): Known<T> {
  const typed = Object.entries(values).filter(([name, value]: [string, unknown]) => {
    if (value === undefined || typeof value === "function") {
      return false;
    }
    const setting = settingOf(table, name);
    if (setting === undefined) {
      const names = Object.keys(table);
      const meant = suggest(name, names);
      const fix = meant === undefined ? `use one of ${names.join(", ")}` : `did you mean ${meant}?`;
      report.error(name, secret, "there is no such setting", fix);
      return false;
    }
    if (setting.plain !== undefined && hasInputs(value)) {
      const reason = `must be a plain value and not an output, because ${setting.plain}`;
      report.error(name, value, reason, `use ${setting.typeName}${example(setting)}`);
      return false;
    }
    const shown = setting.secret === true ? secret : value;
    if (!setting.is(value)) {
      report.error(name, shown, `must be ${setting.typeName}`, `use ${setting.typeName}${example(setting)}`);
      return false;
    }
    for (const { reason, fix, item } of setting.check(value)) {
      const path = item === undefined ? name : `${name}[${item}]`;
      report.error(path, item === undefined ? shown : at(value, item), reason, fix);
    }
    return true;
  });
  // The filter has proved the types, which Object.entries loses.
  return Object.fromEntries(typed) as Known<T>;
}

function settingOf(table: Table, name: string): Setting | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function example(setting: Setting): string {
  const value = setting.default;
  return setting.is(value) && value !== "" && typeof value !== "boolean"
    ? `, such as ${JSON.stringify(value)}`
    : "";
}

function at(value: Value, index: number): unknown {
  return Array.isArray(value) ? value[index] : value;
}
