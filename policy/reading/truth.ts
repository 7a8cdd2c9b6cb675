/**
 * What is known about a condition: it holds, it does not, or a preview does not know yet.
 *
 * @see https://en.wikipedia.org/wiki/Three-valued_logic (Kleene's strong logic)
 */
export type Truth = boolean | "unknown";

/** Whether all hold: one `false` decides, whatever is unknown beside it. */
export function every(truths: Iterable<Truth>): Truth {
  let result: Truth = true;
  for (const truth of truths) {
    if (truth === false) {
      return false;
    }
    if (truth === "unknown") {
      result = "unknown";
    }
  }
  return result;
}

/** Whether at least one holds: one `true` decides, whatever is unknown beside it. */
export function some(truths: Iterable<Truth>): Truth {
  let result: Truth = false;
  for (const truth of truths) {
    if (truth === true) {
      return true;
    }
    if (truth === "unknown") {
      result = "unknown";
    }
  }
  return result;
}

/** The opposite; the opposite of unknown is unknown. */
export function not(truth: Truth): Truth {
  return truth === "unknown" ? "unknown" : !truth;
}
