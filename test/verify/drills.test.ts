import { expect } from "chai";

import type { Drill } from "../../verify/drill.ts";
import { cleaningUp } from "../../verify/drills/cleaning-up.ts";
import { configuration } from "../../verify/drills/configuration.ts";
import { consensus } from "../../verify/drills/consensus.ts";
import { leaderElection } from "../../verify/drills/leader-election.ts";
import { logging } from "../../verify/drills/logging.ts";
import { nodeFailure } from "../../verify/drills/node-failure.ts";
import { user } from "../../verify/drills/user.ts";
import { outcomeOf } from "./fixtures.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Runs a drill on one healthy server that answers commands, as shell patterns, with these texts. */
async function outcome(drill: Drill, answers: Readonly<Record<string, string | object>>): Promise<string> {
  const cases = Object.entries(answers).map(([pattern, answer]) => {
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    return `${pattern}) printf '%s\\n' ${quoted(text)}; exit ;;`;
  });
  return await outcomeOf(drill, `case "$*" in\n${cases.join("\n")}\nesac`);
}

const zooCfg = [
  "tickTime=2000",
  "initLimit=10",
  "syncLimit=5",
  "dataDir=/var/lib/zookeeper/data",
  "dataLogDir=/var/lib/zookeeper/data/log",
  "maxClientCnxns=60",
  "minSessionTimeout=4000",
  "maxSessionTimeout=40000",
  "autopurge.snapRetainCount=3",
  "autopurge.purgeInterval=1",
  "server.1=zk-0.zk-hs.default.svc.cluster.local:2888:3888;2181",
].join("\n");

const cat = '*"cat /opt/zookeeper/conf/zoo.cfg"';
const setOf = (template: object, rest: object = {}): object => ({
  metadata: { name: "zk", namespace: "default" },
  spec: { replicas: 1, template, ...rest },
  status: { readyReplicas: 1 },
});
const set = '"get statefulsets zk "*';

describe("verify: drill leader-election", () => {
  const answers = {
    '*"-- hostname"': "zk-0",
    '*"-- hostname -f"': "zk-0.zk-hs.default.svc.cluster.local",
    "*myid": "1",
    '*"getent hosts "*': "10.0.0.1   zk-0.zk-hs.default.svc.cluster.local",
    [cat]: zooCfg,
  };

  it("passes with the tutorial's names, ids and records", async () => {
    expect(await outcome(leaderElection, answers)).to.equal("passed");
  });

  it("fails for another id, name or address", async () => {
    expect(await outcome(leaderElection, { ...answers, "*myid": "2" })).to.contain(
      "the id of zk-0 is 2, not 1",
    );
    expect(await outcome(leaderElection, { ...answers, '*"-- hostname"': "localhost" })).to.contain(
      "is localhost",
    );
    expect(await outcome(leaderElection, { ...answers, '*"-- hostname -f"': "zk-0" })).to.contain(
      "is zk-0, not",
    );
    const hasty = { ...leaderElection, deadline: 2 };
    const moved = await outcome(hasty, { ...answers, '*"getent hosts "*': "10.0.0.9 x" });
    expect(moved).to.match(
      /^failed: .*zk-0 resolves zk-0\.zk-hs\.default\.svc\.cluster\.local to 10\.0\.0\.1/,
    );
  });
});

describe("verify: drill consensus", () => {
  it("passes with the tutorial's settings", async () => {
    expect(await outcome(consensus, { [cat]: zooCfg })).to.equal("passed");
  });

  it("fails for a setting with a typing error, a server that is missing, a port that is another", async () => {
    const typo = zooCfg.replace("purgeInterval", "purgeInteval");
    expect(await outcome(consensus, { [cat]: typo })).to.contain("has no autopurge.purgeInterval");
    const nobody = zooCfg.replace("server.1", "server.2");
    expect(await outcome(consensus, { [cat]: nobody })).to.contain("names the servers 2, not 1 to 1");
    expect(await outcome(consensus, { [cat]: zooCfg.replace("2888", "2889") })).to.contain("2889 and 3888");
    expect(await outcome(consensus, { [cat]: zooCfg.replace(";2181", "") })).to.contain("no client port");
  });
});

describe("verify: drill configuration", () => {
  const template = { spec: { containers: [], volumes: [{ configMap: { name: "zk-config" } }] } };
  const map = (rest: object = {}): object => ({
    metadata: { name: "zk-config" },
    data: { "zoo.cfg": "a=1\n" },
    ...rest,
  });
  const answers = (rest: object): Record<string, string | object> => ({
    [set]: setOf(template),
    '"get configmaps zk-config -o json"*': map(rest),
    [cat]: "a=1",
  });

  it("passes where other content is another ConfigMap", async () => {
    expect(await outcome(configuration, answers({ immutable: true }))).to.equal("passed");
  });

  it("fails where a change would not replace the pods, or a pod has another file", async () => {
    expect(await outcome(configuration, answers({}))).to.contain("would not replace the pods");
    const other = await outcome(configuration, { ...answers({ immutable: true }), [cat]: "a=2" });
    expect(other).to.contain("zoo.cfg in zk-0 differs from that in ConfigMap zk-config");
  });
});

