/** `npm run docs`: writes the generated parts of the documentation. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { documents } from "./documents.ts";

if (process.argv.includes("--help")) {
  console.log("npm run docs: writes the generated parts of the documentation");
} else {
  for (const [path, content] of Object.entries(await documents())) {
    writeFileSync(join(import.meta.dirname, "../..", path), content);
  }
}
