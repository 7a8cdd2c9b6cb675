import { expect } from "chai";

import { Kubectl, type Target } from "../../verify/kubectl.ts";
import { Transcript } from "../../verify/transcript.ts";
import { FakeKubectl } from "./fixtures.ts";

describe("verify: kubectl", () => {
  let fake: FakeKubectl | undefined;
  afterEach(() => {
    fake?.remove();
  });

  function kubectl(script: string, target: Partial<Target> = {}): { own: Kubectl; printed: string[] } {
    fake?.remove();
    fake = new FakeKubectl(script);
    const printed: string[] = [];
    const transcript = new Transcript((line) => printed.push(line));
    const own = new Kubectl({ namespace: "default", ...target }, transcript, new AbortController().signal);
    return { own, printed };
  }

  async function failure(promise: Promise<unknown>): Promise<string> {
    try {
      await promise;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error("it did not fail");
  }

  it("shows commands as they can be typed, with what they print on both streams", async () => {
    const { own, printed } = kubectl("echo out; sleep 0.05; echo err >&2; printf end");
    expect(await own.exec("zk-0", "sh", "-c", "echo 'a b'")).to.equal("out\nend");
    expect(printed[0]).to.equal(`$ kubectl exec zk-0 -- sh -c 'echo '\\''a b'\\'''`);
    expect(printed.slice(1)).to.have.members(["  out", "  err", "  end"]);
  });

  it("names context and namespace where a reader has to type them", () => {
    const { own } = kubectl("", { context: "gke", namespace: "zoo" });
    expect(own.commandLine(["get", "pods"])).to.equal("kubectl --context gke -n zoo get pods");
  });

  it("fails with the command and what it said, unless any exit will do", async () => {
    const { own, printed } = kubectl("echo 'pods \"zk-9\" not found' >&2; exit 1");
    expect(await failure(own.run(["get", "pod", "zk-9"]))).to.equal(
      'kubectl get pod zk-9: exit code 1: pods "zk-9" not found',
    );
    expect((await own.run(["get", "pod", "zk-9"], { anyExit: true })).code).to.equal(1);
    expect(printed).to.include("  (exit code 1)");
  });

  it("reads objects without showing it, and none where there is none", async () => {
    const { own, printed } = kubectl(`case "$*" in *pods*) echo '{"items": [{"kind": "Pod"}]}' ;; esac`);
    expect(await own.readAll("pods")).to.deep.equal([{ kind: "Pod" }]);
    expect(await own.read("statefulsets", "zk")).to.equal(undefined);
    expect(printed).to.deep.equal([]);
  });

  it("uses the kubeconfig that was given", async () => {
    const { own } = kubectl('echo "$KUBECONFIG"', { kubeconfig: "/tmp/some/kubeconfig" });
    expect((await own.quiet(["version"])).stdout).to.equal("/tmp/some/kubeconfig\n");
  });
});
