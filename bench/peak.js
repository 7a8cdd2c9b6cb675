// Loaded into a measured Node process: notes its peak of resident memory, in KiB, when it ends.
import { writeFileSync } from "node:fs";
import process from "node:process";

const report = process.env["BENCH_PEAK_REPORT"];
delete process.env["BENCH_PEAK_REPORT"];
if (report !== undefined)
  process.on("exit", () => {
    writeFileSync(report, String(process.resourceUsage().maxRSS));
  });
