// The command line of the local GKE: every npm script of the project comes here.
import { configure } from "../local-gke/configuration.ts";

interface Command {
  about: string;
  /** Whether the command explains its own arguments. @default false */
  ownHelp?: boolean;
  main: (args: readonly string[]) => Promise<number> | number;
}

/** The commands by name; each is loaded only when it is asked for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: () => import("./commands/up.ts"),
  down: () => import("./commands/down.ts"),
  env: () => import("./commands/env.ts"),
  status: () => import("./commands/status.ts"),
  preview: () => import("./commands/preview.ts"),
  verify: () => import("./commands/verify.ts"),
  test: () => import("./commands/test.ts"),
};

async function usage(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => `  npm run ${name.padEnd(9)} ${(await load()).about}`,
    ),
  );
  return `A ZooKeeper environment on a local GKE.\n\n${lines.join("\n")}`;
}

const [name = "--help", ...args] = process.argv.slice(2);
const load = commands[name];
if (["--help", "-h", "help"].includes(name)) {
  console.log(await usage());
} else if (load === undefined) {
  console.error(`unknown command ${name}\n\n${await usage()}`);
  process.exitCode = 2;
} else if ((args.includes("--help") || args.includes("-h")) && (await load()).ownHelp !== true) {
  console.log(`npm run ${name}: ${(await load()).about}`);
} else {
  try {
    configure((await import("../zookeeper-image/configuration.ts")).zookeeperEnvironment);
    process.exitCode = await (await load()).main(args);
  } catch (error) {
    console.error(error instanceof Error ? `${name}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
