/**
 * One thing that is wrong, or questionable, in what a user asked for.
 */
export interface Finding {
  /** Where it is, as a property path from the arguments, for example `ensemble.servers`. */
  readonly path: string;
  /** What was given. */
  readonly value: unknown;
  /** Why it cannot be, or is not wise. */
  readonly reason: string;
  /** What to write instead. */
  readonly fix: string;
}

/**
 * Collects findings, so that all of them are told at once.
 *
 * @example
 * const report = new Report();
 * report.at("ensemble").fault("servers", 4, "an even number of servers …", "use 3 or 5");
 * report.faults; // [{ path: "ensemble.servers", … }]
 */
export class Report {
  /** What is refused. */
  readonly faults: Finding[];
  /** What is accepted with a warning. */
  readonly warnings: Finding[];
  readonly #prefix: string;

  constructor(prefix = "", faults: Finding[] = [], warnings: Finding[] = []) {
    this.#prefix = prefix;
    this.faults = faults;
    this.warnings = warnings;
  }

  /** The same report, with every path below `path`. */
  at(path: string): Report {
    return new Report(`${this.#prefix}${path}.`, this.faults, this.warnings);
  }

  /** Notes something that is refused. */
  fault(path: string, value: unknown, reason: string, fix: string): void {
    this.faults.push({ path: this.#prefix + path, value, reason, fix });
  }

  /** Notes something that is accepted, but that the user should know. */
  warn(path: string, value: unknown, reason: string, fix: string): void {
    this.warnings.push({ path: this.#prefix + path, value, reason, fix });
  }
}

/** A finding as one line of text; `name` is what the user calls the property, when that is not its path. */
export function describe(finding: Finding, name: string = finding.path): string {
  return `${name}: ${show(finding.value)}: ${finding.reason}; ${finding.fix}`;
}

/**
 * What stands in a finding for a value that is secret, or may be one: that of a kubeconfig, or of what is no setting.
 */
export const secret = "[secret]";

/** Long values are cut: they are no help, and could hold what should not be shown. */
const longestShown = 80;

function show(value: unknown): string {
  // No setting is an object, nor of several lines: it may be what was meant for the kubeconfig.
  if (Array.isArray(value)) {
    if (!value.every(isLine)) {
      return "a list";
    }
  } else if (typeof value === "object" && value !== null) {
    return "an object";
  } else if (typeof value === "string" && !isLine(value)) {
    return "several lines";
  }
  const text = value === undefined ? "not set" : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function isLine(value: unknown): boolean {
  return typeof value === "string" && !/[\r\n]/.test(value);
}
