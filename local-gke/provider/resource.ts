import type { Properties, Rule } from "./values.ts";

/** What a resource is once it exists. */
export interface Existing {
  id: string;
  outputs: Properties;
}

/** What a user must know of how a type is imitated. */
export interface About {
  /** What making one does on this machine. */
  does: string;
  /** What refresh sees of it. */
  refresh: string;
  /** What of the real one it does not imitate. */
  lacks: string;
}

/** How the local GKE answers for one type of resource. */
export interface ResourceKind {
  /** The type's token, such as gcp:container/cluster:Cluster. */
  token: string;
  /** What the inputs must be; a fault is said in the real API's words, every fault at once. */
  rules: readonly Rule[];
  /** Inputs that name another resource, which must exist when this one is made. */
  refersTo?: readonly string[];
  /** For the table of local-gke/README.md. */
  about: About;
  /** Values that the real provider fills in. */
  defaults?: (inputs: Properties) => Properties;
  /** Whether it has no name of its own, as a role that is given to somebody. @default false */
  nameless?: boolean;
  /** Paths of outputs that making it adds where the inputs say nothing; a preview does not know them before that. */
  computed: readonly string[];
  /**
   * Of these, what a preview leaves out. Google's provider knows as little of it, but what the policies say of a
   * program that leaves it to Google is then first heard when everything has been made.
   */
  leftOut?: readonly string[];
  /** Inputs that a change of needs a new resource. */
  replaceOn: readonly string[];
  /** Paths below these, such as nodeConfig.diskType, a change of which does not: Google makes it in place, too. */
  inPlace?: readonly string[];
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
