/** Something that a drill expected and did not see: the message says both. */
export class DrillFailure extends Error {
  override readonly name = "DrillFailure";
}

/** A drill that cannot be done in this environment: the message says why. */
export class DrillSkipped extends Error {
  override readonly name = "DrillSkipped";
}

/** The user ended the drills, such as by Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Fails a drill unless the condition holds. @throws DrillFailure with what was seen instead */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) {
    throw new DrillFailure(otherwise);
  }
}
