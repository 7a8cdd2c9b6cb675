import type { Program } from "./program.ts";
import * as compliant from "./compliant.ts";
import * as gke from "./gke.ts";
import * as placement from "./placement.ts";
import * as pods from "./pods.ts";
import * as storage from "./storage.ts";

/** All programs by name. */
export const programs: Readonly<Record<string, Program>> = {
  ...compliant,
  ...placement,
  ...pods,
  ...storage,
  ...gke,
};
