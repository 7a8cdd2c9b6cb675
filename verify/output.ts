/**
 * Standard output, until its reader ends, as in `npm run verify | head`: from then on nothing is printed, and
 * `onClosed` is called once.
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

  /** Stops listening to standard output. */
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
