import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { ScriptedPod } from "./scripted-pod.ts";

const everybody = "'world,'anyone\n: cdrwa\n";
const closed = [
  "setAcl / world:anyone:r",
  "setAcl /zookeeper world:anyone:r",
  "setAcl /zookeeper/quota world:anyone:r",
];

describe("zookeeper-close-root", () => {
  let pod: ScriptedPod;

  beforeEach(() => {
    pod = new ScriptedPod();
    mkdirSync(pod.data, { recursive: true });
    pod.answers({ srvr: "Mode: follower\n" });
    for (const path of ["/", "/zookeeper", "/zookeeper/quota"]) {
      acl(path, everybody);
    }
    pod.write("calls", "");
    pod.program(
      "zkCli.sh",
      `[ "$1 $2" = "-server 127.0.0.1:2181" ] || exit 9
shift 2
echo Connecting to 127.0.0.1:2181
case $1 in
getAcl) cat "${pod.root}/acl-$(echo "$2" | tr / -)" ;;
setAcl) echo "$*" >>"${pod.root}/calls" && printf "'world,'anyone\\n: r\\n" >"${pod.root}/acl-$(echo "$2" | tr / -)" ;;
esac`,
    );
    // The server ends after five checks.
    pod.write("checks", "0");
    pod.program(
      "sleep",
      `checks=$(($(cat "${pod.root}/checks") + 1)); echo $checks >"${pod.root}/checks"
[ $checks -lt 5 ] || kill "$(cat "${pod.root}/server")"`,
    );
    pod.write(
      "server-and-closing",
      `/bin/sleep 60 & server=$!
echo $server >"${pod.root}/server"
sh "${pod.root}/scripts/zookeeper-close-root" $server
kill $server 2>/dev/null || :`,
    );
  });

  afterEach(() => {
    pod.remove();
  });

  const acl = (path: string, text: string): void => {
    pod.write(`acl-${path.replaceAll("/", "-")}`, text);
  };
  const close = () => {
    const { output } = pod.run(join(pod.root, "server-and-closing"), [], { POD_NAME: "zk-0" });
    return { output, calls: readFileSync(join(pod.root, "calls"), "utf8").split("\n").slice(0, -1) };
  };

  it("closes the root and the quotas, says so, and does not look again", () => {
    const { output, calls } = close();
    expect(calls).to.deep.equal(closed);
    expect(output).to.contain(
      "only the administrator may create and delete znodes directly below /zookeeper/quota",
    );
    expect(pod.exists("volume/data/root-closed")).to.equal(true);
  });

  it("leaves an ACL that somebody has set", () => {
    acl("/", "'x509,'CN=shop\n: cdrwa\n'world,'anyone\n: r\n");
    acl("/zookeeper", "'world,'anyone\n: r\n'x509,'CN=quotas\n: cdrwa\n");
    const { calls } = close();
    expect(calls).to.deep.equal(closed.slice(2));
    expect(pod.exists("volume/data/root-closed")).to.equal(true);
  });

  it("tries again until the server answers", () => {
    pod.program("zkCli.sh", `echo >>"${pod.root}/calls"; exit 1`);
    const { calls } = close();
    expect(calls).to.have.length.above(1);
    expect(pod.exists("volume/data/root-closed")).to.equal(false);
  });

  it("asks nothing while there is no quorum", () => {
    pod.answers({ srvr: "This ZooKeeper instance is not currently serving requests\n" });
    expect(close().calls).to.deep.equal([]);
    expect(pod.exists("volume/data/root-closed")).to.equal(false);
  });
});
