import { CommandError, run } from "../../system/run.ts";

async function inNetwork(netns: string, command: readonly string[], input?: string): Promise<string> {
  return await run("nsenter", [`--net=/run/netns/${netns}`, ...command], { input });
}

/** What a failed command printed. @throws the error if it is not a CommandError */
function failureOf(error: unknown): string {
  if (error instanceof CommandError) {
    return error.stderr.trim();
  }
  throw error;
}

/** Tries something in a network namespace that exists only for that. */
async function inProbe<Result>(attempt: (netns: string) => Promise<Result>): Promise<Result> {
  const netns = `gke-probe-${process.pid}`;
  await run("ip", ["netns", "add", netns]);
  try {
    return await attempt(netns);
  } finally {
    await run("ip", ["netns", "del", netns]);
  }
}

/** Queueing disciplines that slow a network, the one most like a distant network first; few kernels have all. */
const disciplines: readonly (readonly [name: string, ...options: string[]])[] = [
  ["netem", "delay", "50ms", "20ms"],
  // Less than a busy server sends: packets wait in a queue, and are lost where it is full.
  ["tbf", "rate", "2mbit", "burst", "32kb", "latency", "300ms"],
];

/** The first discipline that the kernel has, or why it has none. */
async function findDiscipline(): Promise<readonly string[] | { reasons: string }> {
  return await inProbe(async (netns) => {
    const reasons: string[] = [];
    for (const discipline of disciplines) {
      try {
        await inNetwork(netns, ["tc", "qdisc", "add", "dev", "lo", "root", ...discipline]);
        return discipline;
      } catch (error) {
        reasons.push(`${discipline[0]}: ${failureOf(error)}`);
      }
    }
    return { reasons: `the kernel cannot slow a network: ${reasons.join("; ")}` };
  });
}

/** A node's network that can be slowed: 50 ms of delay, or 2 Mbit/s behind a queue where the kernel has no netem. */
export class SlowNetwork {
  readonly #netns: string;

  constructor(netns: string) {
    this.#netns = netns;
  }

  /** Why the kernel cannot slow a network; undefined where it can. */
  static async unavailable(): Promise<string | undefined> {
    const found = await findDiscipline();
    return "reasons" in found ? found.reasons : undefined;
  }

  /** Slows the network. @throws Error where the kernel cannot */
  async slow(): Promise<void> {
    const found = await findDiscipline();
    if ("reasons" in found) {
      throw new Error(found.reasons);
    }
    await inNetwork(this.#netns, ["tc", "qdisc", "add", "dev", "eth0", "root", ...found]);
  }

  /** Makes the network as fast as before. */
  async restore(): Promise<void> {
    const shown = await inNetwork(this.#netns, ["tc", "qdisc", "show", "dev", "eth0"]);
    if (disciplines.some(([name]) => shown.includes(name))) {
      await inNetwork(this.#netns, ["tc", "qdisc", "del", "dev", "eth0", "root"]);
    }
  }
}

/** The nftables table that drops packets in a node's network namespace. */
const table = "gke_lossy";

/** Rules that drop one packet in twenty, in each direction. */
const rules = `table inet ${table} {
  chain arriving { type filter hook prerouting priority -400; iifname "eth0" numgen random mod 100 < 5 drop; }
  chain leaving { type filter hook postrouting priority 400; oifname "eth0" numgen random mod 100 < 5 drop; }
}
`;

/** A node's network that can lose one packet in twenty, in each direction. */
export class LossyNetwork {
  readonly #netns: string;

  constructor(netns: string) {
    this.#netns = netns;
  }

  /** Why the kernel cannot lose packets at random; undefined where it can. */
  static async unavailable(): Promise<string | undefined> {
    return await inProbe(async (netns) => {
      try {
        await inNetwork(netns, ["nft", "-f", "-"], rules);
        return undefined;
      } catch (error) {
        return `the kernel's nftables cannot drop packets at random: ${failureOf(error)}`;
      }
    });
  }

  /** Has the network lose packets. */
  async lose(): Promise<void> {
    await inNetwork(this.#netns, ["nft", "-f", "-"], rules);
  }

  /** Has the network lose no packet any more. */
  async restore(): Promise<void> {
    if ((await inNetwork(this.#netns, ["nft", "list", "tables"])).includes(table)) {
      await inNetwork(this.#netns, ["nft", "delete", "table", "inet", table]);
    }
  }
}
