import { expect } from "chai";

import { Field } from "../../../policy/reading/field.ts";
import { hole } from "../../../policy/shell/scanner.ts";
import { simpleCommands } from "../../../policy/shell/simple-commands.ts";
import { healthOf, type Health } from "../../../policy/zookeeper/health.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";

const shown = {
  ports: [
    { name: "client", containerPort: 12181 },
    { name: "peers", containerPort: 2888 },
  ],
};
const say = (probe: object, container: object = shown): { health: Health; open: readonly string[] } =>
  healthOf(new Field(container), new Field(probe, "probe"));
const saysOf = (command: readonly unknown[], container: object = shown): Health =>
  say({ exec: { command } }, container).health;
const inShell = (script: string): Health => saysOf(["sh", "-c", script]);

describe("what a probe says of a server", () => {
  const scripts: Readonly<Record<Health, readonly string[]>> = {
    running: [
      "echo ruok | nc localhost 2181",
      "echo ruok | nc -w 2 localhost 2181 | grep imok",
      'echo "ruok" | timeout 2 nc -w 2 localhost 2181 | grep -q imok',
      "printf 'ruok\\n' | ncat 127.0.0.1 $PORT || exit 1",
      '[ "imok" = "$(echo ruok | nc -w 1 localhost 2181)" ]',
      'OK=$(echo ruok | nc 127.0.0.1 2181); if [ "$OK" == "imok" ]; then exit 0; else exit 1; fi',
      'date && OK=$(exec 3<>/dev/tcp/127.0.0.1/2181 ; printf "ruok" >&3 ; IFS=; tee <&3; exec 3<&- ;); ' +
        'if [[ "$OK" == "imok" ]]; then exit 0; else exit 1; fi',
      "[[ $(echo ruok | nc localhost 2181) == *imok* && -n $OK ]]",
      'nc localhost 2181 <<< "ruok" | grep imok',
      "nc localhost 2181 <<<ruok",
      "exec 3<>/dev/tcp/localhost/2181",
      "echo ruok | nc -w 2 $(hostname -f) 2181 | grep imok",
      "nc -z localhost 2181",
      "nc -vz localhost 2181",
      "curl -sf http://localhost:8080/commands/ruok > /dev/null",
      "wget -q -O /dev/null http://localhost:8080/commands/ruok",
      "curl -o /dev/null localhost:8080/commands",
      "ps aux | grep zookeeper",
      "pgrep -f QuorumPeerMain",
      "kill -0 1",
      // Whatever the server answers, they succeed.
      "echo srvr | nc localhost 2181",
      "echo srvr '|' nc localhost 2181 '|' grep Mode",
      "true",
      "echo ok; exit 0",
      "exit",
      "sleep 1",
    ],
    serving: [
      "echo srvr | nc -w 2 localhost 2181 | grep Mode",
      "echo stat | nc localhost 2181 | grep -qE 'leader|follower'",
      'test -n "$(echo mntr | nc localhost 2181 | grep zk_server_state)"',
      'mode=$(echo srvr | nc localhost 2181 | grep Mode | cut -d " " -f 2); [ "$mode" = leader ] || [ "$mode" = follower ]',
      'mode=$(echo srvr | nc localhost 2181 | awk "{print $2}"); [ "$mode" = leader ]',
      "echo srvr | nc localhost 2181 | head -n 3 | sed -e x | grep Mode || exit 1",
      "if zkServer.sh status; then exit 0; else exit 1; fi",
      "zkServer.sh --config /conf status",
      "exec $ZOOKEEPER_HOME/bin/zkServer.sh status > /dev/null 2>&1",
      "echo ruok | nc localhost 2181 && echo srvr | nc localhost 2181 | grep -v 'not currently serving'",
      '[[ "$(echo srvr | nc localhost 2181)" =~ leader ]]',
      'if [[ "$(echo stat | nc localhost 2181)" == *"currently serving"* ]]; then false; else true; fi',
      "exec 3<>/dev/tcp/localhost/2181; echo srvr >&3; grep Mode <&3",
      "zkServer.sh status && true || false",
    ],
    unsure: [
      "zookeeper-ready 2181",
      "/scripts/ready.sh",
      "sh /config-scripts/ready",
      "$CHECK",
      "zkCli.sh ls /",
      "zkServer.sh version",
      "zkServer.sh",
      "zkServer.sh status || true",
      "zkServer.sh status || exit 0",
      "zkServer.sh status | custom-check",
      "echo ruok | nc localhost 2181 && /scripts/ready.sh",
      "echo ruok | nc localhost 2181 && test -f /tmp/ready",
      "echo ruok | nc localhost 2181 && [[ -f /tmp/ready ]]",
      "echo ruok | nc localhost 2181 && cat /tmp/ready",
      "echo ruok | nc localhost 2181 && grep ready /tmp/state",
      "echo ruok | nc localhost 2181 && awk /ready/ /tmp/state",
      "echo ruok | nc localhost 2181 && curl localhost:8080/commands/srvr",
      "echo isro | nc localhost 2181 | grep rw",
      "echo wchs | nc localhost 2181",
      "echo srvr | nc localhost 2181 | grep Zxid",
      "echo srvr | grep Mode",
      '[[ "$HOSTNAME" == zk-0 ]] || zkServer.sh status',
      '[ "$(hostname)" = zk-0 ] || zkServer.sh status',
      '[ "$NAME" = zk-0 ] || zkServer.sh status',
      'case "$(echo srvr | nc localhost 2181)" in *Mode*) exit 0;; *) exit 1;; esac',
      "(( $(echo srvr | nc localhost 2181 | grep -c Mode) > 0 ))",
      "nc localhost 2181 <<EOF\nsrvr\nEOF",
      "nc localhost 2181",
      "curl -f localhost:8080/commands/leader",
      "curl -f localhost:8080/commands/ruok-or-not",
      "curl -f localhost",
      "kill -9 1",
      "grep imok",
      "[ $OK ]",
      'test -n "$(echo srvr | nc localhost 2181)"',
      "exit 1",
      "exit $STATUS",
      "return 3",
      "false",
      "echo ruok | nc 'localhost 2181",
      "timeout --unknown 3 nc -z localhost 2181",
    ],
  };
  for (const [health, all] of Object.entries(scripts)) {
    for (const script of all) {
      it(`${health}: ${script}`, () => {
        expect(inShell(script)).to.equal(health);
      });
    }
  }

  it("without a shell, or behind several", () => {
    expect(saysOf(["zkServer.sh", "status"])).to.equal("serving");
    expect(saysOf(["/bin/bash", "-ec", "echo ruok | timeout 2 nc localhost 2181"])).to.equal("running");
    expect(saysOf(["timeout", "3", "bash", "-o", "pipefail", "-c", "nc -z zk 2181"])).to.equal("running");
    expect(saysOf(["sh", "-c", 'sh -c "zkServer.sh status"'])).to.equal("serving");
    expect(saysOf(["sh", "-c", '"$0" "$@"', "zkServer.sh", "status"])).to.equal("unsure");
    expect(saysOf(["sh", "-c", 'exec "$@"', "sh", "zkServer.sh", "status"])).to.equal("serving");
    expect(saysOf(["sh", "-e"])).to.equal("unsure");
    expect(
      saysOf(["sh", "-c", "$(CHECK)"], { env: [{ name: "CHECK", value: "zkServer.sh status" }] }),
    ).to.equal("serving");
    expect(saysOf(["sh", "-c", "$(CHECK)"])).to.equal("unsure");
    expect(saysOf([...Array.from({ length: 40 }, () => "nice"), "zkServer.sh", "status"])).to.equal("unsure");
    expect(saysOf([])).to.equal("unsure");
    expect(saysOf([7])).to.equal("unsure");
  });

  it("that connects to a port", () => {
    const connects = (port: unknown, container: object = shown): Health =>
      say({ tcpSocket: { port } }, container).health;
    for (const port of [2181, "2181", 2281, 3888, 12181, "client"]) {
      expect(connects(port), String(port)).to.equal("running");
    }
    // The port at which only a leader listens, and those of which nothing is known.
    for (const port of [2888, "peers", 8086, "ready", undefined, true]) {
      expect(connects(port), String(port)).to.equal("unsure");
    }
    expect(connects("zk", { ports: [{ name: "zk", containerPort: 2181 }] })).to.equal("running");
    expect(connects(21811, { env: [{ name: "ZOO_PORT_NUMBER", value: "21811" }] })).to.equal("running");
    expect(connects(21811, { env: [{ name: "OTHER_PORT", value: "21811" }] })).to.equal("unsure");
    expect(connects(21811, { env: [{ name: "ZOO_PORT_NUMBER", value: "21812" }] })).to.equal("unsure");
    expect(connects("zk", { ports: 7 })).to.equal("unsure");
  });

  it("that asks the admin server", () => {
    for (const path of [
      "/commands/ruok",
      "commands/ruok",
      "/commands/ruok/",
      "/commands/ruok?x=y",
      "/commands",
    ]) {
      expect(say({ httpGet: { path, port: 8080 } }).health, path).to.equal("running");
    }
    for (const path of [
      "/commands/leader",
      "/commands/srvr",
      "/health",
      "/mycommands",
      "/commands/ruokay",
      7,
    ]) {
      expect(say({ httpGet: { path, port: 8080 } }).health, String(path)).to.equal("unsure");
    }
  });

  it("that is not known yet", () => {
    expect(say({ exec: { command: ["sh", "-c", unknownValue] } })).to.deep.equal({
      health: "unsure",
      open: ["probe.exec.command[2]"],
    });
    expect(say({ httpGet: { path: unknownValue } })).to.deep.equal({
      health: "unsure",
      open: ["probe.httpGet.path"],
    });
    expect(say({ tcpSocket: { port: unknownValue } }).open).to.deep.equal(["probe.tcpSocket.port"]);
    expect(healthOf(new Field(shown), new Field(unknownValue, "probe")).open).to.deep.equal(["probe"]);
  });
});

describe("the commands of a command line", () => {
  it("are those behind shells and wrappers", () => {
    expect(simpleCommands(["sh", "-c", "nice a | (b; sh -c 'c d')"])).to.deep.equal({
      commands: [["a"], ["b"], ["c", "d"]],
      whole: true,
    });
    expect(simpleCommands(["sh", "file"]).commands).to.deep.equal([["sh", "file"]]);
    expect(simpleCommands(["/x/push", "-c", "a"]).commands).to.deep.equal([["/x/push", "-c", "a"]]);
    expect(simpleCommands(["sh", "-c", hole]).commands).to.deep.equal([["sh", "-c", hole]]);
    expect(simpleCommands([])).to.deep.equal({ commands: [], whole: true });
  });

  it("may not all be understood", () => {
    expect(simpleCommands(["sh", "-c", "a 'b"]).whole).to.equal(false);
    expect(simpleCommands(["sh", "-c", 'a; sh -c "b \'c"; d']).whole).to.equal(false);
    expect(simpleCommands(["timeout", "--unknown", "a"])).to.deep.equal({ commands: [], whole: false });
    expect(simpleCommands(Array.from({ length: 100_000 }, () => "nice")).whole).to.equal(false);
  });
});
