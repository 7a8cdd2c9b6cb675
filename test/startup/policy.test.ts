import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

const root = join(import.meta.dirname, "../..");

/** Runs the program in a process that has loaded nothing yet, and returns what it prints as JSON. */
function fresh(program: string, env: Readonly<Record<string, string>> = {}): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout);
}

const narrowed = `
  import { createRequire } from "node:module";
  import { narrowSdk } from "./startup/policy.ts";
  const require = createRequire(process.cwd() + "/policy/index.js");
  narrowSdk();
  const automation = () => Object.keys(require.cache).some((path) => path.includes("/pulumi/automation/"));
`;

describe("the start of the pack", () => {
  const loads = `${narrowed}
    await import("./policy/policies.ts");
    require("@pulumi/policy");
    console.log(JSON.stringify(automation()));
  `;

  it("does not load the Automation API for policies that do not use it", () => {
    expect(fresh(loads)).to.equal(false);
  });

  it("loads everything where ZOOKEEPER_ENVIRONMENT_LOAD_ALL is 1", () => {
    expect(fresh(loads, { ZOOKEEPER_ENVIRONMENT_LOAD_ALL: "1" })).to.equal(true);
  });

  it("leaves assets, archives and outputs what they are to the whole SDK", () => {
    const made = fresh(`${narrowed}
      const { deserializeProperties, serializeProperties } = require("@pulumi/policy/deserialize");
      const { specialSigKey, specialAssetSig } = require("@pulumi/pulumi/runtime/rpc");
      const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
      const properties = { asset: { [specialSigKey]: specialAssetSig, path: "file" } };
      const { asset } = deserializeProperties(Struct.fromJavaScript(properties));
      const back = await serializeProperties({ asset });
      const narrow = automation();
      const whole = require("@pulumi/pulumi");
      const config = typeof whole.Config;
      const same = asset instanceof require("@pulumi/pulumi").asset.FileAsset;
      console.log(JSON.stringify({ narrow, config, whole: automation(), same, path: back.asset.path }));
    `);
    expect(made).to.deep.equal({ narrow: false, config: "function", whole: true, same: true, path: "file" });
  });

  it("has the SDK read the properties of a request once, and those to remediate each time", () => {
    const made = fresh(`${narrowed}
      const { shareProperties } = await import("./startup/policy.ts");
      shareProperties();
      const sdk = require("@pulumi/policy/deserialize");
      const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
      const [one, two] = [Struct.fromJavaScript({ a: 1 }), Struct.fromJavaScript({ a: 1 })];
      const read = (properties, secrets) => sdk.deserializeProperties(properties, secrets);
      console.log(JSON.stringify({
        properties: read(one, false),
        shared: read(one, false) === read(one, false),
        apart: read(one, false) === read(two, false),
        remediated: read(one, true) === read(one, true) || read(one, true) === read(one, false),
      }));
    `);
    expect(made).to.deep.equal({ properties: { a: 1 }, shared: true, apart: false, remediated: false });
  });
});
