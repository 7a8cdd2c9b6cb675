import { expect } from "chai";

import {
  ArgumentError,
  asksForHelp,
  helpOf,
  parseArguments,
  type ArgumentFinding,
} from "../../system/arguments.ts";

const commandLine = {
  command: "npm run try",
  about: "Tries things.",
  options: {
    list: { type: "flag", description: "list the things" },
    name: { type: "string", value: "NAME", description: "the thing", default: "zk" },
    report: { type: "string", value: "FOLDER", description: "the folder for reports" },
    count: { type: "integer", description: "how many", default: 3, minimum: 1 },
    seed: { type: "integer", description: "the order", defaultText: "a new one" },
    only: {
      type: "list",
      value: "WORDS",
      description: "only these",
      validate: (word: string) =>
        word === "none" ? { reason: "there is no such thing", fix: "use one of a, b" } : undefined,
    },
  },
} as const;

const parse = (...args: string[]) => parseArguments(commandLine, args).values;

function errorsOf(...args: string[]): readonly ArgumentFinding[] {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof ArgumentError) {
      return error.findings;
    }
    throw error;
  }
  throw new Error("no error was found");
}

describe("the parser of command lines", () => {
  it("gives every option its default", () => {
    expect(parse()).to.deep.equal({
      list: false,
      name: "zk",
      report: undefined,
      count: 3,
      seed: undefined,
      only: [],
    });
  });

  it("reads flags, strings, whole numbers and lists, with a space or an equals sign", () => {
    const args = [
      "--list",
      "--name",
      "a",
      "--report=b",
      "--count=2",
      "--seed",
      "0",
      "--only",
      "x, y",
      "--only=z",
    ];
    expect(parse(...args)).to.deep.equal({
      list: true,
      name: "a",
      report: "b",
      count: 2,
      seed: 0,
      only: ["x", "y", "z"],
    });
  });

  it("takes the last of a value that is given twice", () => {
    expect(parse("--name", "a", "--name", "b").name).to.equal("b");
  });

  it("names an unknown option and those that exist", () => {
    expect(errorsOf("--onyl", "--toString")).to.deep.equal(
      ["--onyl", "--toString"].map((subject) => ({
        subject,
        value: undefined,
        reason: "there is no such option",
        fix: "use one of --list, --name, --report, --count, --seed, --only",
      })),
    );
  });

  for (const args of [["--report"], ["--report="], ["--report", "--list"]]) {
    it(`asks for the value that is missing in ${args.join(" ")}`, () => {
      expect(errorsOf(...args)).to.deep.equal([
        { subject: "--report", reason: "the option needs a value", fix: "use --report FOLDER" },
      ]);
    });
  }

  for (const value of ["0", "-1", "1.5", "many", "1e3", "99999999999999999999"]) {
    it(`does not take ${value} for a whole number of at least 1`, () => {
      const [error] = errorsOf("--count", value);
      expect(error).to.include({ subject: "--count", value });
      expect(error?.reason).to.contain("at least 1");
    });
  }

  it("reports every error at once", () => {
    const errors = errorsOf("--list=yes", "--count", "0", "--only", "a,none", "word", "--colour");
    expect(errors.map(({ subject, value }) => [subject, value])).to.deep.equal([
      ["--list", "yes"],
      ["--count", "0"],
      ["--only", "none"],
      ["word", undefined],
      ["--colour", undefined],
    ]);
  });

  it("gives operands to a command that takes some", () => {
    const withFiles = { ...commandLine, operands: { name: "PATH", description: "a file" } };
    expect(parseArguments(withFiles, ["a", "--list", "b", "--", "--c"]).operands).to.deep.equal([
      "a",
      "b",
      "--c",
    ]);
  });
});

describe("the help of a command", () => {
  it("is generated from the options, with their defaults", () => {
    expect(helpOf({ ...commandLine, notes: "Exit code: 0." })).to.equal(
      [
        "Usage: npm run try -- [options]",
        "",
        "Tries things.",
        "",
        "  --list           list the things",
        "  --name NAME      the thing (default: zk)",
        "  --report FOLDER  the folder for reports",
        "  --count N        how many (default: 3)",
        "  --seed N         the order (default: a new one)",
        "  --only WORDS     only these",
        "  --help, -h       show this help",
        "",
        "Exit code: 0.",
      ].join("\n"),
    );
  });

  it("names operands, and the command that gets the arguments", () => {
    const operands = { name: "PATH", description: "a file or folder" };
    // Only npm takes arguments for its own.
    expect(helpOf({ command: "c", about: "A.", options: {}, operands })).to.match(/^Usage: c \[PATH/);
    const text = helpOf({ command: "npm c", about: "A.", options: {}, operands, passesTo: "pulumi up" });
    expect(text)
      .to.contain("Usage: npm c -- [PATH ...] [options of pulumi up]\n")
      .and.contain("  PATH        a file or folder");
  });

  it("is asked for by --help and -h", () => {
    expect([["--help"], ["a", "-h"], ["help"], []].map(asksForHelp)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});
