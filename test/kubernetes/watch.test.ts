import { expect } from "chai";

import type { Pod } from "../../kubernetes/objects.ts";
import { Watch, watchArguments, type FollowKubectl } from "../../kubernetes/watch.ts";

const event = (type: string, name: string): string =>
  JSON.stringify({ type, object: { metadata: { name } } });

const untilAborted = async (signal: AbortSignal): Promise<void> => {
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve);
  });
};

/** A kubectl that prints these lines and then watches until it is ended. */
const printing =
  (...lines: string[]): FollowKubectl =>
  async (_, signal, onLine) => {
    lines.forEach(onLine);
    await untilAborted(signal);
    return { code: 0, stderr: "" };
  };

async function failure(promise: Promise<void>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it did not fail");
}

describe("a watch", () => {
  const watch = (follow: FollowKubectl, signal = new AbortController().signal, retry?: number): Watch<Pod> =>
    new Watch<Pod>(follow, watchArguments("pods", "-l", "app=zk"), { signal, retry });

  it("asks kubectl for the events of a kind", () => {
    expect(watchArguments("pods", "-l", "app=zk").join(" ")).to.equal(
      "get pods -l app=zk -w -o json --output-watch-events",
    );
  });

  it("knows the objects as they change, reports changes, and waits for conditions", async () => {
    let send: (line: string) => void = () => undefined;
    const pods = watch(async (_, signal, onLine) => {
      send = onLine;
      await untilAborted(signal);
      return { code: 0, stderr: "" };
    });
    const sizes: number[] = [];
    pods.onChange((objects) => sizes.push(objects.size));
    const there = pods.until("a is there", (objects) => objects.has("a"));
    const gone = pods.until("a is gone", (objects) => objects.has("b") && !objects.has("a"));
    [event("ADDED", "a"), event("ADDED", "b"), event("DELETED", "a")].forEach((line) => {
      send(line);
    });
    await Promise.all([there, gone]);
    expect([...pods.objects.keys()]).to.deep.equal(["b"]);
    expect(sizes).to.deep.equal([1, 2, 1]);
    await pods.stop();
  });

  it("does not take an error event for an object", async () => {
    const pods = watch(printing(event("ADDED", "a"), '{"type": "ERROR", "object": {"kind": "Status"}}'));
    expect([...pods.objects.keys()]).to.deep.equal(["a"]);
    await pods.stop();
  });

  it("names the condition when its time is over", async () => {
    const end = new AbortController();
    const pods = watch(printing(), end.signal);
    const message = failure(pods.until("a is Ready", () => false));
    end.abort(new Error("not done within 1 s"));
    expect(await message).to.equal("while waiting until a is Ready: not done within 1 s");
    await pods.stop();
  });

  it("fails when kubectl fails", async () => {
    const pods = watch(() => Promise.resolve({ code: 1, stderr: "forbidden\n" }));
    expect(await failure(pods.until("a is Ready", () => false))).to.match(
      /until a is Ready: kubectl get pods.*: forbidden$/,
    );
    await pods.stop();
  });

  it("fails when kubectl prints a line that is not an event", async () => {
    const pods = watch(printing("oops"));
    expect(await failure(pods.until("a is Ready", () => false))).to.contain("not an event: oops");
    await pods.stop();
  });

  it("begins again after a failure where it is to retry, with the objects that exist then", async () => {
    let attempts = 0;
    const pods = watch(
      async (args, signal, onLine) => {
        attempts += 1;
        if (attempts === 1) {
          onLine(event("ADDED", "old"));
          return { code: 1, stderr: "connection refused" };
        }
        return await printing(event("ADDED", "new"))(args, signal, onLine);
      },
      new AbortController().signal,
      1,
    );
    await pods.until("new is there", (objects) => objects.has("new"));
    expect([...pods.objects.keys()]).to.deep.equal(["new"]);
    await pods.stop();
  });
});
