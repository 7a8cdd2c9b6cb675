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
  /** Failures that Google's API or its provider has as well, beside what is validated. */
  fails: string;
  /** What it does not emulate. */
  lacks: string;
  /** Where that is defined: files of `providerSource`. */
  sources: readonly string[];
}

/** The provider behind the `gcp` package, whose resources and functions are emulated. */
export const providerSource = "https://github.com/hashicorp/terraform-provider-google/blob/main/google";

/** Which changes of an input need a new resource. */
export interface ReplacedWhere {
  /** In words, for the table of local-gke/README.md. */
  where: string;
  /** Whether a change is one of them. */
  is: (before: unknown, after: unknown) => boolean;
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
  /** Inputs in the form in which the real provider compares them. @default as they are */
  canonical?: (inputs: Properties) => Properties;
  /** Whether it has no name, as a role that is granted to a member. @default false */
  nameless?: boolean;
  /** Paths of outputs that creating it adds where the inputs have no value; a preview does not know them. */
  computed: readonly string[];
  /**
   * Of these, what a preview leaves out. Google's provider does not know it either, but the policies would then
   * first report a program that leaves it to Google when everything has been created.
   */
  leftOut?: readonly string[];
  /**
   * Outputs that Google's provider itself derives from the inputs, so that a preview knows them.
   * @param before the outputs until now; none for a new resource
   */
  derived?: (inputs: Properties, before?: Properties) => Properties;
  /** Inputs, or paths below them, whose change needs a new resource. */
  replaceOn: readonly string[];
  /** Inputs of which only some changes need a new resource. */
  replaceWhere?: Readonly<Record<string, ReplacedWhere>>;
  /**
   * Creates it; called again where an earlier call was cut off.
   * @param owner the URN, which another resource of the same name does not have
   * @throws Error with code 409 where it exists, and another owner created it
   */
  create: (inputs: Properties, owner: string) => Promise<Existing>;
  /** What exists now; undefined where it does not. */
  read: (existing: Existing) => Promise<Existing | undefined>;
  /** Updates it to the new inputs, and repairs what has died. */
  update: (existing: Existing, inputs: Properties) => Promise<Existing>;
  /** Deletes it, if it still exists. */
  delete: (existing: Existing) => Promise<void>;
  /** Whether it needs repair although no input changed. */
  needsRepair?: (existing: Existing) => boolean;
}
