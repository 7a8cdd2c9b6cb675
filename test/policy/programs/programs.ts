import type { Program } from "./program.ts";
import * as access from "./access.ts";
import * as backups from "./backups.ts";
import * as compliant from "./compliant.ts";
import * as encryption from "./encryption.ts";
import * as gke from "./gke.ts";
import * as hardening from "./hardening.ts";
import * as monitoring from "./monitoring.ts";
import * as others from "./others.ts";
import * as placement from "./placement.ts";
import * as pods from "./pods.ts";
import * as secrets from "./secrets.ts";
import * as services from "./services.ts";
import * as storage from "./storage.ts";

/** All programs by name. */
export const programs: Readonly<Record<string, Program>> = {
  ...access,
  ...backups,
  ...compliant,
  ...encryption,
  ...hardening,
  ...monitoring,
  ...others,
  ...placement,
  ...pods,
  ...secrets,
  ...services,
  ...storage,
  ...gke,
};
