import { decoys } from "./decoys.ts";
import { ensembles } from "./ensembles.ts";
import { gke } from "./gke.ts";
import { good } from "./good.ts";
import type { Verdicts } from "./verdict.ts";

/** The right verdict on each fixture. */
export const verdicts: Verdicts = { ...ensembles, ...decoys, ...good, ...gke };
