import { expect } from "chai";
import fc from "fast-check";

import { commandOf, commandWords } from "../../../policy/kubernetes/commands.ts";
import { Field } from "../../../policy/reading/field.ts";
import { hole } from "../../../policy/shell/scanner.ts";
import { readScript } from "../../../policy/shell/script.ts";
import { wrapped, wrappers } from "../../../policy/shell/wrappers.ts";
import { whatStarts, type Started } from "../../../policy/zookeeper/command.ts";
import { unknownValue } from "../../fixtures/policy/harness.ts";

const inShell = (script: string): Started => whatStarts(["sh", "-c", script]);

describe("what a script of a shell starts", () => {
  const scripts: Readonly<Record<Started, readonly string[]>> = {
    nothing: [
      // Pods that only wait, or look at an ensemble.
      "tail -f /dev/null",
      "exec tail -f /dev/null",
      "sleep infinity",
      "while true; do sleep 30; done;",
      "trap : TERM INT; sleep infinity & wait",
      "trap 'kill $child' TERM; sleep 1d & child=$!; wait $child",
      "zkCli.sh -server zk-cs:2181 ls /",
      "apt-get update && apt-get install -y netcat && exec sleep infinity",
      "$ZOOKEEPER_HOME/bin/zkCli.sh ls /",
      '"${ZOOKEEPER_HOME:-/opt/zookeeper}"/bin/zkCli.sh ls /',
      "timeout 60 zkCli.sh ls /",
      "until zkCli.sh -server zk-cs:2181 ls /; do sleep 5; done; echo ready",
      'until [ "$(echo ruok | nc "$HOST" 2181)" = imok ]; do sleep 1; done',
      "until nc -z zk-cs 2181\ndo\n  echo waiting\n  sleep 2\ndone",
      "for host in zk-0 zk-1; do echo srvr | nc $host 2181 | grep Mode; done",
      "for ((i = 0; i < 3; i++)); do zkServer.sh status && break; sleep 1; done",
      "set -euo pipefail; zkServer.sh status >/dev/null 2>&1 || exit 1",
      "zkServer.sh --config /conf print-cmd; zkServer.sh version",
      "zkCli.sh <<EOF\nls /\nget $NODE\nquit\nEOF\n",
      "cat > /tmp/commands <<-'END'\n\tls /\n\tEND\nzkCli.sh < /tmp/commands",
      "printf 'ls /\\nquit\\n' | zkCli.sh",
      "zkTxnLogToolkit.sh -d /data/log.1; zkSnapShotToolkit.sh /data/snapshot.1; zkCleanup.sh -n 3",
      "kafka-topics.sh --list --bootstrap-server kafka:9092; kafka-console-consumer --topic x",
      "kafka-run-class.sh kafka.admin.TopicCommand",
      "java -cp /zookeeper/* org.apache.zookeeper.ZooKeeperMain -server zk-cs",
      "java -version",
      "[ -e /data/myid ] || echo 1 > /data/myid; cat /data/myid",
      "if [[ -f /x && $a < 3 ]]; then sleep 1; elif test -d /y; then zkCli.sh; else true; fi",
      "case $1 in a|b) zkCli.sh;; (c) sleep 1;; *) echo none; esac",
      "case x in\n  a)\n    zkCli.sh\n    ;;\n  b | c)\n    sleep 1\n    ;;\nesac",
      "echo $'it\\'s' \"it's\" ${x:-'}'} # it's",
      "check() { zkCli.sh ls /; }\ncheck || sleep 1; check",
      "function check { zkCli.sh; }; check",
      "(sleep 1; zkCli.sh) | tee /tmp/x; { zkCli.sh; } 2>&1",
      "hosts=(zk-0 zk-1); echo $(( 1 + 2 )) ${#hosts[@]}",
      "diff <(zkCli.sh ls /a) <(zkCli.sh ls /b) &> /tmp/difference",
      "find /data -name 'log.*' -exec zkTxnLogToolkit.sh {} \\;",
      "ls /data | xargs -n 1 zkTxnLogToolkit.sh",
      "watch -n 5 zkServer.sh status",
      "su zookeeper -c 'zkCli.sh ls /'",
      "runuser -u zookeeper -- zkCli.sh ls /",
      "flock /lock zkCli.sh ls / && flock -n /lock -c 'zkCli.sh ls /'",
      "ls /data | xargs",
      "java --module-path /modules -cp x org.apache.zookeeper.ZooKeeperMain",
      ". /opt/zookeeper/bin/zkEnv.sh; eval 'zkCli.sh ls /'",
      "command -v zkServer.sh && type zkServer.sh",
      "crond -f -l 8",
      "bin/pulsar zookeeper-shell -server zk ls /; pulsar initialize-cluster-metadata --zookeeper zk",
      "pulsar-admin brokers list x",
      "bin/hbase --config /conf zkcli ls /",
      "service zookeeper status",
      // What is said is not done.
      "echo zkServer.sh start-foreground",
      "echo 'zkServer.sh start'; grep QuorumPeerMain /x",
      "# zkServer.sh start\nsleep 1 # zkServer.sh start",
      "cat <<'EOF' > /run.sh\nzkServer.sh start\n$(zkServer.sh start)\nEOF\nsleep 3",
      "pgrep -f org.apache.zookeeper.server.quorum.QuorumPeerMain",
      "",
      " \n ",
    ],
    server: [
      // A string to be translated, which Bash writes as $"…".
      'exec $"zkServer.sh" start-foreground',
      "zkServer.sh start-foreground",
      "exec zkServer.sh start-foreground",
      "zkServer.sh start && tail -F /logs/zookeeper.out",
      "zkServer.sh --config /conf start-foreground",
      "/opt/zookeeper/bin/zkServer.sh restart",
      '"$ZOOKEEPER_HOME/bin/zkServer.sh" start-foreground',
      "echo 1 > /data/myid && exec zkServer.sh start-foreground",
      "/scripts/prepare.sh; zkServer.sh start-foreground",
      "start-zookeeper --servers=3 --data_dir=/var/lib/zookeeper/data",
      "/docker-entrypoint.sh zkServer.sh start-foreground",
      "exec /opt/bitnami/scripts/zookeeper/entrypoint.sh /opt/bitnami/scripts/zookeeper/run.sh",
      "/opt/bitnami/scripts/zookeeper/setup.sh",
      "bin/zookeeper-server-start.sh config/zookeeper.properties",
      "java -Xmx1g -cp /a:/b org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg",
      'exec "$JAVA" $JVMFLAGS -cp "$CLASSPATH" org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOOCFG"',
      "kafka-run-class -name zookeeper org.apache.zookeeper.server.quorum.QuorumPeerMain x",
      "if false; then zkServer.sh start; fi",
      "while ! zkServer.sh status; do zkServer.sh start; done",
      "case $1 in server) zkServer.sh start-foreground;; *) zkCli.sh;; esac",
      "run() { zkServer.sh start-foreground; }; run",
      "for x do zkServer.sh start; done",
      "(cd /tmp && zkServer.sh start)",
      "out=$(zkServer.sh start)",
      "echo `zkServer.sh start`",
      'echo "${x:-$(zkServer.sh start)}"',
      "cat <(zkServer.sh start)",
      "cat <<EOF\n$(zkServer.sh start)\nEOF",
      "hosts=(a $(zkServer.sh start))",
      "trap 'zkServer.sh start' EXIT",
      "eval zkServer.sh start",
      "sleep 1 | zkServer.sh start-foreground",
      "sleep 1 & zkServer.sh start-foreground",
      "su -s /bin/sh zookeeper -c 'zkServer.sh start-foreground'",
      "find / -maxdepth 0 -exec sh -c 'zkServer.sh start' \\;",
      "find / -exec zkCli.sh {} + -exec zkServer.sh start {} +",
      "find / -exec zkCli.sh {} \\; -exec zkServer.sh start {} \\;",
      "runuser -u zookeeper -- zkServer.sh start",
      "flock /lock zkServer.sh start",
      "flock -n /lock -c 'zkServer.sh start'",
      "command zkServer.sh start",
      "zookeeper-server start-foreground",
      "service zookeeper start && tail -f /dev/null",
      "service zookeeper-server restart",
      "bin/generate-zookeeper-config.sh conf/zookeeper.conf; OPTS=$OPTS exec bin/pulsar zookeeper",
      "pulsar global-zookeeper",
      "pulsar configuration-store",
      "bin/hbase zookeeper start",
      "hbase --config /conf zookeeper",
      "hbase-daemon.sh --config /conf foreground_start zookeeper",
      "bash bin/hbase-daemon.sh start zookeeper",
      "storm dev-zookeeper",
      "/opt/kafka/zookeeper_run.sh",
      "/usr/local/bin/zookeeperStart.sh",
      "/usr/sbin/sshd && bash /usr/bin/start-zk.sh",
      "zkRun.sh",
      "perl bin/run-zk conf",
      "/scripts/start_zookeeper.sh",
      "java -cp x org.apache.hadoop.hbase.zookeeper.HQuorumPeer start",
      "java -cp x org.apache.pulsar.zookeeper.ZooKeeperStarter conf/zookeeper.conf",
      'zkSer\\\nver.sh st"art"',
      "'zkServer.sh' \"start\"",
      "echo '#'; zkServer.sh start",
    ],
    unsure: [
      "/scripts/run.sh",
      "python3 /app/client.py",
      "./sleep 3",
      "/scripts/sleep 3",
      "$COMMAND",
      "$ZK_BIN/$PROGRAM start",
      "zkServer.sh $ACTION",
      "zkServer.sh",
      "zkServer.sh upgrade",
      'eval "$COMMAND"',
      "while read line; do $line; done < /script",
      'run() { "$@"; }; run zkServer.sh start',
      'set -- zkServer.sh start; "$@"',
      "echo zkServer.sh start | sh",
      "curl https://example.com/script | bash",
      "sh <<EOF\nzkServer.sh start\nEOF",
      "echo start | xargs zkServer.sh",
      "bash < /script",
      "bash /script",
      ". /script",
      "{zkServer.sh,start}",
      "x='zkServer.sh start'; $x",
      "kafka-server-start.sh /config",
      "pulsar standalone",
      "pulsar",
      "hbase master zookeeper",
      "hbase-daemon.sh start master",
      "hbase-daemon.sh zookeeper",
      "hbase-daemon.sh stop zookeeper",
      "storm nimbus",
      "service kafka start",
      "service zookeeper",
      "perl -e 'sleep'",
      "zookeeper-server",
      "not-start-zk",
      "/docker-entrypoint.sh",
      "java -jar server.jar",
      "java -cp x",
      "java -cp x com.example.PurgeTxnLog",
      "java -cp x org.apache.zookeeper.Another",
      "java --module=server/Main org.apache.zookeeper.ZooKeeperMain",
      "su zookeeper",
      "su zookeeper -c",
      "su zookeeper --",
      "flock -x /lock --unknown zkCli.sh",
      "flock --unknown /lock zkCli.sh",
      "flock /lock -c",
      "ls | xargs --arg-file=/x zkCli.sh",
      "java $CLASS",
      "nc -l -p 1 -e /run.sh",
      "awk 'BEGIN { system(\"zkServer.sh start\") }'",
      "env -S 'zkServer.sh start'",
      "timeout --unknown 5 zkCli.sh",
      "alias zkCli.sh='zkServer.sh start'",
      "coproc zkCli.sh",
      // No shell runs these, or not all of them.
      "zkCli.sh 'ls /",
      'zkCli.sh "ls /',
      "echo $(zkCli.sh",
      "echo ${x",
      "echo \"${x:-'}'}\"",
      "echo `zkCli.sh",
      "zkCli.sh)",
      "zkCli.sh >",
    ],
  };
  for (const [started, list] of Object.entries(scripts)) {
    for (const script of list) {
      it(`${started}: ${JSON.stringify(script)}`, () => {
        expect(inShell(script)).to.equal(started);
      });
    }
  }

  it("of many commands is what the strongest of them starts", () => {
    const order = ["nothing", "unsure", "server"] as const;
    const part = fc.constantFrom<readonly [string, Started]>(
      ["zkCli.sh ls /", "nothing"],
      ["for i in 1 2; do sleep $i; done", "nothing"],
      ["if zkServer.sh status; then echo 'it runs'; fi", "nothing"],
      ["cat <<'EOF'\nzkServer.sh start\nEOF", "nothing"],
      ["/scripts/run.sh", "unsure"],
      ["$COMMAND", "unsure"],
      ["zkServer.sh start", "server"],
      ["(sleep 1; exec zkServer.sh start-foreground)", "server"],
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.constantFrom("\n", "\n:\n", "\n\n# zkServer.sh start\n"),
        (parts, separator) => {
          const strongest = Math.max(...parts.map(([, started]) => order.indexOf(started)));
          expect(inShell(parts.map(([script]) => script).join(separator))).to.equal(order[strongest]);
        },
      ),
    );
  });
});

