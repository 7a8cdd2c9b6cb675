import type { Ensemble } from "./ensemble.ts";
import { oneOf } from "./random.ts";
import type { Server } from "./servers.ts";
import type { Undo } from "./undo.ts";
import type { WaitOptions } from "../system/wait.ts";
import type { Workload } from "./workload.ts";

/** What a fault can use. */
export interface Scene {
  ensemble: Ensemble;
  /** The leader and the followers when the fault begins. */
  leader: Server;
  followers: Server[];
  workload: Workload;
  /** What undoes the fault. */
  undo: Undo;
  /** Numbers that depend on the run's seed. */
  random: () => number;
  /** Waits until a condition is true, 120 s at most where the options say nothing, or the run is interrupted. */
  wait: (
    what: string,
    condition: () => Promise<true | string> | true | string,
    options?: WaitOptions,
  ) => Promise<void>;
  /** Variables that the tools need. */
  env: Record<string, string>;
  /** The file with the stack's settings; empty for the project's own. */
  configFile: string;
  /** A folder for this fault's own files. */
  dir: string;
}

/** A disturbance that is injected on purpose. */
export interface Fault {
  name: string;
  /** One line: what happens. */
  about: string;
  /** How often it happens in a round; slow ones less often. */
  weight: number;
  /**
   * Which servers restart in their pods. The kubelet delays every further restart of a pod longer, so one that has
   * restarted gets a new pod first, and of the followers one that has not is chosen. @default none
   */
  restarts?: "leader" | "follower" | "all";
  /** Why this machine cannot have it; undefined where it can. */
  skip?: (ensemble: Ensemble) => Promise<string | undefined> | string | undefined;
  /**
   * Alerts that are active before the fault is undone, pending at least: most have to hold for minutes until they fire.
   * The fault lasts until they are, where the run watches alerts. @default it has none
   */
  alerts?: readonly string[];
  /** Further alerts that may fire because of it. @default none */
  mayAlert?: readonly string[];
  /** Injects it, and returns when it has had its effect; then it is undone. */
  inject: (scene: Scene) => Promise<void>;
}

/** A follower for a fault: one that has not restarted in its pod, where there is one. */
export function aFollower({ followers, random }: Scene): Server {
  const fresh = followers.filter(({ restarts }) => restarts === 0);
  return oneOf(fresh.length > 0 ? fresh : followers, random);
}
