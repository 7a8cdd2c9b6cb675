import { join } from "node:path";

import { run } from "../../system/run.ts";

describe("the faults' workload", () => {
  const module = join(import.meta.dirname, "..", "..", "faults", "workload");
  const options = { cwd: module, env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" } };

  it("has a checker that finds planted violations, and none in clean histories", async function () {
    this.timeout(180_000);
    await run("go", ["test", "./..."], options);
  });

  it("is vetted and formatted", async function () {
    this.timeout(180_000);
    await run("go", ["vet", "./..."], options);
    const unformatted = await run("gofmt", ["-l", "."], options);
    if (unformatted !== "") {
      throw new Error(`gofmt: ${unformatted}`);
    }
  });
});
