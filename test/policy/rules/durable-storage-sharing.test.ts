import { durableStorage } from "../../../policy/rules/durable-storage.ts";
import { durableStorageInStack } from "../../../policy/rules/durable-storage-in-stack.ts";
import { containerPath, podPath, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { expectVerdict, rows, type Edit } from "../table.ts";

const mounts = [...containerPath, "volumeMounts"];
const volumes = [...podPath, "volumes"];
const replicas = ["spec", "replicas"];
const strategy = ["spec", "strategy"];

function edited(resource: Registered, edits: readonly Edit[]): Registered {
  return edits.reduce((each, [path, value]) => changed(each, path, value), resource);
}

/** A workload whose servers keep their data on a claim that its pods name. */
function sharing(kind: string, ...edits: readonly Edit[]): Registered {
  const type = kind === "ReplicationController" ? `kubernetes:core/v1:${kind}` : `kubernetes:apps/v1:${kind}`;
  return edited({ ...statefulSet, type }, [
    [["spec", "volumeClaimTemplates"], undefined],
    [volumes, [{ name: "datadir", persistentVolumeClaim: { claimName: "zk" } }]],
    [
      mounts,
      [
        { name: "datadir", mountPath: "/data" },
        { name: "datadir", mountPath: "/datalog", subPath: "log" },
      ],
    ],
    ...edits,
  ]);
}

const shared =
  /volumes\[0\]: one claim, "zk", for 3 servers\n.*a claim for each server \(.*\n.*volumeClaimTemplates instead/;
const beside =
  /spec.strategy.type: an update starts the new server beside the old one, on claim "zk"\n.*"Recreate".*\n.*Recreate/;

describe("durable-storage, of several servers on one claim", () => {
  for (const kind of ["StatefulSet", "Deployment", "ReplicaSet", "ReplicationController"]) {
    const workload = sharing(kind);
    rows(durableStorage, [workload], workload, [[`rejects a ${kind} of three`, shared, []]]);
  }
  for (const kind of ["StatefulSet", "ReplicaSet", "ReplicationController"]) {
    const workload = sharing(kind, [replicas, undefined]);
    rows(durableStorage, [workload], workload, [[`accepts a ${kind} of one`, "nothing", []]]);
  }
  const daemons = sharing("DaemonSet", [replicas, undefined]);
  rows(durableStorage, [daemons], daemons, [
    ["rejects a DaemonSet", /one claim, "zk", for the servers of all nodes\n/, []],
  ]);

  const templated: Registered = { ...statefulSet, type: "kubernetes:apps/v1:Deployment" };
  rows(durableStorage, [templated], templated, [
    [
      "rejects a template of a Deployment, which has none",
      /mounts volume "datadir", which does not exist/,
      [[volumes, [{ name: "conf", configMap: { name: "c" } }]]],
    ],
  ]);

  const three = sharing("StatefulSet");
  rows(durableStorage, [three], three, [
    ["leaves unknown replicas open", "open", [[replicas, unknownValue]]],
    [
      "leaves volumes of unknown names open",
      "open",
      [
        [mounts, ["/data", "/datalog"].map((mountPath) => ({ name: unknownValue, mountPath }))],
        [volumes, [{ name: unknownValue, persistentVolumeClaim: { claimName: "zk" } }]],
      ],
    ],
    ["leaves replicas of another type to others", "nothing", [[replicas, "three"]]],
    [
      "accepts a folder by the pod's name",
      "nothing",
      [
        [
          mounts,
          ["/data", "/datalog"].map((mountPath) => ({ name: "datadir", mountPath, subPathExpr: "$(POD)/x" })),
        ],
      ],
    ],
    [
      "rejects a folder by a fixed name",
      shared,
      [
        [
          mounts,
          ["/data", "/datalog"].map((mountPath) => ({ name: "datadir", mountPath, subPathExpr: "zk" })),
        ],
      ],
    ],
    [
      "says nothing of a folder that is not known yet",
      "nothing",
      [
        [
          mounts,
          ["/data", "/datalog"].map((mountPath) => ({
            name: "datadir",
            mountPath,
            subPathExpr: unknownValue,
          })),
        ],
      ],
    ],
    [
      "says nothing of a subPath that is not known yet",
      "nothing",
      [
        [
          mounts,
          ["/data", "/datalog"].map((mountPath) => ({ name: "datadir", mountPath, subPath: unknownValue })),
        ],
      ],
    ],
    [
      "accepts a directory by the host's name",
      "nothing",
      [
        [
          [...containerPath, "command"],
          ["sh", "-c", "start --data_dir=/data/$HOSTNAME"],
        ],
      ],
    ],
    [
      "rejects at a place that may hold data",
      shared,
      [
        [[...containerPath, "image"], "example/server:1"],
        [mounts, [{ name: "datadir", mountPath: "/opt/zk/data" }]],
      ],
    ],
    [
      "accepts a claim for other files",
      "nothing",
      [
        [
          ["spec", "volumeClaimTemplates"],
          [
            {
              metadata: { name: "own" },
              spec: { storageClassName: "zookeeper", resources: { requests: { storage: "10Gi" } } },
            },
          ],
        ],
        [
          mounts,
          [
            { name: "own", mountPath: "/data" },
            { name: "own", mountPath: "/datalog" },
            { name: "datadir", mountPath: "/logs" },
          ],
        ],
      ],
    ],
    [
      "takes the template of the name",
      "nothing",
      [
        [
          ["spec", "volumeClaimTemplates"],
          [
            {
              metadata: { name: "datadir" },
              spec: { storageClassName: "zookeeper", resources: { requests: { storage: "10Gi" } } },
            },
          ],
        ],
      ],
    ],
  ]);

  const one = sharing("Deployment", [replicas, 1]);
  rows(durableStorage, [one], one, [
    ["rejects a Deployment of one that rolls", beside, []],
    ["rejects RollingUpdate by name", beside, [[strategy, { type: "RollingUpdate" }]]],
    ["rejects a surge", beside, [[strategy, { rollingUpdate: { maxSurge: 1 } }]]],
    ["rejects a surge in percent", beside, [[strategy, { rollingUpdate: { maxSurge: "10%" } }]]],
    ["accepts Recreate", "nothing", [[strategy, { type: "Recreate" }]]],
    ["accepts no surge", "nothing", [[strategy, { rollingUpdate: { maxSurge: 0 } }]]],
    ["accepts no surge in percent", "nothing", [[strategy, { rollingUpdate: { maxSurge: "0%" } }]]],
    ["leaves an unknown strategy open", "open", [[strategy, unknownValue]]],
    [
      "leaves an unknown surge open",
      "open",
      [[strategy, { type: "RollingUpdate", rollingUpdate: unknownValue }]],
    ],
  ]);
});

describe("durable-storage-in-stack, of workloads on one claim", () => {
  const named = (name: string, ...edits: readonly Edit[]): Registered => ({
    ...sharing("StatefulSet", [replicas, 1], [["metadata", "name"], name], ...edits),
    name,
  });
  const sub = (subPath: string): Edit => [
    mounts,
    ["/data", "/datalog"].map((mountPath) => ({ name: "datadir", mountPath, subPath })),
  ];
  const other =
    /StatefulSet default\/zk2: .*volumes\[0\]: claim "zk", on which StatefulSet default\/zk1 keeps its data in the same directory\n.*\n.*a subPath/;
  for (const [title, expected, second] of [
    ["rejects the same directory", other, []],
    ["accepts another claim", "nothing", [[[...volumes, 0, "persistentVolumeClaim", "claimName"], "zk2"]]],
    ["accepts another namespace", "nothing", [[["metadata", "namespace"], "other"]]],
    ["accepts another directory", "nothing", [sub("zk2")]],
    [
      "accepts another directory by configuration",
      "nothing",
      [
        [
          [...containerPath, "command"],
          ["start", "--data_dir=/data/zk2"],
        ],
      ],
    ],
    [
      "rejects the same directory in other words",
      other,
      [
        [
          [...containerPath, "command"],
          ["start", "--data_dir=/store/"],
        ],
        [mounts, [{ name: "datadir", mountPath: "/store" }]],
      ],
    ],
  ] as const) {
    it(title, () => {
      expectVerdict(durableStorageInStack, [named("zk1"), named("zk2", ...second)], expected);
    });
  }
  it("accepts one workload with one directory for both", () => {
    expectVerdict(durableStorageInStack, [named("zk1", sub("zk"))], "nothing");
  });
});
