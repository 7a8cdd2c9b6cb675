import * as pulumi from "@pulumi/pulumi";

import { programs } from "./programs.ts";
import { registerAll } from "./register.ts";

// One project and one stack serve all the programs: the configuration says which of them is meant.
const config = new pulumi.Config();
const name = config.require("program");
const program = programs[name];
if (program === undefined) {
  throw new Error(`there is no program ${name}`);
}
await registerAll(program, config.require("rendered"));
