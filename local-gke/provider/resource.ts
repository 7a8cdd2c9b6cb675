import type { Properties, Rule } from "./values.ts";

/** What a resource is once it exists. */
export interface Existing {
  id: string;
  outputs: Properties;
}

/** What a user should know about the emulation of a type. */
export interface About {
  /** What creating one does on this machine. */
  does: string;
  /** What refresh detects. */
  refresh: string;
  /** What it does not emulate. */
  lacks: string;
}

/** How the local GKE answers for one type of resource. */
export interface ResourceKind {
  /** The type's token, such as gcp:container/cluster:Cluster. */
  token: string;
  /** What the inputs must be. Errors use the wording of the real API, all at once. */
  rules: readonly Rule[];
  /** Inputs that name another resource, which must exist when this one is created. */
  refersTo?: readonly string[];
  /** For the table of local-gke/README.md. */
  about: About;
  /** Values that the real provider fills in. */
  defaults?: (inputs: Properties) => Properties;
  /** Whether it has no name, as a role that is granted to a member. @default false */
  nameless?: boolean;
  /** Paths of outputs that creating it adds where the inputs have no value; a preview does not know them. */
  computed: readonly string[];
  /**
   * Of these, what a preview leaves out. Google's provider does not know it either, but the policies would then
   * first report a program that leaves it to Google when everything has been created.
   */
  leftOut?: readonly string[];
  /** Inputs whose change needs a new resource. */
  replaceOn: readonly string[];
  /** Paths below these whose change is in place, as on Google's cloud, such as nodeConfig.diskType. */
  inPlace?: readonly string[];
  /** Creates it; called again where an earlier call was cut off. */
  create: (inputs: Properties) => Promise<Existing>;
  /** What exists now; undefined where it does not. */
  read: (existing: Existing) => Promise<Existing | undefined>;
  /** Updates it to the new inputs, and repairs what has died. */
  update: (existing: Existing, inputs: Properties) => Promise<Existing>;
  /** Deletes it, if it still exists. */
  delete: (existing: Existing) => Promise<void>;
  /** Whether it needs repair although no input changed. */
  needsRepair?: (existing: Existing) => boolean;
}
