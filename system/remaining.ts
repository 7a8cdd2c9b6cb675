/** Something that a run does in equal steps. */
export interface Steps {
  readonly done: number;
  /** How many there are in all. */
  readonly of: number;
}

/**
 * About how long the steps that are left take, if they go on as before.
 * @param elapsed milliseconds in which those that are done were done
 * @returns milliseconds; NaN as long as nothing is done
 */
export const remaining = (elapsed: number, { done, of }: Steps): number =>
  done >= of ? 0 : done <= 0 ? NaN : (elapsed * (of - done)) / done;

/** A remaining time in words: `about 12 min left`; empty for NaN. @param milliseconds of that time */
export function aboutLeft(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) {
    return "";
  }
  const seconds = milliseconds / 1000;
  if (seconds <= 50) {
    return `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s left`;
  }
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 120 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}
