import { join } from "node:path";

import { stateDir } from "../system/paths.ts";

/** The folder of the environment with what its Prometheus has seen. */
export const dashboardDir = join(stateDir, "dashboard");

/** For how long that is kept, a Prometheus duration: longer than what a page can show. */
export const keeps = "3d";
