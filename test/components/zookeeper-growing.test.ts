import { mkdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

/** What a server in a quorum answers to srvr and mntr together. @param list the number of servers in its list */
const servingWith = (list: number): string =>
  `Zookeeper version: 3.9.5\nMode: follower\nzk_server_state\tfollower\nzk_quorum_size\t${list}.0\n`;
const serving = servingWith(3);
const waiting = "This ZooKeeper instance is not currently serving requests\n";
/** The default tickTime * syncLimit, plus five seconds. */
const patience = 15;
/** The same for zk-2 and then for zk-1, and the default tickTime * initLimit. */
const patienceForLeader = 2 * patience + 20;
/** The number of checks after which the server ends by itself. */
const mostChecks = patienceForLeader + 2 * patience;

describe("zookeeper-growing", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    pod.ensemble(4);
    mkdirSync(pod.data, { recursive: true });
    pod.write("volume/data/former-servers", "3\n");
    pod.program("nc", `cat >/dev/null; cat "${pod.root}/answer-\${3%%.zk-hs.*}"`);
    answers({ "127.0.0.1": waiting, "zk-0": serving, "zk-1": waiting, "zk-2": serving, "zk-3": waiting });
    // Every check is a second. In some of them something happens, and in the last one the server ends.
    pod.write("checks", "0");
    pod.program("date", `cat "${pod.root}/checks"`);
    pod.program(
      "sleep",
      `checks=$(($(cat "${pod.root}/checks") + 1)); echo $checks >"${pod.root}/checks"
[ ! -e "${pod.root}/after-$checks" ] || mv "${pod.root}/after-$checks"/* "${pod.root}"
[ $checks -lt ${mostChecks} ] || kill "$(cat "${pod.root}/server")"`,
    );
    pod.write(
      "server-and-growing",
      `/bin/sleep 60 & server=$!
echo $server >"${pod.root}/server"
sh "${pod.root}/scripts/zookeeper-growing" $server
wait $server`,
    );
  });

  afterEach(() => {
    pod.remove();
  });

  /** Sets the servers' answers to srvr; `127.0.0.1` is the pod's own server. */
  const answers = (all: Readonly<Record<string, string>>, folder = ""): void => {
    for (const [host, answer] of Object.entries(all)) {
      pod.write(`${folder}answer-${host}`, answer);
    }
  };

  /** Sets their answers after this number of checks. */
  const answersAfter = (checks: number, all: Readonly<Record<string, string>>): void => {
    mkdirSync(join(pod.root, `after-${checks}`));
    answers(all, `after-${checks}/`);
  };

  /** Runs the script in zk-1. @returns what it logs, and after how many checks it, or the last one, ended the server */
  const grow = (end: "SIGUSR1" | "SIGTERM" = "SIGUSR1"): { says: string[]; checks: number } => {
    const { status, output } = pod.run(join(pod.root, "server-and-growing"));
    expect(status, output).to.equal(128 + constants.signals[end]);
    const checks = Number(readFileSync(join(pod.root, "checks"), "utf8"));
    return { says: output.split("\n").filter((line) => line.startsWith("zookeeper-growing:")), checks };
  };

  const leavesItAlone = (asked = false): void => {
    const { says, checks } = grow("SIGTERM");
    expect(says).to.deep.equal([]);
    // There may be one more check before the server has ended.
    expect(checks).to.be.within(mostChecks, mostChecks + 1);
    expect(pod.exists("bin/former-list")).to.equal(asked);
  };

  it("restarts a server that cannot join with the former list, after waiting long enough", () => {
    expect(grow()).to.deep.equal({
      says: [
        "zookeeper-growing: 2 other servers have a quorum of 3, but a quorum of 4 needs 3: " +
          "this server joins them with the list of 3 servers, and is not Ready meanwhile",
      ],
      checks: patience,
    });
    expect(pod.exists("bin/former-list")).to.equal(true);
  });

  it("leaves a serving server alone", () => {
    answers({ "127.0.0.1": serving });
    leavesItAlone();
  });

  it("leaves a server alone that can join, because enough servers for its list serve", () => {
    answers({ "zk-3": serving });
    leavesItAlone();
  });

  it("leaves a server alone while too few servers answer for a quorum", () => {
    answers({ "zk-0": "", "zk-2": "" });
    leavesItAlone();
  });

  it("restarts a server with the former list if there is no quorum, although enough servers answer", () => {
    answers({ "zk-0": waiting, "zk-2": "" });
    expect(grow()).to.deep.equal({
      says: [
        "zookeeper-growing: 1 other servers look for a leader, but have the list of 3 servers, and ignore votes for " +
          "the new one: this server restarts with their list, and is not Ready meanwhile",
      ],
      checks: patienceForLeader,
    });
    expect(pod.exists("bin/former-list")).to.equal(true);
  });

  it("gives a leader the time that it may take", () => {
    answers({ "zk-0": waiting, "zk-2": waiting });
    answersAfter(patienceForLeader - 1, { "zk-0": serving });
    answersAfter(patienceForLeader, { "zk-0": waiting });
    leavesItAlone();
  });

  it("leaves a server alone without a quorum if all servers that answer have the new list", () => {
    answers({ "zk-0": servingWith(4), "zk-2": servingWith(3) });
    answersAfter(1, { "zk-0": waiting, "zk-2": "" });
    leavesItAlone();
  });

  it("ends once every server has the new list, and is not started again", () => {
    answers({ "zk-0": servingWith(4), "zk-2": servingWith(3) });
    answersAfter(2, { "zk-0": waiting });
    answersAfter(3, { "zk-2": servingWith(4) });
    pod.write(
      "server-and-growing",
      `/bin/sleep 60 & server=$!
sh "${pod.root}/scripts/zookeeper-growing" $server && kill $server
wait $server`,
    );
    expect(grow("SIGTERM")).to.deep.equal({ says: [], checks: 3 });
    expect(pod.exists("volume/data/former-servers")).to.equal(false);
  });

  it("starts waiting again after the server has served, or after the others lost their quorum", () => {
    answersAfter(3, { "127.0.0.1": serving });
    answersAfter(4, { "127.0.0.1": waiting });
    answersAfter(7, { "zk-0": waiting });
    answersAfter(8, { "zk-0": serving });
    expect(grow().checks).to.equal(8 + patience);
  });

  describe("for a server with the former list", () => {
    beforeEach(() => {
      pod.write("bin/former-list", "");
    });

    it("restarts it with its own list when enough others serve, those above it with their own lists", () => {
      answers({ "127.0.0.1": serving });
      answersAfter(3, { "zk-3": servingWith(4) });
      answersAfter(7, { "zk-2": servingWith(4) });
      expect(grow()).to.deep.equal({
        says: ["zookeeper-growing: 3 other servers serve: this one restarts with the list of 4 servers"],
        checks: 7,
      });
      expect(pod.exists("bin/former-list")).to.equal(false);
    });

    it("leaves it alone until then", () => {
      leavesItAlone(true);
    });

    it("restarts it with its own list if there is no quorum with the former list either", () => {
      answers({ "zk-0": waiting, "zk-2": waiting });
      expect(grow()).to.deep.equal({
        says: [
          "zookeeper-growing: there is no quorum of 3 either: this server restarts with the list of 4 servers",
        ],
        checks: patienceForLeader,
      });
      expect(pod.exists("bin/former-list")).to.equal(false);
    });
  });

  it("restarts a server with the former list where four servers become five", () => {
    pod.ensemble(5);
    pod.write("volume/data/former-servers", "4\n");
    answers({ "zk-0": waiting, "zk-2": waiting, "zk-3": "", "zk-4": waiting });
    const { says, checks } = grow();
    expect(says[0]).to.contain("2 other servers look for a leader, but have the list of 4 servers");
    // There are two servers above zk-1 that go first.
    expect(checks).to.equal(patienceForLeader + patience);
  });

  it("uses the majority of five servers and another syncLimit", () => {
    pod.ensemble(6);
    pod.write("volume/data/former-servers", "5\n");
    const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
    pod.write("conf/zoo.cfg", zooCfg.replace(/^syncLimit=.*$/m, "syncLimit=7"));
    answers({ "zk-3": serving, "zk-4": waiting, "zk-5": waiting });
    const { says, checks } = grow();
    expect(says[0]).to.contain("3 other servers have a quorum of 5, but a quorum of 6 needs 4");
    expect(checks).to.equal(19);
  });
});
