import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

const script = join(import.meta.dirname, "../../.github/scripts/summarised.sh");

describe("summarised.sh", () => {
  for (const code of [0, 3]) {
    it(`shows, keeps and ends with ${code} as its command does`, () => {
      const folder = mkdtempSync(join(tmpdir(), "summarised-"));
      const summary = join(folder, "summary.md");
      try {
        const command = ["sh", "-c", `echo said; echo wrong >&2; exit ${code}`];
        const { status, stdout } = spawnSync("bash", [script, "Its title", ...command], {
          encoding: "utf8",
          env: { ...process.env, GITHUB_STEP_SUMMARY: summary },
        });
        expect(status).to.equal(code);
        expect(stdout).to.equal("said\nwrong\n");
        expect(readFileSync(summary, "utf8")).to.equal("### Its title\n\n````text\nsaid\nwrong\n````\n");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