describe("what a command line starts", () => {
  const lines: Readonly<Record<Started, readonly (readonly string[])[]>> = {
    nothing: [
      ["zkCli.sh"],
      ["/opt/zookeeper/bin/zkCli.sh", "-server", hole],
      ["tail", "-f", "/dev/null"],
      ["sleep", "3600"],
      ["/bin/sleep", "infinity"],
      ["/pause"],
      ["timeout", "60", "zkCli.sh"],
      ["timeout", "-s", "KILL", "--kill-after=5", "60", "zkCli.sh", "ls", "/"],
      ["bash", "-ec", "zkCli.sh ls /"],
      ["/bin/bash", "-euo", "pipefail", "-c", "zkCli.sh ls /"],
      ["bash", "-c", "--", "while true; do sleep 30; done"],
      ["bash", "--norc", "-lc", "sleep 1"],
      ["bash"],
      ["bash", "-l"],
      ["busybox", "sh", "-c", "sleep 1"],
      ["tini", "--", "sleep", "3"],
      ["/sbin/tini", "-g", "-e", "143", "--", "tail", "-f", "/dev/null"],
      ["dumb-init", "--rewrite", "15:2", "sh", "-c", "sleep 1"],
      ["env", "-u", "HOME", "A=b", "C=d e", "zkCli.sh"],
      ["nice", "-n", "5", "ionice", "-c3", "nohup", "zkCli.sh"],
      ["gosu", "zookeeper", "zkCli.sh"],
      ["/docker-entrypoint.sh", "zkCli.sh", "ls", "/"],
      ["/docker-entrypoint.sh", "bash", "-c", "sleep 1"],
      ["bash", "/opt/zookeeper/bin/zkServer.sh", "status"],
      ["sh", "-c", 'exec "$@"', "--", "zkCli.sh", "ls", "/"],
      ["sh", "-c", 'exec "$@"'],
      ["wait-for-it.sh", "zk-cs:2181", "-t", "0", "--", "zkCli.sh"],
      ["sh", "-c", ""],
    ],
    server: [
      ["zkServer.sh", "start-foreground"],
      ["/docker-entrypoint.sh", "zkServer.sh", "start-foreground"],
      ["bash", "-x", "/docker-entrypoint.sh", "zkServer.sh", "start-foreground"],
      ["sh", "/opt/zookeeper/scripts/start-zookeeper"],
      ["tini", "--", "/docker-entrypoint.sh", "zkServer.sh", "start-foreground"],
      ["timeout", "60", "zkServer.sh", "start-foreground"],
      ["env", "A=b", "sh", "-c", "zkServer.sh start"],
      ["sh", "-c", 'exec "$@"', "--", "zkServer.sh", "start-foreground"],
      ["/opt/bitnami/scripts/zookeeper/run.sh"],
      ["bash", "-c", "sleep 1; zkServer.sh start-foreground"],
      ["wait-for-it.sh", "x:1", "--", "zkServer.sh", "start"],
      ["/usr/local/bin/entrypoint.sh", "zkServer.sh", "start-foreground"],
      ["bash", "/my-entrypoint", "zkServer.sh", "start-foreground"],
      ["bash", "bin/pulsar", "zookeeper"],
    ],
    unsure: [
      [""],
      [hole],
      ["sh", "-c", hole],
      ["sh", hole],
      [hole, "zkCli.sh"],
      ["zkServer.sh", hole],
      ["/scripts/setup.sh"],
      ["/etc/confluent/docker/run"],
      ["start-foreground"],
      ["/entrypoint.sh"],
      ["/entrypoint.sh", "zkCli.sh"],
      ["/noentrypoint.sh", "zkServer.sh", "start"],
      ["sleep 3600"],
      ["/bin/bash", "-xec", "/config-scripts/run"],
      ["bash", "--rcfile", "/script"],
      ["bash", "--init-file=/script", "-c", "sleep 1"],
      ["bash", "--posix", "sleep 1"],
      ["sh", `-e${hole}`, "-c", "sleep 1"],
      ["sh", "-c"],
      ["env", hole, "zkCli.sh"],
    ],
  };
  for (const [started, list] of Object.entries(lines)) {
    for (const words of list) {
      it(`${started}: ${JSON.stringify(words)}`, () => {
        expect(whatStarts(words)).to.equal(started);
      });
    }
  }

  const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
  const asScript = (words: readonly string[]): string => words.map(quote).join(" ");

  it("is seen through any nest of shells and wrappers", () => {
    const wrap = fc.constantFrom<(words: readonly string[]) => readonly string[]>(
      (words) => ["sh", "-c", asScript(words)],
      (words) => ["bash", "-euo", "pipefail", "-c", `sleep 1; ${asScript(words)} && echo done`],
      (words) => ["sh", "-c", `(cd / && exec ${asScript(words)}) & wait`],
      (words) => ["sh", "-c", `echo "$(${asScript(words)})"`],
      (words) => ["sh", "-c", 'exec "$@"', "sh", ...words],
      (words) => ["sh", "-c", `eval ${quote(asScript(words))}`],
      (words) => ["timeout", "-k", "5", "60", ...words],
      (words) => ["tini", "--", ...words],
      (words) => ["env", "A=b", ...words],
      (words) => ["/docker-entrypoint.sh", ...words],
      (words) => ["su", "-c", asScript(words), "zookeeper"],
    );
    const inner = fc.constantFrom<readonly [Started, readonly string[]]>(
      ["server", ["zkServer.sh", "start-foreground"]],
      ["nothing", ["zkCli.sh", "get", '/it\'s "here"']],
      ["unsure", ["/scripts/run.sh", "$x"]],
    );
    fc.assert(
      fc.property(inner, fc.array(wrap, { maxLength: 5 }), ([started, words], wraps) => {
        expect(whatStarts(wraps.reduce((all, each) => each(all), words))).to.equal(started);
      }),
      { numRuns: 300 },
    );
  });

  it("is never taken for nothing where it is cut off", () => {
    const whole = "echo '1' > \"/data/$(echo a)\" && { zkServer.sh start-foreground; }";
    const begins = whole.indexOf("zkServer") + "zkServer.sh start".length;
    for (let length = begins; length <= whole.length; length += 1) {
      expect(inShell(whole.slice(0, length)), whole.slice(0, length)).to.not.equal("nothing");
    }
  });

  it("is not looked for without end", () => {
    const nested = Array.from({ length: 200 }).reduce<readonly string[]>(
      (words) => ["nice", ...words],
      ["zkCli.sh"],
    );
    expect(whatStarts(nested)).to.equal("unsure");
    expect(whatStarts(nested.slice(-30))).to.equal("nothing");
    expect(whatStarts(nested.slice(-31))).to.equal("unsure");
    expect(inShell(`${"$(".repeat(200)}zkCli.sh${")".repeat(200)}`)).to.equal("unsure");
    expect(inShell(`${"( ".repeat(200)}zkCli.sh${" )".repeat(200)}`)).to.equal("nothing");
  });
});

