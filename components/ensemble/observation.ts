import { setTimeout as sleep } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

import { claimOfBackups, hasBackups, isRestoredFromClaim } from "../backup/identity.ts";
import { accessOf } from "../live/access.ts";
import { readClaims, readEnsemble, type LiveEnsemble } from "../live/ensemble.ts";
import { ClusterReader, patiently, Unreachable } from "../live/reader.ts";
import { readProgress } from "../live/watch.ts";
import { renderFinding } from "../../domain/finding.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import type { Eventual } from "../speed.ts";
import { rejectErrors } from "../validation/checked.ts";
import { Stop } from "../validation/errors.ts";
import type { EnsembleValues } from "./args.ts";
import { checkAgainstCluster, checkOwners, warningsAgainstCluster, type Intent } from "./against.ts";
import { describePod, Watch } from "./progress.ts";

/** What an update must know about its ensemble on the cluster. */
export interface Observation {
  /** The StatefulSet's uid and generation; undefined if there is none. */
  readonly revision: string | undefined;
  /** The existing claims. */
  readonly claims: readonly string[];
  /** The pod security level of the namespace, empty if it has none; undefined if there is no such namespace. */
  readonly podSecurity: string | undefined;
  readonly bootstrapped: boolean;
}

/** The state before the first update, and what a program without an engine can know. */
export const nothing: Observation = {
  revision: undefined,
  claims: [],
  podSecurity: undefined,
  bootstrapped: false,
};

/** How long an API server may be unreachable, in milliseconds. */
const outage = 60_000;

/** How long a new GKE cluster may lack the API of Google's managed Prometheus, which GKE installs, in milliseconds. */
const installation = 180_000;

/** The time between two looks at the progress of the ensemble, in milliseconds. */
const interval = 1000;

/** Observes an ensemble on its cluster: before an update, whether it may begin; after it, whether it succeeded. */
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
   * The state of the ensemble on the cluster, once its update is known to be allowed. Unknown in a preview that does
   * not know how to reach the cluster; empty, with a warning, in one that does not reach it, and without an engine.
   * @throws InvalidArguments with all errors
   */
  observe(intent: Eventual<Intent>): Eventual<Observation> {
    if (!pulumi.runtime.hasEngine()) {
      return nothing;
    }
    const observed = pulumi.all([accessOf(this.#provider), intent]).apply(async ([access, wanted]) => {
      // The value of an output contains no outputs, which the compiler cannot see.
      const known = wanted as unknown as Intent;
      const live = await this.#read(access, known);
      if (live === undefined) {
        return nothing;
      }
      rejectErrors(this.#what, known, (values, report) => {
        checkAgainstCluster(values, live, report);
      });
      for (const warning of warningsAgainstCluster(known.settings, live)) {
        void pulumi.log.warn(renderFinding(warning), this.#resource);
      }
      this.#mustBeOwn = (id) => {
        rejectErrors(this.#what, { ...known, owner: { ...known.owner, id } }, (values, report) => {
          checkOwners(values, live, report);
        });
      };
      return observationOf(live);
    });
    return pulumi.unsecret(this.#withId(observed));
  }

  /** The provider's id is unknown in the first preview; an ensemble that exists then does not belong to this stack. */
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
   * Waits until all servers are Ready and have the newest template, if this update changed the StatefulSet or the
   * ensemble has never been Ready.
   * @param before the state before the update
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
    let logged = "";
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
      if (text !== logged) {
        void pulumi.log.info(text, this.#resource, undefined, true);
      }
      logged = text;
      await sleep(interval);
    }
  }

  /**
   * Warns of claims that are smaller than configured: Pulumi does not notice by itself that a claim was recreated.
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
    const warning = {
      subject: "volumeSize",
      value: JSON.stringify(settings.volumeSize),
      reason: `claims are smaller: ${list}`,
      fix: "run pulumi up --refresh, and they grow",
    };
    void pulumi.log.warn(renderFinding(warning), this.#resource);
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
    const { name, namespace, volumeSize, roles, certManager, monitoring, ...settings } = intent.settings;
    const wantedIf = (mode: string, secret: string): string | undefined =>
      mode === "off" || secret === "" ? undefined : secret;
    const secrets = {
      tlsSecret: wantedIf(settings.quorumTls, settings.tlsSecret),
      clientTlsSecret: wantedIf(settings.clientTls, settings.clientTlsSecret),
    };
    const wanted = parseQuantity(volumeSize) ?? 0;
    const grows = (size: string): boolean => (parseQuantity(size) ?? 0) < wanted;
    try {
      const isUsed = hasBackups(settings) || isRestoredFromClaim(settings);
      const backupClaim = isUsed ? claimOfBackups(intent.settings) : undefined;
      const seen = { name, namespace, grows, roles, certManager, monitoring, backupClaim, ...secrets };
      const look = (): Promise<LiveEnsemble> =>
        // A preview does not wait for a cluster that does not answer.
        patiently(pulumi.runtime.isDryRun() ? 0 : outage, async () => {
          this.#reader = ClusterReader.connect(access);
          return await readEnsemble(await this.#reader, seen);
        });
      return await whenInstalled(look, monitoring);
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        throw error;
      }
      const text = `the cluster does not say what it has of this ensemble (${error.message})`;
      if (!pulumi.runtime.isDryRun()) {
        throw new Stop(`${this.#what}: ${text}; nothing was changed`);
      }
      void pulumi.log.warn(
        `${text}; whether this update is possible will be known when it begins`,
        this.#resource,
      );
      return undefined;
    }
  }
}

/** What there is of an ensemble, once a new cluster has the API of Google's managed Prometheus. */
async function whenInstalled(look: () => Promise<LiveEnsemble>, monitoring: string): Promise<LiveEnsemble> {
  const end = Date.now() + installation;
  for (;;) {
    const live = await look();
    const isNew = monitoring === "managed" && live.monitoring === false && live.statefulSet === undefined;
    if (!isNew || pulumi.runtime.isDryRun() || Date.now() >= end) {
      return live;
    }
    await sleep(interval);
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

/** Identifies a version of an object: it is different after every change. */
export const revisionOf = (uid: string, generation: number): string => `${uid} ${generation}`;
