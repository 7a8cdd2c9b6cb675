import type { Drill } from "../drill.ts";
import { cleaningUp } from "./cleaning-up.ts";
import { clientTls } from "./client-tls.ts";
import { configuration } from "./configuration.ts";
import { consensus } from "./consensus.ts";
import { creating } from "./creating.ts";
import { durable } from "./durable.ts";
import { leaderElection } from "./leader-election.ts";
import { hungServer, liveness } from "./liveness.ts";
import { logging } from "./logging.ts";
import { maintenance } from "./maintenance.ts";
import { nodeFailure } from "./node-failure.ts";
import { processFailure } from "./process-failure.ts";
import { quorumTls } from "./quorum-tls.ts";
import { readiness } from "./readiness.ts";
import { sanity } from "./sanity.ts";
import { updating } from "./updating.ts";
import { user } from "./user.ts";

/**
 * Every drill, in the tutorial's order: later ones rely on what earlier ones check. Those that are not the tutorial's
 * come last.
 */
export const drills: readonly Drill[] = [
  creating,
  leaderElection,
  consensus,
  sanity,
  durable,
  configuration,
  logging,
  user,
  updating,
  processFailure,
  liveness,
  hungServer,
  readiness,
  nodeFailure,
  maintenance,
  cleaningUp,
  quorumTls,
  clientTls,
];
