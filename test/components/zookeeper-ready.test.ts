import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

describe("zookeeper-ready", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    pod.start();
  });

  afterEach(() => {
    pod.remove();
  });

  const serving = { ruok: "imok", srvr: "Zookeeper version: 3.9.5\\nMode: follower\\n" };
  const waiting = { ruok: "imok", srvr: "This ZooKeeper instance is not currently serving requests\\n" };
  const silent = {};

  for (const { what, answers, expected } of [
    { what: "in a quorum", answers: serving, expected: { serving: 0, alive: 0, started: 0 } },
    { what: "waiting for a quorum", answers: waiting, expected: { serving: 1, alive: 0, started: 1 } },
    { what: "silent", answers: silent, expected: { serving: 1, alive: 1, started: 1 } },
  ]) {
    it(`answers for a server that is ${what}`, () => {
      pod.answers(answers);
      expect({
        serving: pod.ask("serving"),
        alive: pod.ask("alive"),
        started: pod.ask("started"),
      }).to.deep.equal(expected);
    });
  }

  it("reports a server as started after it has waited for a quorum for 30 seconds, but not a silent one", () => {
    pod.write("bin/started", String(Math.floor(Date.now() / 1000) - 31));
    pod.answers(waiting);
    expect(pod.ask("started")).to.equal(0);
    pod.answers(silent);
    expect(pod.ask("started")).to.equal(1);
  });

  it("reports a server with the former list of servers as started, but not as serving", () => {
    pod.write("bin/former-list", "");
    pod.answers(serving);
    expect([pod.ask("serving"), pod.ask("alive"), pod.ask("started")]).to.deep.equal([1, 0, 0]);
  });

  it("rejects an unknown question", () => {
    expect(pod.ask("what")).to.equal(2);
  });
});
