import { setTimeout as sleep } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

import { accessOf } from "../live/access.ts";
import { readClaims, readEnsemble, type LiveEnsemble } from "../live/ensemble.ts";
import { ClusterReader, patiently, Unreachable } from "../live/reader.ts";
import { readProgress } from "../live/watch.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import type { Eventual } from "../validation/eventual.ts";
import { rejectErrors } from "../validation/checked.ts";
import { Stop } from "../validation/errors.ts";
import type { EnsembleValues } from "./args.ts";
import { checkAgainstCluster, checkOwners, type Intent } from "./against.ts";
import { describePod, Watch } from "./progress.ts";

/** What an update must know of what the cluster has of its ensemble. */
export interface Observation {
  /** The StatefulSet's uid and generation; undefined where there is none. */
  readonly revision: string | undefined;
  /** The claims that are there. */
  readonly claims: readonly string[];
  /** The pod security level of the namespace, empty where it has none; undefined where there is no such namespace. */
  readonly podSecurity: string | undefined;
  readonly bootstrapped: boolean;
}

/** What there is before the first update, and what a program without an engine can know. */
export const nothing: Observation = {
  revision: undefined,
  claims: [],
  podSecurity: undefined,
  bootstrapped: false,
};

/** How long an API server may be away, in milliseconds. */
const outage = 60_000;

/** How often the cluster is asked how far the ensemble has come, in milliseconds. */
const interval = 1000;

/**
 * Looks at the cluster that an ensemble is put on: before an update, whether it may begin; after it, whether it ended
 * well.
 */
export class EnsembleObserver {
  readonly #what: string;
  readonly #resource: pulumi.Resource;
  readonly #provider: pulumi.ProviderResource | undefined;
  #reader: Promise<ClusterReader> | undefined;
  #mustBeOwn: (id: string) => void = () => undefined;

  /** @param resource the component, to which messages belong */
  constructor(what: string, resource: pulumi.Resource, provider: pulumi.ProviderResource | undefined) {
    this.#what = what;
    this.#resource = resource;
    this.#provider = provider;
  }

