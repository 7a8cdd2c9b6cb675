import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { junit, resultTable, writeReports, type Run } from "../../verify/report.ts";
import type { Result } from "../../verify/runner.ts";
import { Transcript, readable } from "../../verify/transcript.ts";
import { drill } from "./fixtures.ts";

const result = (parts: Partial<Result>): Result => ({
  drill: drill(),
  outcome: "passed",
  seconds: 1.5,
  records: [],
  transcript: "",
  ...parts,
});

const run: Run = {
  namespace: "default",
  name: "zk",
  started: "2026-01-02T03:04:05.000Z",
  results: [
    result({ transcript: "$ kubectl get nodes" }),
    result({ outcome: "failed", message: 'zk-0 says "a" < "b"', diagnostics: "Mode: \u001b[31mleader" }),
    result({ outcome: "skipped", message: "it needs --disruptive" }),
    result({ outcome: "interrupted", message: "ended by SIGINT" }),
  ],
};

describe("verify: the reports", () => {
  it("count the outcomes for JUnit and escape what is said", () => {
    const xml = junit(run);
    expect(xml).to.contain('<testsuites tests="4" failures="1" errors="1" skipped="1" time="6.000">');
    expect(xml).to.contain('<failure message="zk-0 says &quot;a&quot; &lt; &quot;b&quot;"/>');
    expect(xml).to.contain("<system-err>Mode: \ufffd[31mleader</system-err>");
    expect(xml).to.contain('<skipped message="it needs --disruptive"/>');
    expect(xml).to.contain('<error message="ended by SIGINT"/>');
    expect(xml).to.contain("<system-out>$ kubectl get nodes</system-out>");
  });

  it("are written into a folder that is made", () => {
    const folder = mkdtempSync(join(tmpdir(), "verify-report-"));
    try {
      const files = writeReports(join(folder, "a", "b"), run);
      expect(files.map((file) => file.slice(folder.length))).to.deep.equal([
        "/a/b/junit.xml",
        "/a/b/report.json",
      ]);
      const report: unknown = JSON.parse(readFileSync(join(folder, "a/b/report.json"), "utf8"));
      expect(report).to.have.nested.property("drills[1].outcome", "failed");
      expect(report).to.have.nested.property("drills[1].message", 'zk-0 says "a" < "b"');
      expect(report).to.have.property("started", run.started);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("end with a table that has one line for each drill", () => {
    const lines = resultTable(run.results).split("\n");
    expect(lines).to.have.lengthOf(5);
    expect(lines[2]).to.match(/^1 +one +failed +1\.5 s +zk-0 says/);
  });
});

describe("verify: the transcript", () => {
  it("prints commands, outputs and sentences as they come and keeps them", () => {
    const printed: string[] = [];
    const transcript = new Transcript((line) => printed.push(line));
    const command = transcript.begin("kubectl exec zk-0 -- hostname");
    command.line("zk-0");
    command.end(0);
    transcript.say("seen", "It is zk-0.");
    transcript.say("not-checked", "the rest.");
    expect(printed).to.deep.equal([
      "$ kubectl exec zk-0 -- hostname",
      "  zk-0",
      "=> It is zk-0.",
      "not checked: the rest.",
    ]);
    expect(transcript.toString()).to.equal(printed.join("\n"));
    expect(transcript.records).to.have.lengthOf(3);
  });

  it("says of a command that failed how it ended", () => {
    const printed: string[] = [];
    const transcript = new Transcript((line) => printed.push(line));
    transcript.begin("kubectl drain node-0").end(1);
    transcript.begin("kubectl drain node-1").end(null);
    expect(printed.filter((line) => line.startsWith("  "))).to.deep.equal([
      "  (exit code 1)",
      "  (exit code none: ended by a signal)",
    ]);
  });

  it("leaves the client's log and the ends of long lines out of what is read, and says so", () => {
    const log = "2026-11-21 05:32:39,115 [myid:] - INFO  [main] - x";
    const lines = readable(`${log}\n\nworld\n${log}\n${"x".repeat(300)}\n`);
    expect(lines).to.deep.equal(["world", `${"x".repeat(200)} …`, "(and 2 lines of the client's log)"]);
  });
});
