import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { expect } from "chai";

import { ClusterError, policiesWithout, readCluster } from "../../../policy/command/cluster.ts";
import { gatherCluster } from "../../../policy/command/gather.ts";

/** What a fake kubectl answers to the kinds that match; to others, an empty list. */
type Answers = Readonly<Record<string, { readonly list?: object; readonly error?: string }>>;

describe("a live cluster, by a fake kubectl", () => {
  let folder = "";
  const { PATH } = process.env;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "kubectl-"));
    const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(folder, "calls"))}, JSON.stringify(args) + "\\n");
const answers = JSON.parse(readFileSync(${JSON.stringify(join(folder, "answers"))}, "utf8"));
const found = answers[args[1]] ?? { list: { apiVersion: "v1", kind: "List", items: [] } };
if (found.error !== undefined) {
  process.stderr.write(found.error);
  process.exitCode = 1;
} else {
  console.log(JSON.stringify(found.list));
}
`;
    writeFileSync(join(folder, "kubectl"), program);
    chmodSync(join(folder, "kubectl"), 0o755);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    process.env["PATH"] = `${folder}${delimiter}${PATH ?? ""}`;
    writeFileSync(join(folder, "calls"), "");
  });

  afterEach(() => {
    process.env["PATH"] = PATH;
  });

  const answer = (answers: Answers): void => {
    writeFileSync(join(folder, "answers"), JSON.stringify(answers));
  };

  const calls = (): string[][] =>
    readFileSync(join(folder, "calls"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as string[]);

  const forbidden = {
    error:
      'Error from server (Forbidden): x is forbidden: User "u" cannot list resource "x" at the cluster scope',
  };

  it("is read kind by kind, of all namespaces, and without secrets", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "Pod" }] };
    answer({ pods: { list } });
    const { lists, invisible } = await readCluster({ namespaces: [] });
    expect(invisible).to.deep.equal([]);
    expect(lists).to.deep.include(list);
    const asked = calls();
    expect(lists).to.have.length(asked.length);
    expect(asked.find(([, kind]) => kind === "pods")).to.deep.equal([
      ...["get", "pods", "--all-namespaces", "--output=json", "--request-timeout=60s"],
    ]);
    const classes = asked.find(([, kind]) => kind === "storageclasses.storage.k8s.io");
    expect(classes).to.deep.equal([
      ...["get", "storageclasses.storage.k8s.io", "--output=json", "--request-timeout=60s"],
    ]);
    expect(asked.filter(([, kind]) => kind?.startsWith("secrets"))).to.deep.equal([]);
  });

  it("is that of the context, and of the namespaces", async () => {
    answer({});
    await readCluster({ context: "lab", namespaces: ["a", "b"] });
    const asked = calls();
    expect(asked.every((args) => args.includes("--context=lab"))).to.equal(true);
    expect(asked.some((args) => args.includes("--all-namespaces"))).to.equal(false);
    const pods = asked.filter(([, kind]) => kind === "pods").map((args) => args[2]);
    expect(pods).to.have.members(["--namespace=a", "--namespace=b"]);
  });

  it("may hide kinds from the user, and have none of others", async () => {
    answer({
      pods: forbidden,
      "poddisruptionbudgets.policy": forbidden,
      "gateways.gateway.networking.k8s.io": {
        error: `error: the server doesn't have a resource type "gateways"`,
      },
    });
    const { lists, invisible } = await readCluster({ namespaces: [] });
    expect(invisible).to.deep.equal(["poddisruptionbudgets.policy", "pods"]);
    expect(lists).to.have.length(calls().length - 3);
    expect(policiesWithout(invisible)).to.deep.equal(["disruption-budget"]);
    const { notes, without } = await gatherCluster({ namespaces: [] });
    expect(notes).to.deep.equal([
      "Not visible to this user: poddisruptionbudgets.policy, pods; not validated: disruption-budget",
    ]);
    expect(without).to.deep.equal(["disruption-budget"]);
  });

  it("may hide what leads a Prometheus to pods, so that nothing is said about metrics", async () => {
    answer({
      "podmonitors.monitoring.coreos.com": forbidden,
      "clusterpodmonitorings.monitoring.googleapis.com": forbidden,
    });
    const { without } = await gatherCluster({ namespaces: ["a"] });
    expect(without).to.deep.equal(["monitoring"]);
  });

  it("may hide what saves backups, so that nothing is said about them", async () => {
    for (const kind of ["cronjobs.batch", "schedules.velero.io"]) {
      answer({ [kind]: forbidden });
      const { without } = await gatherCluster({ namespaces: ["a"] });
      expect(without, kind).to.deep.equal(["backups", "backup-copies"]);
    }
  });

  it("has no objects that controllers have created", async () => {
    const metadata = {
      name: "zk-0",
      ownerReferences: [{ kind: "StatefulSet", name: "zk", controller: true }],
    };
    const items = [
      { apiVersion: "v1", kind: "Pod", metadata },
      { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } },
    ];
    answer({ pods: { list: { apiVersion: "v1", kind: "List", items } } });
    const { objects, notes, failures } = await gatherCluster({ namespaces: [] });
    expect(objects.map(({ name }) => name)).to.deep.equal(["a"]);
    expect([...notes, ...failures]).to.deep.equal([]);
  });

  for (const [title, error, expected] of [
    [
      "that does not answer",
      "E1126 memcache.go\nUnable to connect to the server: timeout",
      /^kubectl get: Unable to connect to the server: timeout$/,
    ],
    [
      "whose context does not exist",
      'error: context "x" does not exist',
      /^kubectl get: error: context "x" does not exist$/,
    ],
    ["whose kubectl says nothing", "", /^kubectl get: Command failed: kubectl get storageclasses/],
  ] as const) {
    it(`cannot be one ${title}`, async () => {
      answer({ "storageclasses.storage.k8s.io": { error } });
      const thrown = await readCluster({ namespaces: [] }).catch((caught: unknown) => caught);
      expect(thrown).to.be.instanceOf(ClusterError);
      expect((thrown as ClusterError).message).to.match(expected);
    });
  }

  it("cannot be read without kubectl", async () => {
    process.env["PATH"] = "/nonexistent";
    const thrown = await readCluster({ namespaces: [] }).catch((caught: unknown) => caught);
    expect(thrown).to.be.instanceOf(ClusterError);
    expect((thrown as ClusterError).message).to.contain("kubectl is not on PATH");
  });
});
