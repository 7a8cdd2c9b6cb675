/** The progress of a long step: one line, redrawn on a terminal and repeated now and then elsewhere. */
export interface Progress {
  /** Redraws the line with this detail. */
  update: (detail: string) => void;
  /** Ends the line with this outcome. @default "done" */
  end: (outcome?: string) => void;
}

const quietInterval = 20_000;

/**
 * Begins a step. All of it goes to standard error, so that standard output stays a command's result.
 * @param options redraw: false where another step is under way at the same time
 */
export function step(title: string, { redraw = true }: { redraw?: boolean } = {}): Progress {
  const started = Date.now();
  const elapsed = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };
  const terminal = process.stderr.isTTY && redraw;
  let said = 0;
  const write = (text: string) => process.stderr.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
  write(`${title} ...`);
  return {
    update: (detail) => {
      if (!terminal && Date.now() - said < quietInterval) {
        return;
      }
      said = Date.now();
      write(`${title} ... ${detail}, ${elapsed()}`);
    },
    end: (outcome = "done") => {
      write(`${title}: ${outcome} (${elapsed()})${terminal ? "\n" : ""}`);
    },
  };
}

/** Prints a line about what the command does, on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Takes a notice to where the user sees it. */
type Receiver = (text: string) => void;

let receive: Receiver = (text) => {
  console.error(text);
};

/**
 * Tells the user something worth knowing that is no problem, on standard error unless `noticesTo` changed that.
 */
export function notice(text: string): void {
  receive(text);
}

/** Sends all further notices elsewhere. */
export function noticesTo(receiver: Receiver): void {
  receive = receiver;
}
