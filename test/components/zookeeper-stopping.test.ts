import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { ensembleDefaults } from "../../components/ensemble/args.ts";
import { renderZooCfg } from "../../components/ensemble/zoo-cfg.ts";
import { ScriptedPod } from "./scripted-pod.ts";

/** Answers to srvr: of a server in a quorum, and of one that waits for a quorum. */
const serving = "Zookeeper version: 3.9.5\nMode: follower\n";
const waiting = "This ZooKeeper instance is not currently serving requests\n";

describe("zookeeper-stopping", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    everyoneServes();
    pod.resolves("zk-0", "zk-1", "zk-2", "zk-3", "zk-4");
    // The clock stands still, unless a test lets time pass.
    pod.program("date", "echo 1000");
    pod.program("sleep", "exec /bin/sleep 1");
  });

  afterEach(() => {
    pod.remove();
  });

  /** Sets a server's answer to srvr; empty if it is down. The pod's own server is `127.0.0.1`. */
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

  /** Runs a command during the n-th sleep of the hook. */
  const afterChecks = (n: number, command: string): void => {
    pod.program(
      "sleep",
      `echo >>"${pod.root}/slept"; [ "$(wc -l <"${pod.root}/slept")" -ne ${n} ] || ${command}`,
    );
  };

  const checks = (): number => questions().filter((question) => question.startsWith("127.0.0.1 ")).length;

  it("stops at once and logs nothing if the others have a quorum; asks each once, by name and client port", () => {
    pod.program("sleep", "echo slept; exec /bin/sleep 60");
    expect(stop()).to.deep.equal([]);
    expect(questions().sort()).to.deep.equal([
      "127.0.0.1 2181",
      "zk-0.zk-hs.default.svc.cluster.local. 2181",
      "zk-2.zk-hs.default.svc.cluster.local. 2181",
    ]);
  });

  describe("with TLS between clients and servers", () => {
    const files = { ZK_CLIENT_CERTIFICATES_DIR: "/client-certificates" };
    const zooCfg = (clientTls: string) => {
      pod.write("conf/zoo.cfg", renderZooCfg({ ...ensembleDefaults, name: "zk", clientTls }));
    };
    /** Servers that answer over TLS as well as in plain text, or only over TLS. */
    const overTls = (...only: string[]): void => {
      pod.program(
        "openssl",
        `[ "$(cat)" = srvr ] && host=\${4%%.zk-hs.*} && echo "TLS $*" >>"${pod.root}/questions"
cat "${pod.root}/tls-$host" 2>/dev/null`,
      );
      for (const host of ["zk-0", "zk-2"]) {
        pod.write(`tls-${host}`, serving);
      }
      for (const host of only) {
        answers(host, "");
      }
    };
    const overTlsAsked = () =>
      questions()
        .filter((question) => question.startsWith("TLS "))
        .map((question) => /-connect (\S+)/.exec(question)?.[1])
        .sort();

    it("asks the others only over TLS where that is required, with names and its own certificate", () => {
      zooCfg("require");
      overTls("zk-0", "zk-2");
      expect(stop(50, files)).to.deep.equal([]);
      expect(questions().filter((question) => question.endsWith(" 2181"))).to.deep.equal(["127.0.0.1 2181"]);
      expect(overTlsAsked()).to.deep.equal(
        ["zk-0", "zk-2"].map((host) => `${host}.zk-hs.default.svc.cluster.local:2281`),
      );
      const [first = ""] = questions().filter((question) => question.startsWith("TLS "));
      expect(first)
        .to.contain("-verify_return_error")
        .and.to.contain("-cert /client-certificates/server.pem")
        .and.to.contain("-CAfile /client-certificates/trust.pem");
      expect(first).to.match(/-verify_hostname zk-[02]\.zk-hs\.default\.svc\.cluster\.local /);
    });

    it("asks in both ways while some servers require TLS and some do not have it yet", () => {
      zooCfg("accept");
      overTls("zk-0");
      expect(stop(50, files)).to.deep.equal([]);
      expect(overTlsAsked()).to.deep.equal(["zk-0.zk-hs.default.svc.cluster.local:2281"]);
    });

    it("waits for a server that answers in neither way", () => {
      zooCfg("accept");
      overTls("zk-0");
      pod.write("tls-zk-0", "");
      afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/tls-zk-0"`);
      expect(stop(50, files)).to.have.length(2);
    });
  });

  it("waits while another server is down, logs once why, and stops when it is back", () => {
    answers("zk-0", "");
    afterChecks(3, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    const [why, end, ...more] = stop();
    expect(more).to.deep.equal([]);
    expect(why).to.equal(
      "zookeeper-stopping: without this server there is no quorum, because these servers do not serve: zk-0. " +
        "It waits up to 50s for them before it stops",
    );
    expect(end).to.contain("the other servers have a quorum after 0s");
    expect(checks()).to.equal(4);
  });

  it("does not count a server that waits for a quorum", () => {
    answers("zk-0", waiting);
    afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    expect(stop()).to.have.length(2);
  });

  it("requires more than half of all servers, without itself", () => {
    pod.ensemble(5);
    answers("zk-3", "");
    expect(stop()).to.deep.equal([]);
    answers("zk-4", "");
    afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-3"`);
    expect(stop()[0]).to.contain("do not serve: zk-3 zk-4.");
  });

  it("stops after its time limit, and logs that", () => {
    pod.hurry();
    answers("zk-0", "");
    const [, end] = stop(7);
    expect(end).to.match(/the other servers still have no quorum after [78]s/);
    expect(checks()).to.be.within(6, 9);
  });

  it("stops at once if its server does not serve, without asking the others", () => {
    answers("127.0.0.1", waiting);
    answers("zk-0", "");
    expect(stop()).to.deep.equal([]);
    expect(questions()).to.deep.equal(["127.0.0.1 2181"]);
  });

  it("stops when its server loses its quorum", () => {
    answers("zk-0", "");
    afterChecks(2, `printf '%s' '${waiting}' >"${pod.root}/answer-127.0.0.1"`);
    const [, end] = stop();
    expect(end).to.contain("has lost its quorum");
    expect(checks()).to.equal(3);
  });

  it("stops at once if it is the only server", () => {
    pod.ensemble(1);
    expect(stop(50, { POD_NAME: "zk-0" })).to.deep.equal([]);
    expect(pod.exists("questions")).to.equal(false);
  });

  it("stops at once if it is no longer one of the servers", () => {
    answers("zk-0", "");
    expect(stop(50, { POD_NAME: "zk-3" })).to.deep.equal([]);
    expect(pod.exists("questions")).to.equal(false);
  });

  it("does not wait for removed servers: higher ordinals whose names do not resolve", () => {
    pod.ensemble(5);
    answers("zk-3", "");
    answers("zk-4", "");
    pod.resolves("zk-0", "zk-1", "zk-2");
    expect(stop()).to.deep.equal([]);
  });

  it("waits for lower ordinals whose names do not resolve: their pods wait for a node", () => {
    pod.ensemble(5);
    answers("zk-0", "");
    answers("zk-1", "");
    pod.resolves("zk-2", "zk-3", "zk-4");
    afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
    expect(stop(50, { POD_NAME: "zk-4" })[0]).to.contain("do not serve: zk-0 zk-1.");
  });

  it("waits if the others are no quorum of the remaining servers either", () => {
    answers("zk-2", "");
    pod.resolves("zk-0", "zk-1");
    afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-2"`);
    expect(stop()[0]).to.contain("do not serve: zk-2.");
  });

  it("stops if it cannot log", () => {
    answers("zk-0", "");
    pod.hurry();
    const script = join(pod.root, "scripts/zookeeper-stopping");
    expect(pod.run(script, ["3", join(pod.root, "no/log")])).to.include({ status: 0, output: "" });
  });

  describe("when others stop as well", () => {
    let server: Server;
    let port: number;

    beforeEach(async () => {
      // It closes first, like a ZooKeeper server that answers.
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

    /** Asks the pod's own server from an address, as another server's hook does. This machine's kernel lists it. */
    const asks = async (localAddress: string): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port, localAddress }, () => socket.write("srvr"));
        socket.on("error", reject).on("close", () => {
          resolve();
        });
        socket.resume();
      });
    };

    it("does not wait if all servers that still serve have asked it", async () => {
      answers("zk-0", "");
      await asks("127.0.0.4");
      expect(stop()).to.deep.equal(["zookeeper-stopping: the other servers stop as well: this server stops"]);
    });

    it("waits if only a server that is gone has asked it", async () => {
      answers("zk-0", "");
      await asks("127.0.0.2");
      afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
      expect(stop()).to.have.length(2);
    });

    it("waits if a server that still serves has not asked it", async () => {
      pod.ensemble(5);
      const zooCfg = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8");
      pod.write("conf/zoo.cfg", zooCfg.replaceAll(";2181", `;${port}`));
      answers("zk-3", "");
      answers("zk-4", "");
      await asks("127.0.0.4");
      afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-3"`);
      expect(stop()).to.have.length(2);
    });

    it("waits if no server answers, because the network may be slow", async () => {
      answers("zk-0", "");
      answers("zk-2", "");
      await asks("127.0.0.4");
      afterChecks(1, `printf '%s' '${waiting}' >"${pod.root}/answer-127.0.0.1"`);
      expect(stop()[0]).to.contain("do not serve: zk-0 zk-2.");
    });

    it("waits if the question was asked long ago", async () => {
      answers("zk-0", "");
      await asks("127.0.0.4");
      await new Promise((resolve) => setTimeout(resolve, 8000));
      afterChecks(1, `printf '%s' '${serving}' >"${pod.root}/answer-zk-0"`);
      expect(stop()).to.have.length(2);
    });
  });
});
