import type { KubernetesObject } from "./object.ts";
import { podsOf } from "./pods.ts";
import { unknown, type Condition, type Selector } from "./selector.ts";
import type { Workload } from "./workload.ts";

const keyOf = (label: string, value: string): string => `${label}\0${value}`;

/** The key of a label in a namespace; an object whose namespace is not known is looked up in each. */
const placeOf = (namespace: string | undefined, key: string): string => `${namespace ?? ""}\0${key}`;

/** The labels of which a pod needs one for the condition to hold; undefined if the condition says it otherwise. */
function labelsFor({ key, operator, values }: Condition): readonly string[] | undefined {
  if (operator !== "In") {
    return undefined;
  }
  const known = values.filter((value) => value !== unknown);
  return known.length === values.length ? known.map((value) => keyOf(key, value)) : undefined;
}

/** For each condition that can be looked up, the labels of which a pod needs one. */
function lookups(selector: Selector): readonly (readonly string[])[] {
  return selector === unknown || selector === undefined
    ? []
    : selector.flatMap((condition) => {
        const labels = labelsFor(condition);
        return labels === undefined ? [] : [labels];
      });
}

/**
 * Objects that select pods of their namespace, found by the labels of the pods: in a stack of many Services and
 * workloads, few pairs of them have anything in common.
 */
export class SelectorIndex<T extends KubernetesObject> {
  private readonly byLabel = new Map<string, T[]>();
  /** Those whose selectors are not known, or name no label that a pod needs. */
  private readonly others: readonly T[];
  private readonly selecting: readonly T[];

  /** @param selectorOf the object's selector; undefined if it selects nothing */
  constructor(objects: readonly T[], selectorOf: (object: T) => Selector) {
    this.selecting = objects.filter((object) => selectorOf(object) !== undefined);
    this.others = this.selecting.filter((object) => lookups(selectorOf(object)).length === 0);
    const usage = new Map<string, number>();
    for (const label of this.selecting.flatMap((object) => lookups(selectorOf(object)).flat())) {
      usage.set(label, (usage.get(label) ?? 0) + 1);
    }
    const usageOf = (labels: readonly string[]): number =>
      labels.reduce((sum, label) => sum + (usage.get(label) ?? 0), 0);
    for (const object of this.selecting) {
      // The rarest labels tell the most: many selectors share the name of an application.
      const [rarest = []] = [...lookups(selectorOf(object))].sort((a, b) => usageOf(a) - usageOf(b));
      for (const label of rarest) {
        const place = placeOf(object.namespace, label);
        const known = this.byLabel.get(place) ?? [];
        known.push(object);
        this.byLabel.set(place, known);
      }
    }
  }

  /** The objects that may select pods of the workload; all that do are among them. */
  candidates(workload: Workload): ReadonlySet<T> {
    const { namespace } = workload;
    if (namespace === undefined) {
      return new Set(this.selecting);
    }
    const found = new Set(this.others);
    for (const { labels } of podsOf(workload, "any")) {
      if (labels === unknown) {
        return new Set(this.selecting);
      }
      for (const [key, value] of labels) {
        if (value === unknown) {
          return new Set(this.selecting);
        }
        for (const place of [namespace, undefined]) {
          for (const object of this.byLabel.get(placeOf(place, keyOf(key, value))) ?? []) {
            found.add(object);
          }
        }
      }
    }
    return found;
  }
}
