import type { StackResource } from "../define.ts";
import { replicasOf } from "../kubernetes/workload.ts";
import { onceEach } from "../reading/once.ts";
import type { Truth } from "../reading/truth.ts";
import type { Values } from "../settings.ts";
import { objectsOf, serversOf, type StackServer } from "../stack.ts";
import { Addresses } from "./addresses.ts";
import type { recognitionSettings } from "./recognition.ts";
import {
  commandHosts,
  configListings,
  configTexts,
  ownListings,
  type ConfigTexts,
  type Listing,
} from "./sources.ts";

/** A workload of an ensemble, with what it shows of the ensemble's configuration. */
export interface Member extends StackServer {
  /** How many servers it runs; undefined while that is unknown, or where it depends on the nodes. */
  readonly servers: number | undefined;
  /** The lists of servers in its own command line and environment. */
  readonly own: readonly Listing[];
  /** The lists of servers in the stack's ConfigMaps that it uses. */
  readonly configured: readonly Listing[];
  /** The texts of the stack's ConfigMaps that it uses. */
  readonly texts: ConfigTexts;
}

/** The servers that serve the same data: those of one workload, or of several whose configurations name each other. */
export interface Ensemble {
  /** At least one. */
  readonly members: readonly [Member, ...Member[]];
  /** The workloads' names, for messages. */
  readonly label: string;
  /** Whether it is one; never false. Of workloads for which that is not known, each is taken alone. */
  readonly runs: Truth;
  /** How many servers its workloads run; undefined while that is unknown. */
  readonly servers: number | undefined;
  /** Of the hosts that a list names, those that the stack does not show. */
  readonly elsewhere: (member: Member, listing: Listing) => readonly string[];
}

/** The groups that pairs of workloads make. */
class Groups {
  private readonly parents = new Map<Member, Member>();

  /** The member that stands for its group. */
  of(member: Member): Member {
    let top = member;
    for (let next = this.parents.get(top); next !== undefined; next = this.parents.get(top)) {
      top = next;
    }
    return top;
  }

  join(one: Member, other: Member): void {
    const [first, second] = [this.of(one), this.of(other)];
    if (first !== second) {
      this.parents.set(second, first);
    }
  }
}

/** The sum; undefined if one of the numbers is. */
export function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce(
    (total, next) => (total === undefined || next === undefined ? undefined : total + next),
    0,
  );
}

/**
 * The ensembles of the stack: workloads belong to the same one if the servers that one of them lists are pods of the
 * other, by the names of the pods or through Services.
 */
export function ensemblesOf(
  resources: readonly StackResource[],
  { serverLabel }: Values<typeof recognitionSettings>,
): readonly Ensemble[] {
  return byLabel(resources, serverLabel);
}

/** The members of the ensembles of which it is certain that they run ZooKeeper servers. */
export function certainMembers(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): readonly Member[] {
  return ensemblesOf(resources, settings)
    .filter(({ runs }) => runs === true)
    .flatMap((ensemble) => ensemble.members);
}

/** Several policies ask for the ensembles of the same stack. */
const byLabel = onceEach((resources: readonly StackResource[], serverLabel) =>
  findEnsembles(resources, { serverLabel }),
);

/**
 * For each member how many before it have the same kind and name: the stack has several clusters, or files are variants
 * for several.
 */
function copiesOf(members: readonly Member[]): ReadonlyMap<Member, number> {
  const counts = new Map<string, number>();
  return new Map(
    members.map((member): [Member, number] => {
      const { label } = member.workload;
      const before = counts.get(label) ?? 0;
      counts.set(label, before + 1);
      return [member, before];
    }),
  );
}

function findEnsembles(
  resources: readonly StackResource[],
  settings: Values<typeof recognitionSettings>,
): readonly Ensemble[] {
  const configMaps = objectsOf(resources, "", "ConfigMap");
  const members = serversOf(resources, settings).map((server): Member => {
    const texts = configTexts(server.workload, configMaps, server.resource.madeFrom("spec"));
    return {
      ...server,
      servers: replicasOf(server.workload),
      own: ownListings(server.container),
      configured: configListings(server.container, texts),
      texts,
    };
  });
  const sure = members.filter(({ runs }) => runs === true);
  const addresses = new Addresses(sure, objectsOf(resources, "", "Service"));
  const copies = copiesOf(sure);
  const groups = new Groups();
  for (const member of sure) {
    const listed = [...member.own, ...member.configured].flatMap(({ hosts }) => hosts);
    for (const host of new Set([...listed, ...commandHosts(member.container)])) {
      for (const other of addresses.behind(host, member)) {
        if (copies.get(other) === copies.get(member)) {
          groups.join(member, other);
        }
      }
    }
  }
  const grouped = Map.groupBy(members, (member) => groups.of(member));
  return [...grouped.values()].flatMap(([first, ...others]): Ensemble[] => {
    if (first === undefined) {
      return [];
    }
    return [
      {
        members: [first, ...others],
        label: [first, ...others].map(({ workload }) => workload.label).join(" with "),
        runs: first.runs,
        servers: sum([first, ...others].map(({ servers }) => servers)),
        elsewhere: (member, { hosts }) => hosts.filter((host) => addresses.behind(host, member).length === 0),
      },
    ];
  });
}
