import { serverIdentity } from "../../../policy/rules/server-identity.ts";
import { containerPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { rows, type Edit } from "../table.ts";

const replicas = ["spec", "replicas"];
const command = [...containerPath, "command"];
const id = (name: string, value: unknown): Edit => [[...containerPath, "env"], [{ name, value }]];
const anonymous =
  /spec.replicas: 3 servers of a \w+, whose pods have no names that stay\n.*a StatefulSet.*\n.*use a StatefulSet/;

describe("server-identity", () => {
  for (const kind of ["Deployment", "ReplicaSet", "ReplicationController"]) {
    const group = kind === "ReplicationController" ? "core" : "apps";
    const workload: Registered = { ...statefulSet, type: `kubernetes:${group}/v1:${kind}` };
    rows(serverIdentity, [workload], workload, [
      [`rejects a ${kind} of three`, anonymous, []],
      [`accepts a ${kind} of one`, "nothing", [[replicas, 1]]],
      [`accepts a ${kind} without a number`, "nothing", [[replicas, undefined]]],
      [`leaves unknown replicas of a ${kind} open`, "open", [[replicas, unknownValue]]],
    ]);
  }
  const daemons = changed({ ...statefulSet, type: "kubernetes:apps/v1:DaemonSet" }, replicas, undefined);
  rows(serverIdentity, [daemons], daemons, [
    ["rejects a DaemonSet", /^DaemonSet default\/zk: a server on each node of a DaemonSet/, []],
  ]);
  const pod: Registered = {
    type: "kubernetes:core/v1:Pod",
    name: "zk",
    props: { metadata: { name: "zk" }, spec: { containers: [{ image: "zookeeper:3.9.5" }] } },
  };
  rows(serverIdentity, [pod], pod, [
    ["accepts a pod, which has a name", "nothing", [[["spec", "replicas"], unknownValue]]],
  ]);
  rows(serverIdentity, [statefulSet], statefulSet, [
    ["accepts a StatefulSet", "nothing", []],
    ["leaves its unknown replicas open", "open", [[replicas, unknownValue]]],
    [
      "rejects one ID for all",
      /env\[0\].value: ZOO_MY_ID is 1 for 3 servers\n.*an ID for each server/,
      [id("ZOO_MY_ID", "1")],
    ],
    ["rejects Bitnami's", /ZOO_SERVER_ID is 1/, [id("ZOO_SERVER_ID", "1")]],
    ["rejects Confluent's", /ZOOKEEPER_SERVER_ID is 12/, [id("ZOOKEEPER_SERVER_ID", "12")]],
    ["rejects it beside an empty command", /ZOO_MY_ID is 1/, [id("ZOO_MY_ID", "1"), [command, []]]],
    ["accepts an ID for one server", "nothing", [id("ZOO_MY_ID", "1"), [replicas, 1]]],
    ["accepts what is not a number", "nothing", [id("ZOO_MY_ID", "$(ORDINAL)")]],
    ["accepts an ID that is not known yet", "nothing", [id("ZOO_MY_ID", unknownValue)]],
    [
      "accepts an ID from a field",
      "nothing",
      [[[...containerPath, "env"], [{ name: "ZOO_MY_ID", valueFrom: { fieldRef: {} } }]]],
    ],
    [
      "accepts a command, which may set it",
      "nothing",
      [id("ZOO_MY_ID", "1"), [command, ["/scripts/run.sh"]]],
    ],
    ["accepts a command that is not known yet", "nothing", [id("ZOO_MY_ID", "1"), [command, unknownValue]]],
    [
      "accepts arguments that set it",
      "nothing",
      [
        id("ZOO_MY_ID", "1"),
        [
          [...containerPath, "args"],
          ["sh", "-c", "ZOO_MY_ID=$((1+1)) run"],
        ],
      ],
    ],
  ]);
});
