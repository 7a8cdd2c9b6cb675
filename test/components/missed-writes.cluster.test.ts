import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { TestEnvironment } from "../fixtures/cluster/environment.ts";

const script = readFileSync(join(import.meta.dirname, "five-servers.sh"), "utf8");

describe("a server that was away while others wrote", function () {
  this.timeout(15 * 60_000);

  const environment = new TestEnvironment();
  let image = "";
  let flags: string[] = [];

  before(async () => {
    const { code, output } = await environment.npm("up");
    expect(code, output).to.equal(0);
    const container = "{.spec.template.spec.containers[0]";
    const path = (what: string) => ["get", "statefulset", "zk", `-o=jsonpath=${container}${what}}`];
    image = await environment.kubectl(...path(".image"));
    const all = await environment.kubectl(...path(".env[?(@.name=='SERVER_JVMFLAGS')].value"));
    flags = all.split(" ").filter((flag) => flag.includes("snapshotSizeFactor"));
    expect(flags).to.have.length(1);
  });
  after(async () => {
    await environment.remove();
  });

  /** Runs five servers in a pod. @returns what the first one and the fifth one lack in the end */
  async function lacking(name: string, ...given: string[]): Promise<string> {
    await environment.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: "servers", image, command: ["sleep", "3600"], resources: { requests: { memory: "1Gi" } } },
        ],
      },
    });
    await environment.kubectl("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=120s");
    return await environment.kubectl("exec", name, "--", "sh", "-c", script, "five-servers", ...given);
  }

  it("gets all of them from a leader that never had them in its log, unlike with ZooKeeper's default", async () => {
    const [here, byDefault] = await Promise.all([lacking("as-here", ...flags), lacking("by-default")]);
    expect(here).to.contain("the first server lacks 0 writes, the fifth one lacks 0");
    expect(byDefault).to.contain("the first server lacks 700 writes, the fifth one lacks 0");
  });
});
