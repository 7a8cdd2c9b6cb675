import { expect } from "chai";

import { Kubectl } from "../../verify/kubectl.ts";
import { Transcript } from "../../verify/transcript.ts";
import { Watch } from "../../verify/watch.ts";
import { FakeKubectl } from "./fixtures.ts";

const event = (type: string, name: string, phase: string): string =>
  `echo '${JSON.stringify({ type, object: { metadata: { name }, status: { phase } } })}'`;

async function failure(promise: Promise<void>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it did not fail");
}

describe("verify: a watch", () => {
  let fake: FakeKubectl | undefined;
  afterEach(() => {
    fake?.remove();
  });

  function watch(script: string, signal: AbortSignal): Watch {
    fake?.remove();
    fake = new FakeKubectl(script);
    const kubectl = new Kubectl({ namespace: "default" }, new Transcript(() => undefined), signal);
    return new Watch(kubectl, ["pods", "-l", "app=zk"], signal);
  }

  it("knows the objects as they change, and waits for conditions", async () => {
    const script = [
      event("ADDED", "a", "Pending"),
      event("ADDED", "b", "Pending"),
      event("DELETED", "a", "Pending"),
    ];
    const pods = watch(`${script.join("\n")}\nexec sleep 60`, new AbortController().signal);
    await pods.until("a is there", (objects) => objects.has("a"));
    await pods.until("a is gone", (objects) => objects.has("b") && !objects.has("a"));
    expect([...pods.objects.keys()]).to.deep.equal(["b"]);
    await pods.stop();
    expect(fake?.commands).to.deep.equal(["get pods -l app=zk -w -o json --output-watch-events"]);
  });

  it("says what it waited for when its time is over", async () => {
    const end = new AbortController();
    const pods = watch("exec sleep 60", end.signal);
    setTimeout(() => {
      end.abort(new Error("not done within 1 s"));
    }, 50);
    const message = await failure(pods.until("a is Ready", () => false));
    expect(message).to.equal("not done within 1 s; it waited until a is Ready");
    await pods.stop();
  });

  it("fails who waits when kubectl fails", async () => {
    const pods = watch("echo forbidden >&2; exit 1", new AbortController().signal);
    expect(await failure(pods.until("a is Ready", () => false))).to.contain("forbidden");
    await pods.stop();
  });

  it("fails who waits when kubectl prints what is no event", async () => {
    const pods = watch("echo oops; exec sleep 60", new AbortController().signal);
    expect(await failure(pods.until("a is Ready", () => false))).to.contain("no event: oops");
    await pods.stop();
  });
});
