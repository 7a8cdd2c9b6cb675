import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

/** Prints whatever goes wrong, as Pulumi's launcher does, and fails once the program has begun. */
const launcher = `
  process.on("uncaughtException", (error) => console.error(error));
  process.on("unhandledRejection", (error) => console.error(error));
  import(process.argv[1]).catch((error) => console.error(error));
  setInterval(() => console.error("the engine does not answer"), 100);
`;

describe("the program of an engine that was killed", () => {
  it("ends, rather than print for ever that it cannot print", async () => {
    const program = pathToFileURL(join(import.meta.dirname, "../../index.ts")).href;
    const child = spawn(process.execPath, ["--eval", launcher, program], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.stdout.destroy();
    child.stderr.destroy();
    // Null where it had to be killed.
    expect(await ended).to.equal(1);
    clearTimeout(late);
  });
});
