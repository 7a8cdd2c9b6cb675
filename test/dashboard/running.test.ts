import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { RunningPrometheus } from "../../dashboard/running.ts";

/** What Prometheus logs when it listens, which is before it opens its data. Nothing listens on port 1. */
const listens = `echo 'level=INFO msg="Listening on" component=web address=127.0.0.1:1' >&2`;

/** What it logs where another one has the lock of its data. */
const locked = `echo 'level=ERROR msg="Fatal error" err="opening storage failed: lock DB directory: in use"' >&2`;

describe("a Prometheus that ends while it starts", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Starts a program in the place of Prometheus. @returns why it does not become ready */
  async function whyNot(...lines: string[]): Promise<string> {
    const program = join(folder, "prometheus");
    writeFileSync(program, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o700 });
    const running = new RunningPrometheus(program, { folder, keeps: "1d" });
    const error: unknown = await running.ready().catch((reason: unknown) => reason);
    await running.stop();
    return String(error);
  }

  it("says why, also where it has listened and answers no more", async () => {
    expect(await whyNot(listens, "sleep 0.4", locked, "exit 1")).to.contain(
      `another Prometheus uses the data in ${folder}; end the command that runs it first`,
    );
  });

  it("says why, also where its last lines are read after it has ended", async () => {
    expect(await whyNot(`(sleep 0.4; ${locked}) &`, "exit 1")).to.contain("another Prometheus uses the data");
  });

  it("shows its log where something else is wrong", async () => {
    expect(await whyNot("echo 'unknown flag' >&2", "exit 2")).to.contain(
      "Prometheus has ended:\nunknown flag",
    );
  });

  it("says that it cannot be started", async () => {
    const running = new RunningPrometheus("/nonexistent/prometheus", { folder, keeps: "1d" });
    const error: unknown = await running.ready().catch((reason: unknown) => reason);
    await running.stop();
    expect(String(error)).to.contain("Prometheus has ended:").and.contain("/nonexistent/prometheus");
  });
});
