import { parseZooCfg } from "../../domain/zoo-cfg.ts";

/** The servers that a configuration lists. */
export interface ServerList {
  /** Servers that vote. */
  readonly participants: number;
  /** Servers that follow without a vote. */
  readonly observers: number;
  /** The hosts of their addresses as they are written; empty if only their number is given. */
  readonly hosts: readonly string[];
}

/**
 * The servers of the `server.N=` lines of a `zoo.cfg` or a dynamic configuration file; undefined if it has none.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperReconfig.html#sc_reconfig_clientport
 */
export function serversInZooCfg(text: string): ServerList | undefined {
  const addresses = [...parseZooCfg(text)]
    .filter(([key]) => /^server\.\d+$/.test(key))
    .map(([, value]) => value);
  return addresses.length === 0 ? undefined : count(addresses);
}

/**
 * The servers of a one-line list, as images take it from an environment variable: addresses with blanks, commas or
 * semicolons between them (`zk-0;zk-1;zk-2`, `server.1=a:2888:3888;2181 server.2=…`, `a:2888:3888::1,b:…`), or just
 * their number. Undefined if the text is empty.
 */
export function serversInList(text: string): ServerList | undefined {
  const trimmed = text.trim();
  if (trimmed === "") {
    return undefined;
  }
  if (/^\d+$/.test(trimmed)) {
    return countOnly(Number(trimmed));
  }
  // With server.N= the semicolon is before the client port, and blanks or commas between the servers.
  const separator = /\bserver\.\d+=/.test(trimmed) ? /[\s,]+/ : /[\s,;]+/;
  return count(trimmed.split(separator).filter((address) => address !== ""));
}

function count(addresses: readonly string[]): ServerList {
  const observers = addresses.filter((address) => /:observer\b/.test(address)).length;
  return { participants: addresses.length - observers, observers, hosts: addresses.map(hostOf) };
}

function countOnly(participants: number): ServerList {
  return { participants, observers: 0, hosts: [] };
}

/**
 * The host of a server's address: `a` of `server.1=a:2888:3888`, `1@a:2888`, `1:a:2888:3888` and `a`; `::1` of
 * `[::1]:2888`.
 */
function hostOf(address: string): string {
  const bare = address.slice(address.indexOf("=") + 1);
  const host = bare.replace(/^\d+(?:@|:(?=[a-z]))/i, "");
  return host.startsWith("[") ? host.slice(1).split("]", 1).join("") : (/^[^:;|]*/.exec(host)?.[0] ?? "");
}

/** The hosts that a command line or script writes into a configuration: `echo server.1=zk-0:2888:3888 >> zoo.cfg`. */
export function hostsInCommand(text: string): readonly string[] {
  return [...text.matchAll(/\bserver\.\d+=[^\s"':;\\]+/g)].map(([address]) => hostOf(address));
}

/** The number of servers that a command line names: `--servers=3` or `--servers 3`. */
export function serversInCommand(text: string): ServerList | undefined {
  const number = /(?:^|\s)--servers[=\s]+(\d+)\b/.exec(text)?.[1];
  return number === undefined ? undefined : countOnly(Number(number));
}

/** The data and transaction log directories that a command line names: `--data_dir=…`, `--data_log_dir=…`. */
export function pathsInCommand(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)--data_(?:log_)?dir[=\s]+["']?([^\s"']+)/g)].flatMap(
    ([, path]) => path ?? [],
  );
}

/** The data and transaction log directories of a `zoo.cfg`. */
export function pathsInZooCfg(text: string): readonly string[] {
  const settings = parseZooCfg(text);
  const paths = [settings.get("dataDir"), settings.get("dataLogDir")];
  return paths.flatMap((path) => (path?.startsWith("/") === true ? [path] : []));
}
