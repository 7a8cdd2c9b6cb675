import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";

describe("work that can be aborted", () => {
  const program = `
    import { abortable } from ${JSON.stringify(join(projectDir, "system/interruption.ts"))};
    const alive = setInterval(() => undefined, 1_000);
    await abortable(async (signal) => {
      console.log("begun");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      console.log("put in order after " + signal.reason.message);
    });
    console.log("not reached");
    clearInterval(alive);`;

  for (const name of ["SIGINT", "SIGTERM"] as const) {
    it(`ends in order, and then by ${name}, as whoever sent that expects`, async () => {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (text.includes("begun")) {
          child.kill(name);
        }
      });
      const [code, signal] = (await once(child, "close")) as [number | null, string | null];
      expect({ code, signal }).to.deep.equal({ code: null, signal: name });
      expect(said).to.equal(`begun\nput in order after interrupted by ${name}\n`);
    });
  }
});
