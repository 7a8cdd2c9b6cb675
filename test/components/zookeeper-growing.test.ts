import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

/** What a server that is in a quorum answers to srvr, and what one does that waits for it. */
const serving = "Zookeeper version: 3.9.5\nMode: follower\n";
const waiting = "This ZooKeeper instance is not currently serving requests\n";
/** tickTime * syncLimit as shipped, and five seconds more. */
const patience = 15;
/** After how many looks the server ends by itself. */
const looksAtMost = 25;

describe("zookeeper-growing", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    pod.ensemble(4);
    mkdirSync(pod.data, { recursive: true });
    pod.write("volume/data/former-servers", "3\n");
    pod.program("nc", `cat >/dev/null; cat "${pod.root}/answer-\${3%%.zk-hs.*}"`);
    answers({ "127.0.0.1": waiting, "zk-0": serving, "zk-1": waiting, "zk-2": serving, "zk-3": waiting });
    // Every look is a second; in some of them something happens, and in the last one the server ends.
    pod.write("looks", "0");
    pod.program("date", `cat "${pod.root}/looks"`);
    pod.program(
      "sleep",
      `looks=$(($(cat "${pod.root}/looks") + 1)); echo $looks >"${pod.root}/looks"
[ ! -e "${pod.root}/after-$looks" ] || mv "${pod.root}/after-$looks"/* "${pod.root}"
[ $looks -lt ${looksAtMost} ] || kill "$(cat "${pod.root}/server")"`,
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

  /** What servers answer to srvr; `127.0.0.1` is the pod's own one. */
  const answers = (all: Readonly<Record<string, string>>, folder = ""): void => {
    for (const [host, answer] of Object.entries(all)) {
      pod.write(`${folder}answer-${host}`, answer);
    }
  };

  /** What they answer once so many looks have been taken. */
  const answersAfter = (looks: number, all: Readonly<Record<string, string>>): void => {
    mkdirSync(join(pod.root, `after-${looks}`));
    answers(all, `after-${looks}/`);
  };

  /** Runs the script in zk-1. @returns what it says and how many looks it took until it had the server end */
  const grow = (): { says: string[]; looks: number } => {
    const { status, output } = pod.run(join(pod.root, "server-and-growing"));
    expect(status, output).to.equal(143);
    const looks = Number(readFileSync(join(pod.root, "looks"), "utf8"));
    return { says: output.split("\n").filter((line) => line.startsWith("zookeeper-growing:")), looks };
  };

  const leavesItAlone = (asked = false): void => {
    const { says, looks } = grow();
    expect(says).to.deep.equal([]);
    // One more where the server has not quite ended yet.
    expect(looks).to.be.within(looksAtMost, looksAtMost + 1);
    expect(pod.exists("bin/former-list")).to.equal(asked);
  };

  it("has a server that cannot join start with the former list, when it is sure", () => {
    expect(grow()).to.deep.equal({
      says: [
        "zookeeper-growing: 2 other servers have a quorum of 3, and 3 of 4 are wanted here: " +
          "this server joins them with the list of 3 servers, and is not Ready meanwhile",
      ],
      looks: patience,
    });
    expect(pod.exists("bin/former-list")).to.equal(true);
  });

  it("leaves a server alone that serves", () => {
    answers({ "127.0.0.1": serving });
    leavesItAlone();
  });

  it("leaves a server alone that can join: as many serve as its list wants", () => {
    answers({ "zk-3": serving });
    leavesItAlone();
  });

  it("leaves a server alone where nobody has a quorum", () => {
    answers({ "zk-0": waiting });
    leavesItAlone();
  });

  it("begins to wait anew when the server has served meanwhile, or the others have", () => {
    answersAfter(3, { "127.0.0.1": serving });
    answersAfter(4, { "127.0.0.1": waiting });
    answersAfter(7, { "zk-0": waiting });
    answersAfter(8, { "zk-0": serving });
    expect(grow().looks).to.equal(8 + patience);
  });

  describe("of a server that goes by the former list", () => {
    beforeEach(() => {
      pod.write("bin/former-list", "");
    });

    it("has it start with its own list when enough others serve", () => {
      answers({ "127.0.0.1": serving });
      answersAfter(7, { "zk-3": serving });
      expect(grow()).to.deep.equal({
        says: ["zookeeper-growing: 3 other servers serve: this one starts anew with the list of 4 servers"],
        looks: 7,
      });
      expect(pod.exists("bin/former-list")).to.equal(false);
    });

    it("leaves it alone until then", () => {
      leavesItAlone(true);
    });
  });

  it("takes an ensemble of five and a server that is slower to notice for what they are", () => {
    pod.ensemble(6);
    pod.write("volume/data/former-servers", "5\n");
    const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
    pod.write("conf/zoo.cfg", zooCfg.replace(/^syncLimit=.*$/m, "syncLimit=7"));
    answers({ "zk-3": serving, "zk-4": waiting, "zk-5": waiting });
    const { says, looks } = grow();
    expect(says[0]).to.contain("3 other servers have a quorum of 5, and 4 of 6 are wanted here");
    expect(looks).to.equal(19);
  });
});
