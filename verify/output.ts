/**
 * Standard output, until nobody reads it any more, as of `npm run verify | head`:
 * then that is told once, and nothing is printed.
 */
export class Output {
  readonly #onClosed: () => void;
  #closed = false;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    process.stdout.on("error", this.#close);
  }

  /** Prints a line. */
  readonly print = (line: string): void => {
    if (!this.#closed) {
      console.log(line);
    }
  };

  /** Leaves standard output to others. */
  release(): void {
    process.stdout.off("error", this.#close);
  }

  readonly #close = (): void => {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#onClosed();
  };
}