  /**
   * What the cluster has, once an update is known to be allowed on it. Not known in a preview that does not know how to
   * reach the cluster; empty in one that does not reach it, with a warning, and where there is no engine.
   * @throws InvalidArguments with every fault
   */
  observe(intent: Eventual<Intent>): Eventual<Observation> {
    if (!pulumi.runtime.hasEngine()) {
      return nothing;
    }
    const observed = pulumi.all([accessOf(this.#provider), intent]).apply(async ([access, wanted]) => {
      // What an output unwraps to has no outputs in it, which the compiler cannot see.
      const known = wanted as unknown as Intent;
      const live = await this.#read(access, known);
      if (live === undefined) {
        return nothing;
      }
      rejectErrors(this.#what, known, (values, report) => {
        checkAgainstCluster(values, live, report);
      });
      this.#mustBeOwn = (id) => {
        rejectErrors(this.#what, { ...known, owner: { ...known.owner, id } }, (values, report) => {
          checkOwners(values, live, report);
        });
      };
      return observationOf(live);
    });
    return pulumi.unsecret(this.#withId(observed));
  }

  /** The provider's id is not known in the first preview, and an ensemble that is there then is not this stack's. */
  #withId(observed: pulumi.Output<Observation>): pulumi.Output<Observation> {
    const provider = this.#provider;
    if (provider === undefined) {
      return observed;
    }
    return observed.apply((observation) => {
      if (observation.revision === undefined) {
        return pulumi.output(observation);
      }
      return provider.id.apply((id) => {
        this.#mustBeOwn(id);
        return observation;
      });
    });
  }

  /**
   * Waits until all servers are Ready and of the newest template, where this update changed the StatefulSet or the
   * ensemble has never been Ready.
   * @param before what there was before the update
   * @param after the StatefulSet's uid and generation after it
   * @throws RunError when waiting will not help, with the pods' own reasons
   */
  async awaitReady(namespace: string, name: string, before: Observation, after: string): Promise<void> {
    const reader = await this.#reader;
    if (reader === undefined) {
      return;
    }
    if (before.bootstrapped && before.revision === after) {
      await this.#warnOfUnready(reader, namespace, name);
      return;
    }
    const watch = new Watch(Date.now());
    let told = "";
    for (;;) {
      const progress = await patiently(outage, () => readProgress(reader, namespace, name));
      const problems = watch.look(progress, Date.now());
      if (problems?.length === 0) {
        return;
      }
      if (problems !== undefined) {
        const list = problems.map((each) => each.replaceAll(/^/gm, "  ")).join("\n");
        throw new Stop(`${this.#what} does not become Ready:\n${list}`);
      }
      const waiting = progress.pods.filter(({ ready }) => !ready).map(describePod);
      const text = [`${progress.ready} of ${progress.servers} servers Ready`, ...waiting].join("; ");
      if (text !== told) {
        void pulumi.log.info(text, this.#resource, undefined, true);
      }
      told = text;
      await sleep(interval);
    }
  }

  /**
   * Warns of claims that are smaller than asked for: made anew since, they are no change that Pulumi sees by itself.
   */
  async warnOfSmallClaims(
    settings: Pick<EnsembleValues, "name" | "namespace" | "volumeSize">,
  ): Promise<void> {
    const reader = await this.#reader;
    if (reader === undefined) {
      return;
    }
    const wanted = parseQuantity(settings.volumeSize) ?? 0;
    const claims = await patiently(outage, () => readClaims(reader, settings));
    const small = claims.filter(({ size }) => (parseQuantity(size) ?? 0) < wanted);
    if (small.length === 0) {
      return;
    }
    const list = small.map(({ name, size }) => `${name} (${size})`).join(", ");
    const text = `smaller than volumeSize ${settings.volumeSize}: ${list}; pulumi up --refresh makes them grow`;
    void pulumi.log.warn(text, this.#resource);
  }

  async #warnOfUnready(reader: ClusterReader, namespace: string, name: string): Promise<void> {
    const { servers, ready, pods } = await patiently(outage, () => readProgress(reader, namespace, name));
    if (ready >= servers) {
      return;
    }
    const unready = pods.filter((pod) => !pod.ready).map(describePod);
    const text = `${ready} of ${servers} servers are Ready; this update does not change them. ${unready.join("; ")}`;
    void pulumi.log.warn(text, this.#resource);
  }

  async #read(
    access: Parameters<typeof ClusterReader.connect>[0],
    intent: Intent,
  ): Promise<LiveEnsemble | undefined> {
    const { name, namespace, volumeSize } = intent.settings;
    const wanted = parseQuantity(volumeSize) ?? 0;
    const grows = (size: string): boolean => (parseQuantity(size) ?? 0) < wanted;
    try {
      // A preview of what does not answer says so at once.
      return await patiently(pulumi.runtime.isDryRun() ? 0 : outage, async () => {
        this.#reader = ClusterReader.connect(access);
        return await readEnsemble(await this.#reader, { name, namespace, grows });
      });
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        throw error;
      }
      const text = `the cluster cannot be asked what it has of this ensemble (${error.message})`;
      if (!pulumi.runtime.isDryRun()) {
        throw new Stop(`${this.#what}: ${text}; nothing was changed`);
      }
      void pulumi.log.warn(
        `${text}: whether this update is allowed there shows when it begins`,
        this.#resource,
      );
      return undefined;
    }
  }
}

function observationOf({ statefulSet, claims, podSecurity, bootstrapped }: LiveEnsemble): Observation {
  return {
    revision: statefulSet && revisionOf(statefulSet.uid, statefulSet.generation),
    claims: claims.map(({ name }) => name),
    podSecurity,
    bootstrapped,
  };
}

/** What is another after every change of an object. */
export const revisionOf = (uid: string, generation: number): string => `${uid} ${generation}`;
