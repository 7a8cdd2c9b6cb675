import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { BackupPod, loaded } from "./backup-pod.ts";
import { database } from "./database.ts";

describe("a job that saves a backup", function () {
  this.timeout(60_000);

  let pod: BackupPod;

  beforeEach(() => {
    pod = new BackupPod();
  });
  afterEach(() => {
    pod.remove();
  });

  function fails(says: RegExp, variables: Readonly<Record<string, string>> = {}): void {
    const before = pod.kept();
    const { status, output } = pod.run(variables);
    expect(output).to.match(says).and.contain("no backup was saved");
    expect(status).to.equal(1);
    expect(pod.kept()).to.deep.equal(before);
  }

  it("stores a file that restore.sh takes, and what the server that tried it has loaded", () => {
    const { status, output } = pod.run();
    expect(status, output).to.equal(0);
    const [json = "", archive = ""] = pod.kept();
    expect(json).to.match(/^zk-\d{8}T\d{6}Z\.json$/);
    expect(archive).to.equal(json.replace(".json", ".tar.gz"));
    const path = join(pod.backups, archive);
    const { sha256, time, ...description } = JSON.parse(
      readFileSync(join(pod.backups, json), "utf8"),
    ) as Record<string, unknown>;
    const bytes = statSync(path).size;
    expect(description).to.deep.equal({ ensemble: "zk", zxid: loaded, znodes: 7, digest: "-17", bytes });
    expect(sha256).to.equal(spawnSync("sha256sum", [path], { encoding: "utf8" }).stdout.split(" ")[0]);
    expect(time).to.equal(json.slice("zk-".length, -".json".length));
    const members = spawnSync("tar", ["-tzf", path], { encoding: "utf8" }).stdout.trim().split("\n").sort();
    const files = database.filter(({ type }) => type === undefined).map(({ name }) => name);
    expect(members).to.deep.equal([...files, "SHA256SUMS"].sort());
    for (const name of [json, archive]) {
      expect(statSync(join(pod.backups, name)).mode & 0o777, name).to.equal(0o600);
    }
    expect(output).to.contain(`7 znodes, up to transaction ${loaded}, ${bytes} bytes`);
  });

  it("starts an observer with the servers' configuration, without what is for clients", () => {
    pod.remove();
    pod = new BackupPod({
      ...{
        quorumTls: "require",
        tlsSecret: "zk-tls",
        clientTls: "require",
        clientTlsSecret: "zk-client-tls",
      },
      administrator: "CN=administrator",
    });
    expect(pod.run().status).to.equal(0);
    const own = pod.configuration().trim().split("\n");
    const servers = readFileSync(join(pod.root, "conf/zoo.cfg"), "utf8").trim().split("\n");
    const added = own.filter((line) => !servers.includes(line));
    expect(added).to.deep.equal([
      `dataDir=${join(pod.root, "work/data")}`,
      `dataLogDir=${join(pod.root, "work/data/log")}`,
      "peerType=observer",
      "server.255=10.132.0.9:2888:3888:observer;127.0.0.1:2181",
    ]);
    const removed = servers.filter((line) => !own.includes(line)).map((line) => line.split("=")[0]);
    expect(removed).to.deep.equal([
      ...["autopurge.snapRetainCount", "autopurge.purgeInterval", "dataDir", "dataLogDir"],
      ...["metricsProvider.className", "metricsProvider.httpPort"],
      ...["serverCnxnFactory", "secureClientPort", "client.certReload"],
      ...["keyStore.location", "keyStore.type", "trustStore.location", "trustStore.type"].map(
        (key) => `ssl.${key}`,
      ),
      ...["enabledProtocols", "clientAuth", "clientHostnameVerification", "allowReverseDnsLookup"].map(
        (key) => `ssl.${key}`,
      ),
      ...["netty.server.outstandingHandshake.limit", "X509AuthenticationProvider.superUser"],
    ]);
    expect(own).to.include.members(["sslQuorum=true", "ssl.quorum.clientAuth=need", "fips-mode=false"]);
  });

  describe("with a bucket", () => {
    const token = "the-token";
    const bucket = { ZK_BUCKET: "my-backups", ZK_NAMESPACE: "shop" };
    const metadata = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token";

    /** What stands in for wget: it keeps what was sent, and answers as Google does. */
    function google({ message = "", md5 = "" } = {}): void {
      writeFileSync(join(pod.root, "scripts/storage-api"), "https://storage.example");
      pod.program(
        "wget",
        `for each; do
  case $each in
  --output-document=*) answer=\${each#*=} ;;
  --body-file=*) body=\${each#*=} ;;
  --config=*) cat "\${each#*=}" >>"$ROOT/sent.config" ;;
  http*) url=$each ;;
  esac
done
echo "$*" >>"$ROOT/sent.arguments"
case $url in
*/token) echo '{"access_token":"${token}","expires_in":3599,"token_type":"Bearer"}' >"$answer" ;;
*)
  message='${message}'
  if [ -n "$message" ]; then
    printf '{\n  "error": {\n    "code": 403,\n    "message": "%s",\n    "errors": []\n  }\n}\n' "$message" >"$answer"
    exit 8
  fi
  cp "$body" "$ROOT/sent.\${url##*%2F}"
  md5='${md5}'
  printf '{\n  "name": "x",\n  "md5Hash": "%s"\n}\n' "\${md5:-$(openssl md5 -binary <"$body" | base64)}" >"$answer"
  ;;
esac`,
      );
    }

    const sent = (name: string) => readFileSync(join(pod.root, `sent.${name}`));

    it("copies a backup to it, the description last, and shows no token", () => {
      google();
      const { status, output } = pod.run(bucket);
      expect(status, output).to.equal(0);
      const [json = "", archive = ""] = pod.kept();
      const name = json.replace(".json", "");
      expect(output).to.contain(`copied ${name} to gs://my-backups/shop/zk/`).and.not.to.contain(token);
      for (const file of [json, archive]) {
        expect(sent(file).equals(readFileSync(join(pod.backups, file))), file).to.equal(true);
      }
      const requests = sent("arguments").toString().trim().split("\n");
      const urls = requests.map((line) => /https?:\S+/.exec(line)?.[0]);
      const object = (file: string) =>
        "https://storage.example/upload/storage/v1/b/my-backups/o?uploadType=media&ifGenerationMatch=0&name=shop%2Fzk%2F" +
        file;
      expect(urls).to.deep.equal([metadata, object(archive), metadata, object(json)]);
      expect(requests.join()).not.to.contain(token);
      expect(sent("config").toString()).to.contain(`header = Authorization: Bearer ${token}\n`);
    });

    it("keeps a backup that cannot be copied, and says what Google says", () => {
      google({ message: "sa/zk-backups does not have storage.objects.create access" });
      const { status, output } = pod.run(bucket);
      expect(output)
        .to.contain(
          "a new backup was saved, but not copied to bucket my-backups: sa/zk-backups does not have",
        )
        .and.not.to.contain(token);
      // Not to be repeated: that would replace a good backup.
      expect(status).to.equal(3);
      expect(pod.kept()).to.have.length(2);
    });

    it("reports a copy that differs from what was sent", () => {
      google({ md5: "AAAAAAAAAAAAAAAAAAAAAA==" });
      const { status, output } = pod.run(bucket);
      expect(output).to.match(
        /not copied to bucket my-backups: what is stored as shop\/zk\/zk-\w+\.tar\.gz differs/,
      );
      expect(status).to.equal(3);
    });

    it("says what is missing where the node gives no token", () => {
      google();
      pod.program("wget", "echo 'wget: unable to resolve host address' >&2; exit 4");
      const { status, output } = pod.run(bucket);
      expect(output).to.contain("the node gives its pods no token").and.contain("Workload Identity must be");
      expect(status).to.equal(3);
    });

    it("encrypts the copy for the key, if there is one", () => {
      google();
      writeFileSync(join(pod.root, "scripts/recipient.asc"), "the key");
      pod.program(
        "gpg",
        `for each; do [ "$last" != --output ] || into=$each; [ "$last" != --recipient-file ] || key=$each; last=$each; done
{ cat "$key"; tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$last"; } >"$into"`,
      );
      const { status, output } = pod.run(bucket);
      expect(status, output).to.equal(0);
      const [, archive = ""] = pod.kept();
      expect(sent(`${archive}.gpg`).subarray(0, 7).toString()).to.equal("the key");
      expect(existsSync(join(pod.root, `sent.${archive}`))).to.equal(false);
      pod.program("gpg", "echo 'gpg: no valid OpenPGP data found' >&2; exit 2");
      const failed = pod.run(bucket);
      expect(failed.output).to.contain(
        "could not be encrypted for the key in backupKey: gpg: no valid OpenPGP data",
      );
      expect(failed.status).to.equal(3);
    });
  });

  it("writes an IPv6 address in brackets", () => {
    expect(pod.run({ POD_IP: "fd00::9" }).status).to.equal(0);
    expect(pod.configuration()).to.contain("server.255=[fd00::9]:2888");
  });

  it("keeps the newest backups, and nothing that jobs have left that were killed", () => {
    for (const time of ["20260101T000000Z", "20260102T000000Z", "20260103T000000Z"]) {
      pod.holds(`zk-${time}`);
    }
    // Another ensemble may save its backups to the same file server, also at this moment.
    pod.holds("zk-2-20260101T000000Z");
    writeFileSync(join(pod.backups, ".zk-2-20260104T000000Z.part"), "being saved");
    for (const name of [
      ".zk-20260104T000000Z.part",
      ".zk-20260104T000000Z.json.part",
      "zk-20260104T000000Z.tar.gz",
    ]) {
      writeFileSync(join(pod.backups, name), "begun");
    }
    const { status, output } = pod.run();
    expect(status, output).to.equal(0);
    const [newest = "", ...others] = pod
      .kept()
      .filter((name) => name.endsWith(".json"))
      .reverse();
    expect(others).to.deep.equal(["zk-20260103T000000Z.json", "zk-2-20260101T000000Z.json"]);
    expect(pod.kept()).to.have.members([
      ...[newest, ...others].flatMap((name) => [name, name.replace(".json", ".tar.gz")]),
      ".zk-2-20260104T000000Z.part",
    ]);
  });

  it("keeps a backup whose description is lost, and reports it", () => {
    pod.holds("zk-20260101T000000Z");
    rmSync(join(pod.backups, "zk-20260101T000000Z.json"));
    const { status, output } = pod.run();
    expect(status).to.equal(3);
    expect(output).to.contain("a new backup was saved, but these are damaged: zk-20260101T000000Z.");
    expect(pod.kept()).to.have.length(3).and.include("zk-20260101T000000Z.tar.gz");
  });

  for (const [what, change] of [
    [
      "was changed",
      (file: string) => {
        appendFileSync(file, "x");
      },
    ],
    [
      "is missing",
      (file: string) => {
        rmSync(file);
      },
    ],
  ] as const) {
    it(`saves a backup and fails where a kept one ${what}, and is not repeated`, () => {
      pod.holds("zk-20260101T000000Z");
      change(join(pod.backups, "zk-20260101T000000Z.tar.gz"));
      const { status, output } = pod.run();
      expect(status).to.equal(3);
      expect(output).to.contain("a new backup was saved, but these are damaged: zk-20260101T000000Z.");
      expect(pod.kept().filter((name) => name.endsWith(".json"))).to.have.length(2);
    });
  }

  for (const [program, call] of [
    ...[["flock", 1] as const, ["sed", 1] as const, ["nc", 1] as const, ["zkCli.sh", 1] as const],
    ...[["tar", 1] as const, ["sync", 1] as const, ["sha256sum", 2] as const, ["sha256sum", 3] as const],
    ...[
      ["mv", 1] as const,
      ["mv", 2] as const,
      ["mv", 3] as const,
      ["sync", 2] as const,
      ["rm", 3] as const,
      ["rm", 4] as const,
      ["rm", 5] as const,
    ],
  ]) {
    it(`leaves only complete backups when it is killed at ${program}, call ${call}`, () => {
      for (const time of ["20260101T000000Z", "20260102T000000Z"]) {
        pod.holds(`zk-${time}`);
      }
      const real = spawnSync("sh", ["-c", `command -v ${program}`], {
        encoding: "utf8",
        env: { PATH: `${join(pod.root, "path")}:${process.env["PATH"] ?? ""}` },
      }).stdout.trim();
      const stand = join(pod.root, `real-${program}`);
      writeFileSync(stand, readFileSync(real), { mode: 0o755 });
      const killing = `call=$(($(cat "$ROOT/call-${program}" 2>/dev/null || echo 0) + 1))
echo $call >"$ROOT/call-${program}"
[ $call -ne ${call} ] || kill -KILL 0
exec "${stand}" "$@"`;
      pod.program(program, killing);
      expect(pod.run().status).not.to.equal(0);
      const complete = pod.kept().filter((name) => name.endsWith(".json"));
      expect(complete.length).to.be.within(2, 3);
      for (const json of complete) {
        const { sha256 } = JSON.parse(readFileSync(join(pod.backups, json), "utf8")) as { sha256: string };
        const archive = join(pod.backups, json.replace(".json", ".tar.gz"));
        expect(createHash("sha256").update(readFileSync(archive)).digest("hex"), json).to.equal(sha256);
      }
      const { status, output } = pod.run();
      expect(status, output).to.equal(0);
      expect(pod.kept()).to.have.length(4);
    });
  }

  it("fails where the stored file ends before what the observer had reached", () => {
    pod.loads(
      "echo 'Snapshot loaded in 5 ms, highest zxid is 0x200000002, digest is 1'; exec /bin/sleep 100",
    );
    fails(/ends with transaction 0x200000002, but the observer had already reached 0x200000003/);
  });

  it("fails where no server starts with the stored file", () => {
    pod.loads("echo 'Caused by: java.io.IOException: CRC check failed'; exit 1");
    const nc = readFileSync(join(pod.root, "path/nc"), "utf8");
    pod.program("nc", `[ ! -d conf ] || exit 1\n${nc}`);
    fails(
      /a server cannot start with it: IOException: CRC check failed\n.*no server starts with the stored file/,
    );
  });

  it("fails where the observer ends", () => {
    pod.observes("echo it has no memory; exit 1");
    pod.program("nc", "exit 1");
    fails(/it has no memory\n.*the observer ended/);
  });

  it("fails where the observer does not join the servers in time", () => {
    pod.program("nc", "echo This ZooKeeper instance is not currently serving requests");
    fails(/the observer has received no data from the servers in time/, { ZK_PATIENCE: "3" });
  });

  it("fails where the leader does not answer the observer", () => {
    pod.program("zkCli.sh", "echo Sync has failed. rc=-4");
    fails(/the observer does not reach the leader/);
  });

  it("fails where the volume is full", () => {
    pod.holds("zk-20260101T000000Z");
    const tar = spawnSync("sh", ["-c", "command -v tar"], { encoding: "utf8" }).stdout.trim();
    pod.program("tar", `case $1 in -czf) exec ${tar} "$@" >/dev/full ;; esac\nexec ${tar} "$@"`);
    fails(/No space left on device[^]*the observer's files could not be stored/);
  });

  it("fails where another job works on the same volume", () => {
    pod.program("flock", "exit 1");
    fails(/another job saves a backup of the same ensemble/);
  });

  it("fails where the volume cannot be written", () => {
    fails(/cannot be written/, { ZK_BACKUPS: join(pod.root, "nothing") });
  });

  it("fails where the Secret with the servers' certificate is not usable", () => {
    copyFileSync("/bin/false", join(pod.root, "scripts/zookeeper-certificates"));
    writeFileSync(join(pod.root, "scripts/zookeeper-certificates"), "exit 1");
    fails(/the Secret with the servers' certificate is not usable/, { ZK_CERTIFICATES_DIR: pod.root });
    expect(existsSync(join(pod.root, "work/conf"))).to.equal(false);
  });
});
