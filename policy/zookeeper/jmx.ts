import { commandOf } from "../kubernetes/commands.ts";
import { items, known, type Field } from "../reading/field.ts";
import type { Option } from "./options.ts";
import { assignedInCommand, commandLine, variable } from "./sources.ts";

/** The variable's value; empty if there is none, and undefined if it is not seen. */
function valueOf(container: Field, name: string): string | undefined {
  const assigned = assignedInCommand(container, name);
  if (assigned !== undefined) {
    return /[$`]/.test(assigned) ? undefined : assigned;
  }
  const entry = variable(container, name);
  return entry === undefined ? "" : known(entry.at("value").string());
}

const remote = "com.sun.management.jmxremote";

/** Whether Kafka's scripts start the server: they turn authentication off unless they are given other options. */
function isKafkas(container: Field): boolean {
  const image = known(container.at("image").string()) ?? "";
  return /zookeeper-server-start|cp-zookeeper/.test(`${commandLine(container)} ${image}`);
}

/**
 * Where the server opens JMX to the network without authentication: the path in the workload, and the place if it is
 * a ConfigMap. Undefined if it does not, as far as the stack shows.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperJMX.html (`JMXPORT`, and `JMXAUTH` with its default of false)
 * @see https://docs.oracle.com/en/java/javase/17/management/monitoring-and-management-using-jmx-technology.html
 */
export function openJmx(
  container: Field,
  options: readonly Option[],
): { readonly path: string; readonly place: string } | undefined {
  const named = (name: string): Option | undefined => options.findLast((option) => option.name === name);
  const host = named(`${remote}.host`)?.value ?? "";
  const authenticates = named(`${remote}.authenticate`)?.value;
  if (/^(?:localhost|127\.|::1|\[::1\])/.test(host)) {
    return undefined;
  }
  const port = named(`${remote}.port`);
  if (port !== undefined && authenticates === "false") {
    return port;
  }
  const variables = [
    // zkServer.sh
    {
      name: "JMXPORT",
      open:
        ["", "false"].includes(valueOf(container, "JMXAUTH") ?? "unseen") &&
        ["", "false"].includes(valueOf(container, "JMXDISABLE") ?? "unseen"),
    },
    ...["JMX_PORT", "KAFKA_JMX_PORT"].map((name) => ({
      name,
      open:
        isKafkas(container) &&
        (variable(container, "KAFKA_JMX_OPTS") === undefined || authenticates === "false"),
    })),
  ];
  const opened = variables.find(({ name, open }) => open && (valueOf(container, name) ?? "") !== "");
  if (opened === undefined) {
    return undefined;
  }
  const words = commandOf(container).flatMap(items);
  const assigning = words.findLast((word) => known(word.string())?.includes(`${opened.name}=`));
  const field = assigning ?? variable(container, opened.name)?.at("value");
  return field && { path: field.path, place: "" };
}
