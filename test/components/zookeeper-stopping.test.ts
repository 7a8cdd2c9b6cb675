import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

/** What a server that is in a quorum answers to srvr, and what one does that waits for it. */
const serving = "Zookeeper version: 3.9.5\nMode: follower\n";
const waiting = "This ZooKeeper instance is not currently serving requests\n";

describe("zookeeper-stopping", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    everyoneServes();
    pod.resolves("zk-0", "zk-1", "zk-2", "zk-3", "zk-4");
    // The clock stands, except where a test lets time pass.
    pod.program("date", "echo 1000");
    pod.program("sleep", "exec /bin/sleep 1");
  });

  afterEach(() => {
    pod.remove();
  });

  /** What a server answers to srvr; nothing where it is down. The pod's own server is `127.0.0.1`. */
  const answers = (host: string, answer: string): void => {
    pod.write(`answer-${host}`, answer);
  };

  const everyoneServes = (): void => {
    for (const host of ["127.0.0.1", "zk-0", "zk-1", "zk-2", "zk-3", "zk-4"]) {
      answers(host, serving);
    }
    pod.program(
      "nc",
      `[ "$(cat)" = srvr ] && host=\${3%%.zk-hs.*} && echo "$3 $4" >>"${pod.root}/questions"
cat "${pod.root}/answer-$host"`,
    );
  };

  const questions = (): string[] => readFileSync(join(pod.root, "questions"), "utf8").trim().split("\n");

  /** Runs the hook in zk-1. @returns the lines that it logged */
  const stop = (seconds = 50, variables: Record<string, string> = {}): string[] => {
    const log = join(pod.root, "log");
    writeFileSync(log, "");
    const script = join(pod.root, "scripts/zookeeper-stopping");
    const { status, output } = pod.run(script, [String(seconds), log], variables);
    expect({ status, output }).to.deep.equal({ status: 0, output: "" });
    return readFileSync(log, "utf8").split("\n").filter(Boolean);
  };

  /** Does something in the n-th sleep of the hook. */
  const afterLooks = (n: number, command: string): void => {
    pod.program(
      "sleep",
      `echo >>"${pod.root}/slept"; [ "$(wc -l <"${pod.root}/slept")" -ne ${n} ] || ${command}`,
    );
  };

  const looks = (): number => questions().filter((question) => question.startsWith("127.0.0.1 ")).length;

  it("goes at once, without a word, where the others have a quorum; and asks each once, by name and client port", () => {
    pod.program("sleep", "echo slept; exec /bin/sleep 60");
    expect(stop()).to.deep.equal([]);
    expect(questions().sort()).to.deep.equal([
      "127.0.0.1 2181",
      "zk-0.zk-hs.default.svc.cluster.local. 2181",
      "zk-2.zk-hs.default.svc.cluster.local. 2181",
    ]);
  });

  it("waits while another server is down, says once why, and goes when it is back", () => {
    answers("zk-0", "");
    afterLooks(3, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    const [why, end, ...more] = stop();
    expect(more).to.deep.equal([]);
    expect(why).to.equal(
      "zookeeper-stopping: without this server there is no quorum, because these do not serve: zk-0. " +
        "It waits up to 50s for them before it stops",
    );
    expect(end).to.contain("the others have a quorum after 0s");
    expect(looks()).to.equal(4);
  });

  it("counts a server that waits for a quorum as none", () => {
    answers("zk-0", waiting);
    afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    expect(stop()).to.have.length(2);
  });

  it("counts more than half of all servers, itself not", () => {
    pod.ensemble(5);
    answers("zk-3", "");
    expect(stop()).to.deep.equal([]);
    answers("zk-4", "");
    afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-3"`);
    expect(stop()[0]).to.contain("do not serve: zk-3 zk-4.");
  });

  it("goes when its time is over, and says so", () => {
    pod.hurry();
    answers("zk-0", "");
    const [, end] = stop(7);
    expect(end).to.match(/the others have no quorum after [78]s, and the time is over/);
    expect(looks()).to.be.within(6, 9);
  });

  it("goes at once where its server does not serve, and asks nobody else", () => {
    answers("127.0.0.1", waiting);
    answers("zk-0", "");
    expect(stop()).to.deep.equal([]);
    expect(questions()).to.deep.equal(["127.0.0.1 2181"]);
  });

  it("goes when its server loses its quorum", () => {
    answers("zk-0", "");
    afterLooks(2, `printf '%s' '${waiting}' >"${pod.root}/answer-127.0.0.1"`);
    const [, end] = stop();
    expect(end).to.contain("in no quorum any more");
    expect(looks()).to.equal(3);
  });

  it("goes at once where it is the only server", () => {
    pod.ensemble(1);
    expect(stop(50, { POD_NAME: "zk-0" })).to.deep.equal([]);
    expect(pod.exists("questions")).to.equal(false);
  });

  it("goes at once where it is not one of the servers any more", () => {
    answers("zk-0", "");
    expect(stop(50, { POD_NAME: "zk-3" })).to.deep.equal([]);
    expect(pod.exists("questions")).to.equal(false);
  });

  it("does not wait for servers that have been taken away: higher ordinals without a name", () => {
    pod.ensemble(5);
    answers("zk-3", "");
    answers("zk-4", "");
    pod.resolves("zk-0", "zk-1", "zk-2");
    expect(stop()).to.deep.equal([]);
  });

  it("waits for lower ordinals that have no name: their pods wait for a node", () => {
    pod.ensemble(5);
    answers("zk-0", "");
    answers("zk-1", "");
    pod.resolves("zk-2", "zk-3", "zk-4");
    afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    expect(stop(50, { POD_NAME: "zk-4" })[0]).to.contain("do not serve: zk-0 zk-1.");
  });

  it("waits where what is left without a name is no quorum either", () => {
    answers("zk-2", "");
    pod.resolves("zk-0", "zk-1");
    afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-2"`);
    expect(stop()[0]).to.contain("do not serve: zk-2.");
  });

  it("goes where it cannot log", () => {
    answers("zk-0", "");
    pod.hurry();
    const script = join(pod.root, "scripts/zookeeper-stopping");
    expect(pod.run(script, ["3", join(pod.root, "no/log")])).to.include({ status: 0, output: "" });
  });

  describe("where others stop as well", () => {
    let server: Server;
    let port: number;

    beforeEach(async () => {
      // Like a server that answers: it is the first to close.
      server = createServer({ allowHalfOpen: true }, (socket) =>
        socket.on("data", () => socket.end("answer")),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      ({ port } = server.address() as AddressInfo);
      const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      pod.write("conf/zoo.cfg", zooCfg.replaceAll(";2181", `;${port}`));
      pod.program(
        "getent",
        'case $2 in zk-0.*) echo "127.0.0.2 STREAM" ;; zk-2.*) echo "127.0.0.4 STREAM" ;; *) echo "127.0.0.5 STREAM" ;; esac',
      );
    });

    afterEach(() => {
      server.close();
    });

    /** Has a server ask the pod's own one, as its hook does; its connections are in this machine's tables. */
    const asks = async (localAddress: string): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port, localAddress }, () => socket.write("srvr"));
        socket.on("error", reject).on("close", () => {
          resolve();
        });
        socket.resume();
      });
    };

    it("waits for nobody when all that still serve have asked it", async () => {
      answers("zk-0", "");
      await asks("127.0.0.4");
      expect(stop()).to.deep.equal(["zookeeper-stopping: the others stop as well: this server stops"]);
    });

    it("waits where only one that is gone has asked it", async () => {
      answers("zk-0", "");
      await asks("127.0.0.2");
      afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
      expect(stop()).to.have.length(2);
    });

    it("waits where one that still serves has not asked it", async () => {
      pod.ensemble(5);
      const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      pod.write("conf/zoo.cfg", zooCfg.replaceAll(";2181", `;${port}`));
      answers("zk-3", "");
      answers("zk-4", "");
      await asks("127.0.0.4");
      afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-3"`);
      expect(stop()).to.have.length(2);
    });

    it("waits where nobody answers: that can be a network that is slow", async () => {
      answers("zk-0", "");
      answers("zk-2", "");
      await asks("127.0.0.4");
      afterLooks(1, `printf '%s' '${waiting}' >"${pod.root}/answer-127.0.0.1"`);
      expect(stop()[0]).to.contain("do not serve: zk-0 zk-2.");
    });

    it("waits where the question was asked long ago", async () => {
      answers("zk-0", "");
      await asks("127.0.0.4");
      await new Promise((resolve) => setTimeout(resolve, 8000));
      afterLooks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
      expect(stop()).to.have.length(2);
    });
  });
});
