import { renderFindings, type ShownFinding } from "../../domain/finding.ts";

/** An error or a warning about one setting. */
export interface Finding {
  /** The setting, as a property path from the arguments, for example `ensemble.servers`. */
  readonly path: string;
  /** The value that was given; undefined where there is none. */
  readonly value: unknown;
  /** Why the value is rejected or questionable. */
  readonly reason: string;
  /** What to use instead, as an instruction. */
  readonly fix: string;
}

/**
 * Collects findings, so that the user sees all of them at once.
 *
 * @example
 * const report = new Report();
 * report.at("ensemble").error("servers", 4, "an even number of servers …", "use 3 or 5");
 * report.errors; // [{ path: "ensemble.servers", … }]
 */
export class Report {
  /** What is rejected. */
  readonly errors: Finding[];
  /** What is accepted, but should be reconsidered. */
  readonly warnings: Finding[];
  readonly #prefix: string;

  constructor(prefix = "", errors: Finding[] = [], warnings: Finding[] = []) {
    this.#prefix = prefix;
    this.errors = errors;
    this.warnings = warnings;
  }

  /** The same report, with every path below `path`. */
  at(path: string): Report {
    return new Report(`${this.#prefix}${path}.`, this.errors, this.warnings);
  }

  /** Adds an error. */
  error(path: string, value: unknown, reason: string, fix: string): void {
    this.errors.push({ path: this.#prefix + path, value, reason, fix });
  }

  /** Adds a warning. */
  warn(path: string, value: unknown, reason: string, fix: string): void {
    this.warnings.push({ path: this.#prefix + path, value, reason, fix });
  }
}

/**
 * A finding, ready to be rendered.
 * @param subject what the user calls the setting
 */
export function shown({ path, value, reason, fix }: Finding, subject: string = path): ShownFinding {
  return { subject, value: show(value), reason, fix };
}

/** Renders errors of arguments below the title `Invalid arguments for WHAT:`. */
export function renderErrors(what: string, errors: readonly Finding[]): string {
  return renderFindings(
    `Invalid arguments for ${what}:`,
    errors.map((error) => shown(error)),
  );
}

/** Replaces a value that is secret or may be: that of a kubeconfig, or of an unknown setting. */
export const secret: unique symbol = Symbol("secret");

/** Longer values are cut: they do not help, and could contain a secret. */
const longestShown = 80;

function show(value: unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (value === secret) {
    return "[secret]";
  }
  // No setting is an object or has several lines: such a value may be a misplaced kubeconfig.
  if (Array.isArray(value)) {
    if (!value.every(isLine)) {
      return "[a list]";
    }
  } else if (typeof value === "object" && value !== null) {
    return "[an object]";
  } else if (typeof value === "string" && !isLine(value)) {
    return "[several lines]";
  }
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function isLine(value: unknown): boolean {
  return typeof value === "string" && !/[\r\n]/.test(value);
}
