/** Writes what the documents take from the program: `npm run docs`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { documents } from "./documents.ts";

if (process.argv.includes("--help")) {
  console.log("npm run docs: writes what the documents take from the program");
} else {
  for (const [path, content] of Object.entries(await documents())) {
    writeFileSync(join(import.meta.dirname, "../..", path), content);
  }
}
