import { parseArgs } from "node:util";

/** What is wrong with an argument. */
export interface ArgumentProblem {
  readonly reason: string;
  /** What to do instead, as an instruction. */
  readonly fix: string;
}

/** An option of a command. */
export interface Option {
  /** A list may be given several times, with commas between values. */
  readonly type: "flag" | "string" | "integer" | "list";
  /** What the option does, for the help; without the default. */
  readonly description: string;
  /** The name of the value in the help, such as FILE. @default the type in capitals */
  readonly value?: string;
  /** @default undefined; of a flag false, of a list no values */
  readonly default?: string | number;
  /** The default in words, where it is not a constant. */
  readonly defaultText?: string;
  /** The least value of an integer. @default 0 */
  readonly minimum?: number;
  /** Finds what is wrong with a value; of a list, with each. @default nothing is */
  readonly validate?: (value: string) => ArgumentProblem | undefined;
}

/** The command line of a command, declared once for its parser and its help. */
export interface CommandLine<
  Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>,
> {
  /** How it is typed without arguments: `npm run verify`. */
  readonly command: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly options: Options;
  /** Arguments that are not options. @default there are none */
  readonly operands?: {
    readonly name: string;
    readonly description: string;
    /** Finds what is wrong with one. @default nothing is */
    readonly validate?: (value: string) => ArgumentProblem | undefined;
  };
  /** The command that gets every argument: `pulumi up`. Nothing is parsed then. */
  readonly passesTo?: string;
  /** What else there is to know, below the options. */
  readonly notes?: string;
}

type Value<Declared extends Option> = Declared["type"] extends "flag"
  ? boolean
  : Declared["type"] extends "list"
    ? readonly string[]
    : Declared["type"] extends "integer"
      ? Declared extends { readonly default: number }
        ? number
        : number | undefined
      : Declared extends { readonly default: string }
        ? string
        : string | undefined;

/** The values of a command's options, by name. */
export type Values<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends Option ? Value<Options[Name]> : never;
};

/** One argument that is wrong, as it is shown. */
export interface ArgumentFinding extends ArgumentProblem {
  /** The option or argument as it was typed. */
  readonly subject: string;
  readonly value?: string | undefined;
}

/** A command line with errors; nothing has been done. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
  /** Every error of the command line. */
  readonly findings: readonly ArgumentFinding[];

  constructor(findings: readonly ArgumentFinding[]) {
    super(findings.map(({ subject, reason, fix }) => `${subject}: ${reason}; ${fix}`).join("\n"));
    this.findings = findings;
  }
}

/** How a command is typed with arguments: npm takes those before the first `--` for its own. */
const withArguments = (command: string): string =>
  command.includes(" -- ") || !command.startsWith("npm ") ? command : `${command} --`;

/** Whether the arguments ask for the help. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.some((arg) => arg === "--help" || arg === "-h");

const valueName = ({ type, value }: Option): string =>
  value ?? (type === "integer" ? "N" : type.toUpperCase());

/** Reads one value. @returns what is wrong with it, or undefined */
function problemWith(option: Option, value: string): ArgumentProblem | undefined {
  if (option.type === "integer") {
    const [number, least] = [Number(value), option.minimum ?? 0];
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) {
      return {
        reason: `it is not a whole number of at least ${least}`,
        fix: `use a whole number from ${least} on`,
      };
    }
  }
  return option.validate?.(value);
}

const words = (value: string): string[] =>
  value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/**
 * Reads the arguments of a command.
 * @throws ArgumentError with every error
 */
export function parseArguments<const Options extends Readonly<Record<string, Option>>>(
  { command, options, operands }: CommandLine<Options>,
  args: readonly string[],
): { readonly values: Values<Options>; readonly operands: readonly string[] } {
  const findings: ArgumentFinding[] = [];
  const given: string[] = [];
  const values = new Map<string, boolean | string | number | string[] | undefined>(
    Object.entries(options).map(([name, option]) => [
      name,
      option.type === "flag" ? false : option.type === "list" ? [] : option.default,
    ]),
  );
  const known = Object.keys(options).map((name) => `--${name}`);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type }]) => [
        name,
        { type: type === "flag" ? "boolean" : "string" },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") {
      given.push(token.value);
      const problem =
        operands === undefined
          ? { reason: "the command takes options only", fix: `see ${withArguments(command)} --help` }
          : operands.validate?.(token.value);
      if (problem !== undefined) {
        findings.push({ subject: token.value, ...problem });
      }
      continue;
    }
    if (token.kind !== "option") {
      continue;
    }
    const { rawName: subject, name, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) {
      const fix = known.length === 0 ? "leave it out" : `use one of ${known.join(", ")}`;
      findings.push({ subject, value, reason: "there is no such option", fix });
    } else if (option.type === "flag") {
      if (value === undefined) {
        values.set(name, true);
      } else {
        findings.push({ subject, value, reason: "the option takes no value", fix: `use ${subject} alone` });
      }
    } else if (value === undefined || value === "" || (!token.inlineValue && /^-\D/.test(value))) {
      const fix = `use ${subject} ${valueName(option)}`;
      findings.push({ subject, reason: "the option needs a value", fix });
    } else {
      const parts = option.type === "list" ? words(value) : [value];
      for (const part of parts) {
        const problem = problemWith(option, part);
        if (problem !== undefined) {
          findings.push({ subject, value: part, ...problem });
        }
      }
      const before = values.get(name);
      values.set(
        name,
        option.type === "integer" ? Number(value) : Array.isArray(before) ? [...before, ...parts] : value,
      );
    }
  }
  if (findings.length > 0) {
    throw new ArgumentError(findings);
  }
  return { values: Object.fromEntries(values) as Values<Options>, operands: given };
}

/** Lines of two columns, the left one padded. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** The sentence on a default; empty where there is none to show. */
function defaultOf(option: Option): string {
  const text = option.defaultText ?? option.default;
  return text === undefined ? "" : ` (default: ${text})`;
}

/** The help of a command, as `--help` prints it. */
export function helpOf({ command, about, options, operands, passesTo, notes }: CommandLine): string {
  const takesArguments = Object.keys(options).length > 0 || operands !== undefined || passesTo !== undefined;
  const typed = [
    takesArguments ? withArguments(command) : command,
    ...(Object.keys(options).length > 0 ? ["[options]"] : []),
    ...(operands === undefined ? [] : [`[${operands.name} ...]`]),
    ...(passesTo === undefined ? [] : [`[options of ${passesTo}]`]),
  ];
  const rows: (readonly [string, string])[] = [
    ...(operands === undefined ? [] : [[operands.name, operands.description] as const]),
    ...Object.entries(options).map(([name, option]) => {
      const left = option.type === "flag" ? `--${name}` : `--${name} ${valueName(option)}`;
      return [left, `${option.description}${defaultOf(option)}`] as const;
    }),
    ["--help, -h", "show this help"],
  ];
  return [
    `Usage: ${typed.join(" ")}`,
    "",
    about,
    "",
    ...columns(rows),
    ...(notes === undefined ? [] : ["", notes]),
  ].join("\n");
}
