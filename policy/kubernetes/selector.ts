import type { Field } from "../reading/field.ts";
import { entries, items, known } from "../reading/field.ts";
import { once } from "../reading/once.ts";
import { every, not, some, type Truth } from "../reading/truth.ts";

/** Stands for a value that is not known before the update. */
export const unknown: unique symbol = Symbol("unknown");

/** A text, or the mark that it is not known yet. */
export type MaybeText = string | typeof unknown;

/** Labels of an object; `unknown` for all of them together while not even their keys are known. */
export type Labels = ReadonlyMap<string, MaybeText> | typeof unknown;

/** One condition of a label selector; matchLabels are `In` with one value. */
export interface Condition {
  readonly key: string;
  readonly operator: MaybeText;
  readonly values: readonly MaybeText[];
}

/** A label selector: all conditions hold. No conditions match everything; no selector (undefined) matches nothing. */
export type Selector = readonly Condition[] | typeof unknown | undefined;

function textOf(field: Field): MaybeText {
  // A value of another type is not a label value: it equals none, and the API server rejects it.
  return field.unknown ? unknown : (known(field.string()) ?? "\0");
}

/** The labels that a field holds. */
export const labelsOf = once((field: Field): Labels =>
  field.unknown ? unknown : new Map([...entries(field)].map(([key, value]) => [key, textOf(value)])),
);

/** The selector that a field holds (matchLabels and matchExpressions). */
export const selectorOf = once((field: Field): Selector => {
  if (field.absent) {
    return undefined;
  }
  const labels = field.at("matchLabels");
  const expressions = field.at("matchExpressions");
  const conditions: Condition[] = [...entries(labels)].map(([key, value]) => ({
    key,
    operator: "In",
    values: [textOf(value)],
  }));
  for (const expression of items(expressions)) {
    const key = known(expression.at("key").string());
    const values: readonly MaybeText[] = expression.at("values").unknown
      ? [unknown]
      : items(expression.at("values")).map(textOf);
    const operator = key === undefined ? unknown : textOf(expression.at("operator"));
    conditions.push({ key: key ?? "", operator, values });
  }
  if (labels.unknown || expressions.unknown) {
    conditions.push({ key: "", operator: unknown, values: [] });
  }
  return field.unknown ? unknown : conditions;
});

function equal(a: MaybeText, b: MaybeText): Truth {
  return a === unknown || b === unknown ? "unknown" : a === b;
}

function holds({ key, operator, values }: Condition, labels: ReadonlyMap<string, MaybeText>): Truth {
  const value = labels.get(key);
  const listed = (): Truth =>
    value === undefined ? false : some(values.map((wanted) => equal(value, wanted)));
  switch (operator) {
    case unknown:
      return "unknown";
    case "In":
      return listed();
    case "NotIn":
      // An object without the label satisfies NotIn.
      return not(listed());
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

/**
 * Whether the selector matches the labels, as far as both are known.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
export function matches(selector: Selector, labels: Labels): Truth {
  if (selector === undefined) {
    return false;
  }
  if (selector === unknown) {
    return "unknown";
  }
  if (selector.length === 0) {
    return true;
  }
  if (labels === unknown) {
    return "unknown";
  }
  return every(selector.map((condition) => holds(condition, labels)));
}
