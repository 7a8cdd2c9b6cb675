/** What undoes a change, newest first, whatever happens. */
export class Undo {
  readonly #steps: { what: string; undo: () => Promise<void> | void }[] = [];

  /** Adds a step that undoes a change. Call it before the change, so that one that was cut off is undone, too. */
  later(what: string, undo: () => Promise<void> | void): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes everything, also when a step fails. @throws AggregateError with every step that failed */
  async run(): Promise<void> {
    const failures: Error[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        failures.push(
          new Error(
            `undoing failed (${step.what}): ${error instanceof Error ? error.message : String(error)}`,
            { cause: error },
          ),
        );
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join("; "));
    }
  }
}
