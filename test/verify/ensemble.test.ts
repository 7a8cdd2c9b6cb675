import { expect } from "chai";

import { ensembleFaults, findEnsemble, quorum } from "../../verify/ensemble.ts";
import { Kubectl } from "../../verify/kubectl.ts";
import { Transcript } from "../../verify/transcript.ts";
import { FakeKubectl, healthyAnswers, zk } from "./fixtures.ts";

describe("verify: the ensemble", () => {
  let fake: FakeKubectl | undefined;
  afterEach(() => {
    fake?.remove();
  });

  function kubectl(...before: string[]): Kubectl {
    fake?.remove();
    fake = new FakeKubectl([...before, healthyAnswers()].join("\n"));
    const signal = new AbortController().signal;
    return new Kubectl({ namespace: "default" }, new Transcript(() => undefined), signal);
  }

  /** A line that answers this command otherwise. */
  const answer = (command: string, json: object): string =>
    `case "$*" in "${command}") echo '${JSON.stringify(json)}'; exit ;; esac`;

  it("is found by its StatefulSet's name, with what selects its pods", async () => {
    const service = (name: string, selector: object): object => ({ metadata: { name }, spec: { selector } });
    const services = [
      service("zk-hs", { app: "zk" }),
      service("other", { app: "other" }),
      service("zk-cs", { app: "zk" }),
      service("kubernetes", {}),
    ];
    const budgets = [{ metadata: { name: "zk-budget" }, spec: { selector: { matchLabels: { app: "zk" } } } }];
    const found = await findEnsemble(
      kubectl(
        answer("get services -o json", { items: services }),
        answer("get poddisruptionbudgets -o json", { items: budgets }),
      ),
      "zk",
    );
    expect(found).to.deep.equal({ ...zk, pods: ["zk-0"], budget: "zk-budget", container: "server" });
  });

  it("is said not to be there where it is not", async () => {
    let message = "";
    try {
      await findEnsemble(kubectl('case "$*" in "get statefulsets "*) exit 0 ;; esac'), "zk");
    } catch (error) {
      message = error instanceof Error ? error.message : "";
    }
    expect(message).to.equal("there is no StatefulSet zk in namespace default");
  });

  const one = { ...zk, pods: ["zk-0"], budget: undefined };

  it("has no faults when it is healthy", async () => {
    expect(await ensembleFaults(kubectl(), one)).to.deep.equal([]);
  });

  it("has a fault in a pod that is missing, a server in no quorum, a cordoned node, a roll-out", async () => {
    const none = answer("get pods -l app=zk -o json", { items: [] });
    expect(await ensembleFaults(kubectl(none), one)).to.deep.equal(["pod zk-0 is not there"]);
    const silent = 'case "$*" in *srvr*) exit 1 ;; esac';
    expect(await ensembleFaults(kubectl(silent), one)).to.deep.equal([
      "server zk-0 is in no quorum: its answer to srvr has no Mode",
      "0 servers say that they lead",
    ]);
    const cordoned = { metadata: { name: "node-0" }, spec: { unschedulable: true } };
    const nodes = answer("get nodes -o json", { items: [cordoned] });
    expect(await ensembleFaults(kubectl(nodes), one)).to.deep.equal([
      "node node-0 of zk-0 is cordoned or not Ready",
    ]);
    const rolling = {
      metadata: { name: "zk", generation: 2 },
      spec: { replicas: 1 },
      status: { observedGeneration: 1, currentRevision: "a", updateRevision: "b" },
    };
    const set = answer("get statefulsets zk -o json --ignore-not-found", rolling);
    expect(await ensembleFaults(kubectl(set), one)).to.deep.equal([
      "StatefulSet zk is being rolled from revision a to b",
      "a change of StatefulSet zk has not been taken up yet",
    ]);
  });

  it("needs more than half of its servers", () => {
    expect(quorum(zk)).to.equal(2);
    expect(quorum({ ...zk, pods: ["a", "b", "c", "d", "e"] })).to.equal(3);
    expect(quorum(one)).to.equal(1);
  });
});
