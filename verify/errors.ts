/** A drill's promise that does not hold: the message has what was expected and what was found. */
export class DrillFailure extends Error {
  override readonly name = "DrillFailure";
}

/** A drill that cannot be performed in this environment: the message says why. */
export class DrillSkipped extends Error {
  override readonly name = "DrillSkipped";
}

/** The user ended the drills, for example with Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Fails a drill unless the condition holds. @throws DrillFailure with what was found instead */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) {
    throw new DrillFailure(otherwise);
  }
}
