import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";

import type { Properties } from "./values.ts";

/** What a resource is once it exists. */
export interface Existing {
  id: string;
  outputs: Properties;
}

/** How the local GKE answers for one type of resource. */
export interface ResourceKind {
  /** The type's token, such as gcp:container/cluster:Cluster. */
  token: string;
  /** What is said about the inputs, in the real API's words. Every fault at once. */
  check: (inputs: Properties) => CheckFailure[];
  /** Values that the real provider fills in. */
  defaults?: (inputs: Properties) => Properties;
  /** Whether it has no name of its own, as a role that is given to somebody. @default false */
  nameless?: boolean;
  /** Inputs that a change of needs a new resource. */
  replaceOn: readonly string[];
  /** Makes it; called again for what an earlier call left unfinished. */
  create: (inputs: Properties) => Promise<Existing>;
  /** What is there now; undefined where it is gone. */
  read: (existing: Existing) => Promise<Existing | undefined>;
  /** Makes it as the new inputs say; also mends what has died. @default recorded without an effect */
  update: (existing: Existing, inputs: Properties) => Promise<Existing>;
  /** Removes it; one that is gone already is no fault. */
  delete: (existing: Existing) => Promise<void>;
  /** Whether it must be mended although no input changed. */
  needsRepair?: (existing: Existing) => boolean;
}