describe("a script", () => {
  it("has its commands by their words, wherever they stand", () => {
    const { commands, functions, whole, fed } = readScript(
      "a=1 b 'c d' \"e $f\" g\\ h; $(i j) | k > l 2>&1 # m\nn() { o; }; case p in q) r;; esac",
    );
    expect(commands).to.deep.equal([
      ["b", "c d", `e ${hole}`, "g h"],
      ["i", "j"],
      [hole],
      ["k"],
      ["o"],
      ["r"],
    ]);
    expect([...functions]).to.deep.equal(["n"]);
    expect([whole, fed]).to.deep.equal([true, true]);
  });

  it("never makes the reader fail, whatever is in it", () => {
    const token = fc.constantFrom(
      ...[
        "'",
        '"',
        "`",
        "$(",
        ")",
        "(",
        "$((",
        "))",
        "${",
        "}",
        "{",
        "<<E",
        "<<-'E'",
        "E",
        "\n",
        ";",
        ";;",
        "&",
        "|",
      ],
      ...[
        "case a in ",
        "esac",
        "for x",
        " in ",
        "do ",
        "done",
        "if ",
        "fi",
        "[[",
        "]]",
        "a=(",
        "\\",
        "#",
        " ",
        "$'",
      ],
      ...["f()", "zkServer.sh start", "zkCli.sh", "$@", '"$@"', "eval ", "trap ", "sh -c "],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 3 }))), (tokens) => {
        expect(inShell(tokens.join(""))).to.be.oneOf(["nothing", "server", "unsure"]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a wrapper's options", () => {
  it("end where the command begins", () => {
    const timeout = wrappers.get("timeout") ?? {};
    expect(wrapped(["-k", "5", "-sKILL", "--signal", "TERM", "-v", "60", "a", "-b"], timeout)).to.deep.equal([
      "a",
      "-b",
    ]);
    expect(wrapped(["--", "60", "-a"], timeout)).to.deep.equal(["-a"]);
    expect(wrapped(["60"], timeout)).to.deep.equal([]);
    expect(wrapped(["-x", "60", "a"], timeout)).to.equal(undefined);
    expect(wrapped(["--other", "60", "a"], timeout)).to.equal(undefined);
    expect(wrapped(["A=b", "-c"], wrappers.get("env") ?? {})).to.deep.equal(["-c"]);
  });
});

describe("a container's command line", () => {
  const words = (container: object): readonly string[] => {
    const field = new Field(container);
    return commandWords(field, commandOf(field)).words;
  };

  it("has the variables of the container, as the kubelet puts them in", () => {
    const env = [
      { name: "CLIENT", value: "zkCli.sh" },
      { name: "EMPTY" },
      { name: "SECRET", valueFrom: { secretKeyRef: { name: "x", key: "y" } } },
      { name: "lower", value: "a" },
    ];
    const command = [
      "$(CLIENT)",
      "$$(CLIENT)",
      "-$(lower)$(EMPTY)-",
      "$(SECRET)",
      "$(ELSEWHERE)",
      "$(hostname)",
    ];
    expect(words({ env, command, args: ["$(CLIENT", "$x $", "$"] })).to.deep.equal([
      ...["zkCli.sh", "$(CLIENT)", "-a-", hole, hole, "$(hostname)"],
      ...["$(CLIENT", "$x $", "$"],
    ]);
  });

  it("says what a preview does not know", () => {
    const field = new Field({ command: ["sh", unknownValue], args: unknownValue });
    expect(commandWords(field, commandOf(field))).to.deep.equal({
      words: ["sh", hole, hole],
      open: ["command[1]", "args"],
    });
    expect(words({ command: [7] })).to.deep.equal([hole]);
    expect(words({})).to.deep.equal([]);
  });
});
