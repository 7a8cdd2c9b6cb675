// The command line of the project: most npm scripts come here.
import { renderFindings } from "../domain/finding.ts";
import { configure } from "../local-gke/configuration.ts";
import { ArgumentError, asksForHelp, helpOf, type CommandLine } from "../system/arguments.ts";

/** A command: one file in cli/commands. */
interface Command {
  /** Its command line, which may depend on an argument. */
  readonly commandLine: CommandLine | ((args: readonly string[]) => CommandLine);
  /** Runs it. @returns its exit code @throws ArgumentError where the arguments are invalid */
  readonly main: (args: readonly string[]) => Promise<number>;
}

/** The commands by name; each is loaded only when it is needed. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: () => import("./commands/up.ts"),
  down: () => import("./commands/down.ts"),
  env: () => import("./commands/env.ts"),
  status: () => import("./commands/status.ts"),
  preview: () => import("./commands/preview.ts"),
  check: () => import("./commands/check.ts"),
  dashboard: () => import("./commands/dashboard.ts"),
  verify: () => import("./commands/verify.ts"),
  test: () => import("./commands/test.ts"),
};

/** The exit code of an invalid command line. */
const invalidArguments = 2;

const commandLineOf = ({ commandLine }: Command, args: readonly string[]): CommandLine =>
  typeof commandLine === "function" ? commandLine(args) : commandLine;

async function commandList(): Promise<string> {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length));
  const lines = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => `  npm run ${name.padEnd(width)}  ${commandLineOf(await load(), []).about}`,
    ),
  );
  return [
    "A ZooKeeper environment on a local GKE.",
    "",
    ...lines,
    "",
    "Help for a command: npm run COMMAND -- --help",
  ].join("\n");
}

async function run(name: string, args: readonly string[]): Promise<number> {
  if (["--help", "-h", "help"].includes(name)) {
    console.log(await commandList());
    return 0;
  }
  const load = commands[name];
  if (load === undefined) {
    console.error(`There is no command ${name}.\n\n${await commandList()}`);
    return invalidArguments;
  }
  const command = await load();
  if (asksForHelp(args)) {
    console.log(helpOf(commandLineOf(command, args)));
    return 0;
  }
  try {
    configure((await import("../zookeeper-image/configuration.ts")).zookeeperEnvironment);
    return await command.main(args);
  } catch (error) {
    if (error instanceof ArgumentError) {
      console.error(renderFindings(`npm run ${name}: invalid command line`, error.findings));
      return invalidArguments;
    }
    console.error(error instanceof Error ? `${name}: ${error.message}` : error);
    return 1;
  }
}

const [name = "--help", ...args] = process.argv.slice(2);
process.exitCode = await run(name, args);
