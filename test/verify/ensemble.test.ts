import { expect } from "chai";

import { ensembleProblems, findEnsemble } from "../../verify/ensemble.ts";
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

  it("is ready for a drill when it is healthy", async () => {
    expect(await ensembleProblems(kubectl(), one)).to.deep.equal([]);
  });

  it("is not ready for a drill because of a problem, or of a risk such as a cordoned node", async () => {
    const none = answer("get pods -l app=zk -o json", { items: [] });
    expect(await ensembleProblems(kubectl(none), one)).to.deep.equal(["pod default/zk-0 does not exist"]);
    const silent = 'case "$*" in *srvr*) exit 1 ;; esac';
    expect(await ensembleProblems(kubectl(silent), one)).to.deep.equal([
      "server default/zk-0 is not in a quorum, or does not answer",
    ]);
    const cordoned = {
      metadata: { name: "node-0" },
      spec: { unschedulable: true },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    };
    const nodes = answer("get nodes -o json", { items: [cordoned] });
    expect(await ensembleProblems(kubectl(nodes), one)).to.deep.equal(["node node-0 is cordoned"]);
    const missing = 'case "$*" in "get statefulsets zk "*) exit ;; esac';
    expect(await ensembleProblems(kubectl(missing), one)).to.deep.equal([
      "StatefulSet default/zk does not exist",
    ]);
  });

  it("asks only the servers of pods that are Ready", async () => {
    const pod = { metadata: { name: "zk-0", namespace: "default" }, status: { phase: "Pending" } };
    const pending = answer("get pods -l app=zk -o json", { items: [pod] });
    expect(await ensembleProblems(kubectl(pending), one)).to.deep.equal(["pod default/zk-0 is Pending"]);
    expect(fake?.commands.filter((command) => command.includes("srvr"))).to.deep.equal([]);
  });
});
