import { expect } from "chai";

import type { Drill } from "../../verify/drill.ts";
import { DrillFailure, DrillSkipped, Interrupted } from "../../verify/errors.ts";
import { runDrill, type Result, type RunContext } from "../../verify/runner.ts";
import { drill, FakeKubectl, healthyAnswers, zk } from "./fixtures.ts";

const ensemble = { ...zk, pods: ["zk-0"], budget: undefined };

async function result(parts: Partial<Drill>, run: Partial<RunContext> = {}): Promise<Result> {
  const interrupt = new AbortController().signal;
  const defaults = {
    target: { namespace: "default" },
    ensemble,
    disruptive: false,
    interrupt,
    print: () => undefined,
  };
  return await runDrill(drill(parts), { ...defaults, ...run });
}

/** A wait that only the signal ends. */
async function forever(signal: AbortSignal): Promise<void> {
  await new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
}

describe("verify: running a drill", () => {
  let kubectl: FakeKubectl;
  beforeEach(() => (kubectl = new FakeKubectl(healthyAnswers())));
  afterEach(() => {
    kubectl.remove();
  });

  it("passes a drill whose promise holds", async () => {
    const { outcome, records } = await result({
      run: (context) => {
        context.seen("It holds.");
        return Promise.resolve();
      },
    });
    expect(outcome).to.equal("passed");
    expect(records).to.deep.equal([{ kind: "seen", text: "It holds." }]);
  });

  it("fails a drill whose promise does not hold, and gathers the state", async () => {
    const { outcome, message, diagnostics } = await result({
      run: () => Promise.reject(new DrillFailure("zk-0 says no")),
    });
    expect([outcome, message]).to.deep.equal(["failed", "zk-0 says no"]);
    expect(diagnostics).to.contain("$ kubectl get events --sort-by=.lastTimestamp");
  });

  it("fails a drill that breaks in any other way", async () => {
    const { outcome, message } = await result({
      run: () => Promise.reject(new TypeError("x is not a function")),
    });
    expect([outcome, message]).to.deep.equal(["failed", "x is not a function"]);
  });

  it("skips a drill that says that it cannot be tried", async () => {
    const { outcome, message } = await result({
      run: () => Promise.reject(new DrillSkipped("no fourth node")),
    });
    expect([outcome, message]).to.deep.equal(["skipped", "no fourth node"]);
  });

  it("skips a drill that disturbs, unless that is allowed", async () => {
    expect((await result({ disruptive: true })).outcome).to.equal("skipped");
    expect((await result({ disruptive: true }, { disruptive: true })).outcome).to.equal("passed");
  });

  it("ends a drill at its deadline and says so", async () => {
    const { outcome, message } = await result({
      deadline: 0.2,
      run: async ({ kubectl: own }) => {
        await own.run(["get", "pods", "--watch-only"]);
        await forever(own.signal);
      },
    });
    expect(outcome).to.equal("failed");
    // The same wherever the deadline finds it: a slow machine is not at the drill's first line by then.
    expect(message).to.equal("not done within 0.2 s");
  });

  it("puts back, the latest first, after a failure, and goes on when one cannot be put back", async () => {
    const done: string[] = [];
    const { outcome, message } = await result({
      run: (context) => {
        context.putBack("the first", () => {
          done.push("first");
          return Promise.resolve();
        });
        context.putBack("the second", () => Promise.reject(new Error("no way")));
        context.putBack("the third", () => {
          done.push("third");
          return Promise.resolve();
        });
        return Promise.reject(new DrillFailure("broken"));
      },
    });
    expect(done).to.deep.equal(["third", "first"]);
    expect(outcome).to.equal("failed");
    expect(message).to.equal("broken; not put back (the second): no way");
  });

  it("fails a drill that passed, but whose change could not be put back", async () => {
    const { outcome } = await result({
      run: (context) => {
        context.putBack("it", () => Promise.reject(new Error("no way")));
        return Promise.resolve();
      },
    });
    expect(outcome).to.equal("failed");
  });

  it("puts back with commands that still run when the user ends the drills", async () => {
    const interrupt = new AbortController();
    const { outcome, message } = await result(
      {
        run: async (context) => {
          context.putBack("uncordon", async (putBack) => {
            await putBack.run(["uncordon", "node-0"]);
          });
          interrupt.abort(new Interrupted("ended by SIGINT"));
          await context.kubectl.run(["drain", "node-0"]);
        },
      },
      { interrupt: interrupt.signal },
    );
    expect([outcome, message]).to.deep.equal(["interrupted", "ended by SIGINT"]);
    expect(kubectl.commands).to.include("uncordon node-0");
    expect(kubectl.commands).not.to.include("drain node-0");
  });
});

describe("verify: an ensemble that is not healthy", () => {
  it("has no drill run on it, with the reason", async () => {
    const kubectl = new FakeKubectl(`case "$*" in *srvr*) exit 0 ;; esac\n${healthyAnswers()}`);
    try {
      let ran = false;
      const { outcome, message } = await result({
        run: () => {
          ran = true;
          return Promise.resolve();
        },
      });
      expect(ran).to.equal(false);
      expect(outcome).to.equal("failed");
      expect(message).to.contain(
        "the ensemble is not ready for a drill: server default/zk-0 is not in a quorum",
      );
    } finally {
      kubectl.remove();
    }
  });
});
