/** What has to be put back, newest first, whatever happens. */
export class Undo {
  readonly #steps: { what: string; back: () => Promise<void> | void }[] = [];

  /** Notes how something is put back; call it before doing that something, so that a half-done change is undone too. */
  later(what: string, back: () => Promise<void> | void): void {
    this.#steps.push({ what, back });
  }

  /** Puts everything back, also when a step fails. @throws AggregateError with what could not be put back */
  async run(): Promise<void> {
    const failures: Error[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.back();
      } catch (error) {
        failures.push(new Error(`putting back (${step.what}) failed`, { cause: error }));
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join("; "));
    }
  }
}
