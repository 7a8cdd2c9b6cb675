// The policy pack imports this first, and so does the program (see Pulumi.yaml). It is JavaScript, so that a Node that
// cannot read TypeScript can read this, and report it.

import console from "node:console";
import process from "node:process";

/** The first version that strips types without being asked. @see https://nodejs.org/api/typescript.html */
const oldest = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `Node.js ${oldest.join(".")} or newer is needed, and the node on PATH is ${process.versions.node}. Install a newer one; ` +
      'on Linux, npm ci has installed one: export PATH="$(echo "$PWD"/node_modules/node-linux-*/bin):$PATH"',
  );
  process.exit(1);
}