describe("verify: drill logging", () => {
  const line = "2026-01-02 03:04:05,006 [myid:1] - INFO  [main] - x";
  const answers = {
    '*"test -f"*logback.xml': "",
    "*cat*logback.xml": '<root level="INFO"><appender-ref ref="CONSOLE" /></root>',
    '"logs "*': line,
    "*readlink*": "/dev/null\n/var/lib/zookeeper/data/log/version-2/log.1",
    [cat]: zooCfg,
  };

  it("passes with everything on standard output", async () => {
    expect(await outcome(logging, answers)).to.equal("passed");
  });

  it("fails for a file appender, a line without the id, an open log file", async () => {
    const rolling = '<root><appender-ref ref="ROLLINGFILE" /></root>';
    expect(await outcome(logging, { ...answers, "*cat*logback.xml": rolling })).to.contain(
      "logs to ROLLINGFILE",
    );
    const foreign = line.replace("myid:1", "myid:");
    expect(await outcome(logging, { ...answers, '"logs "*': foreign })).to.contain("is without [myid:1]");
    const open = "/logs/zookeeper.log";
    expect(await outcome(logging, { ...answers, "*readlink*": open })).to.contain(
      "write to log files: /logs/zookeeper.log",
    );
  });
});

describe("verify: drill user", () => {
  const pod = (securityContext: object): object => setOf({ spec: { securityContext, containers: [] } });
  const answers = {
    [set]: pod({ runAsUser: 1000, fsGroup: 1000 }),
    '*"ps -eo uid,comm"': "  UID COMMAND\n 1000 java\n 1000 ps",
    '*"stat -c"*': "drwxr-sr-x 1000 1000",
    [cat]: zooCfg,
  };

  it("passes for a server that is not root", async () => {
    expect(await outcome(user, answers)).to.equal("passed");
  });

  it("fails for root, for no group, for data of somebody else", async () => {
    expect(await outcome(user, { ...answers, [set]: pod({}) })).to.contain("runAsUser");
    expect(await outcome(user, { ...answers, [set]: pod({ runAsUser: 1000 }) })).to.contain("fsGroup");
    const root = await outcome(user, { ...answers, '*"ps -eo uid,comm"': "  0 java" });
    expect(root).to.contain("Java in zk-0 runs as uid 0, not 1000");
    expect(await outcome(user, { ...answers, '*"stat -c"*': "drwxr-sr-x 0 1000" })).to.contain(
      "belongs to 0:1000",
    );
  });
});

describe("verify: drill node-failure", () => {
  const spread = (app: string, topologyKey = "kubernetes.io/hostname"): object => {
    const requiredDuringSchedulingIgnoredDuringExecution = [
      { topologyKey, labelSelector: { matchLabels: { app } } },
    ];
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution } };
    return setOf({ metadata: { labels: { app: "zk" } }, spec: { affinity } });
  };

  it("passes with an anti-affinity that keeps the servers apart", async () => {
    expect(await outcome(nodeFailure, { [set]: spread("zk") })).to.equal("passed");
  });

  it("fails for one that is missing, selects others, or is not about nodes", async () => {
    expect(await outcome(nodeFailure, { [set]: setOf({}) })).to.contain("no required podAntiAffinity");
    expect(await outcome(nodeFailure, { [set]: spread("zk-headless") })).to.contain("keeps no pods apart");
    expect(await outcome(nodeFailure, { [set]: spread("zk", "zone") })).to.contain(
      "no required podAntiAffinity",
    );
  });
});

describe("verify: drill cleaning-up", () => {
  const claim = (rest: object = {}): object => ({
    items: [{ metadata: { name: "datadir-zk-0", ...rest }, spec: { volumeName: "pv-0" } }],
  });
  const answers = {
    '"get persistentvolumeclaims "*': claim(),
    '"get persistentvolumes pv-0 -o json"*': {
      metadata: { name: "pv-0" },
      spec: { persistentVolumeReclaimPolicy: "Delete" },
    },
  };

  it("passes where claims are kept, and destroys nothing", async () => {
    expect(await outcome(cleaningUp, answers)).to.equal("passed");
  });

  it("fails where claims go with the StatefulSet", async () => {
    const policy = setOf(
      {},
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" } },
    );
    expect(await outcome(cleaningUp, { ...answers, [set]: policy })).to.contain("whenDeleted is Delete");
    const owned = claim({ ownerReferences: [{ kind: "StatefulSet", name: "zk" }] });
    expect(await outcome(cleaningUp, { ...answers, '"get persistentvolumeclaims "*': owned })).to.contain(
      "are deleted with their owner: datadir-zk-0",
    );
  });
});
