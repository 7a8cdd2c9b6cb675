import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { Authority } from "../fixtures/certificates.ts";
import { ScriptedPod } from "./scripted-pod.ts";

describe("zookeeper-certificates", () => {
  let pod: ScriptedPod;
  let authority: Authority;
  let other: Authority;

  before(() => {
    authority = new Authority();
    other = new Authority("another");
  });
  after(() => {
    authority.remove();
    other.remove();
  });
  beforeEach(() => {
    pod = new ScriptedPod();
    mkdirSync(join(pod.root, "secret"));
    mkdirSync(join(pod.root, "own"));
  });
  afterEach(() => {
    pod.remove();
  });

  /** Gives the Secret a content as the kubelet does: in another folder, to which a link is moved. */
  let contents = 0;
  function secret(content: Readonly<Record<string, string | undefined>>): void {
    contents += 1;
    const folder = join(pod.root, "secret", `..${contents}`);
    mkdirSync(folder);
    for (const [name, text] of Object.entries(content)) {
      if (text !== undefined) {
        writeFileSync(join(folder, name), text);
      }
    }
    symlinkSync(folder, join(pod.root, "secret/..new"));
    renameSync(join(pod.root, "secret/..new"), join(pod.root, "secret/..data"));
    rmSync(join(pod.root, "secret", `..${contents - 1}`), { recursive: true, force: true });
  }

  const variables = (overlap: number) => ({
    ZK_SECRET_DIR: join(pod.root, "secret"),
    ZK_CERTIFICATES_DIR: join(pod.root, "own"),
    ZK_CERTIFICATES_OVERLAP: String(overlap),
  });
  const look = (overlap = 120) =>
    pod.run(join(pod.root, "scripts/zookeeper-certificates"), ["servers"], variables(overlap));
  const read = (name: string): string => readFileSync(join(pod.root, "own", name), "utf8");
  const fingerprints = (text: string): string[] =>
    (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
      (each) => new X509Certificate(each).fingerprint256,
    );
  const shown = () => fingerprints(read("server.pem"))[0];
  const trusted = () => fingerprints(read("trust.pem"));
  const only = (text: string) => fingerprints(text)[0];

  for (const key of ["PKCS#8", "PKCS#1", "SEC1"] as const) {
    it(`makes a key in the form of ${key} one that Java reads, with its certificates`, () => {
      const content = authority.issue({ key });
      secret(content);
      const { status, output } = look();
      expect(status, output).to.equal(0);
      expect(output).to.match(/the server has a certificate until \w/);
      expect(read("server.pem")).to.match(/^-----BEGIN PRIVATE KEY-----/);
      expect(shown()).to.equal(only(content["tls.crt"]));
      expect(read("trust.pem")).to.equal(content["ca.crt"]);
      const mode = execFileSync("stat", ["-c", "%a", join(pod.root, "own/server.pem")], { encoding: "utf8" });
      expect(mode).to.equal("600\n");
    });
  }

  it("takes a certificate of an authority below the one that is trusted, with that authority's", () => {
    const below = new Authority("below", authority);
    try {
      const content = below.issue();
      secret(content);
      const { status, output } = look();
      expect(status, output).to.equal(0);
      expect(fingerprints(read("server.pem")))
        .to.deep.equal(fingerprints(content["tls.crt"]))
        .and.have.length(2);
      expect(trusted()).to.deep.equal([only(authority.certificate)]);
    } finally {
      below.remove();
    }
  });

  for (const { what, change, reason } of [
    {
      what: "a key without its certificate",
      change: () => ({ "tls.crt": undefined }),
      reason: "tls.key, tls.crt or ca.crt is missing",
    },
    {
      what: "a key of another certificate",
      change: () => ({ "tls.key": authority.issue()["tls.key"] }),
      reason: "tls.key is not the key of tls.crt",
    },
    {
      what: "what is no key",
      change: () => ({ "tls.key": "key\n" }),
      reason: "tls.key is not a private key without a passphrase",
    },
    {
      what: "what is no certificate",
      change: () => ({ "tls.crt": "certificate\n" }),
      reason: "tls.crt is not a certificate",
    },
    {
      what: "what is no authority",
      change: () => ({ "ca.crt": "authority\n" }),
      reason: "ca.crt is not a certificate",
    },
    {
      what: "another authority",
      change: () => ({ "ca.crt": other.certificate }),
      reason: /unable to get (local )?issuer certificate/,
    },
    {
      what: "a key that ZooKeeper does not read",
      change: () => authority.issue({ key: "Ed25519" }),
      reason: "tls.key is neither an RSA nor an EC key",
    },
    {
      what: "a certificate that has expired",
      change: () => authority.issue({ days: 0 }),
      reason: "certificate has expired",
    },
    {
      what: "a certificate of another server",
      change: () => authority.issue({ names: ["zk-2.zk-hs.default.svc.cluster.local"] }),
      reason: "-verify_hostname zk-1.zk-hs.default.svc.cluster.local: hostname mismatch",
    },
    {
      what: "a certificate that is only for servers of TLS",
      change: () => authority.issue({ usages: "serverAuth" }),
      reason: /-purpose sslclient .*(unsupported|unsuitable) certificate purpose/,
    },
  ]) {
    it(`starts no server with ${what}, says why once, and keeps a certificate that it has`, () => {
      const bad = { ...authority.issue(), ...change() };
      secret(bad);
      const first = look();
      expect(first.status).to.equal(1);
      expect(first.output).to.match(
        /^zookeeper-certificates for servers: the Secret is not usable, so the server waits: /,
      );
      expect(first.output).to.satisfy((output: string) =>
        reason instanceof RegExp ? reason.test(output) : output.includes(reason),
      );
      expect(look()).to.deep.include({ status: 1, output: "" });

      const good = authority.issue();
      secret(good);
      expect(look().status).to.equal(0);
      secret(bad);
      const kept = look();
      expect(kept.status).to.equal(0);
      expect(kept.output).to.contain("so the server keeps its certificate: ");
      expect(shown()).to.equal(only(good["tls.crt"]));
      expect(look().output).to.equal("");

      secret(good);
      const again = look();
      expect(again.output).to.contain("the Secret has the server's certificate again");
      expect(look().output).to.equal("");
      secret(bad);
      expect(look().output, "the same mistake, later").to.equal(kept.output);
    });
  }

  it("takes a renewed certificate of the same authority over at once", () => {
    secret(authority.issue());
    look();
    const renewed = authority.issue();
    secret(renewed);
    expect(look().output).to.contain("the server has a certificate until");
    expect(shown()).to.equal(only(renewed["tls.crt"]));
    expect(look().output).to.equal("");
  });

  it("trusts both authorities, then shows the new certificate, then trusts only the new authority", () => {
    const before = authority.issue();
    secret(before);
    look();
    const now = other.issue();
    secret(now);
    // Every look at the clock is a second later.
    pod.hurry();
    const steps: string[] = [];
    for (let time = 0; time < 12; time += 1) {
      expect(look(4).status).to.equal(0);
      const both =
        trusted().length === 2 ? "both" : trusted()[0] === only(other.certificate) ? "new" : "former";
      steps.push(`${shown() === only(now["tls.crt"]) ? "new" : "former"} ${both}`);
    }
    expect([...new Set(steps)]).to.deep.equal(["former both", "new both", "new new"]);
  });

  it("does not wait with the new certificate when the former one has expired", () => {
    secret(authority.issue());
    look();
    const expired = authority.issue({ days: 0 });
    writeFileSync(join(pod.root, "own/server.pem"), expired["tls.key"] + expired["tls.crt"]);
    const now = other.issue();
    secret(now);
    expect(look().status).to.equal(0);
    expect(shown()).to.equal(only(now["tls.crt"]));
    expect(trusted()).to.have.length(2);
  });

  it("changes to an authority of the same name at once: Java keeps only one of them", () => {
    const namesake = new Authority();
    try {
      secret(authority.issue());
      look();
      const now = namesake.issue();
      secret(now);
      expect(look().status).to.equal(0);
      expect(shown()).to.equal(only(now["tls.crt"]));
      expect(trusted()).to.deep.equal([only(namesake.certificate)]);
    } finally {
      namesake.remove();
    }
  });

  it("says that the certificate has expired, and that it is renewed", () => {
    secret(authority.issue());
    look();
    const expired = authority.issue({ days: 0 });
    writeFileSync(join(pod.root, "own/server.pem"), expired["tls.key"] + expired["tls.crt"]);
    const late = look();
    expect(late.status).to.equal(1);
    expect(late.output).to.match(/the certificate has expired on .*Renew the Secret/);
    expect(look()).to.deep.include({ status: 1, output: "" });
    secret(authority.issue());
    expect(look().status).to.equal(0);
  });

  it("ends with the server that it runs beside", () => {
    secret(authority.issue());
    pod.program("server", `sh "${pod.root}/scripts/zookeeper-certificates" servers $$ & exec /bin/sleep 0.3`);
    const { output } = pod.run(join(pod.root, "path/server"), [], variables(120));
    expect(output).to.contain("the server has a certificate until");
  });

  it("lets a server start once there is a certificate, and says again in each start what is missing", () => {
    secret(authority.issue({ days: 0 }));
    const good = authority.issue();
    const folder = join(pod.root, "good");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(good)) {
      writeFileSync(join(folder, name), text);
    }
    // The third look finds the Secret renewed.
    pod.program(
      "sleep",
      `echo >>"${pod.root}/waited"; [ "$(wc -l <"${pod.root}/waited")" -ne 3 ] || cp "${folder}"/* "${pod.root}/secret/..data/"`,
    );
    const { status, output } = pod.start(variables(120));
    expect(status).to.equal(0);
    expect(output.match(/certificate has expired/g)).to.have.length(1);
    expect(output).to.match(/the server has a certificate until .*\n(.*\n)*server start-foreground/);
  });

  describe("for clients", () => {
    const forClients = {
      ZK_CLIENT_SECRET_DIR: "",
      ZK_CLIENT_CERTIFICATES_DIR: "",
    };
    beforeEach(() => {
      forClients.ZK_CLIENT_SECRET_DIR = join(pod.root, "secret");
      forClients.ZK_CLIENT_CERTIFICATES_DIR = join(pod.root, "own");
    });
    const script = () => join(pod.root, "scripts/zookeeper-certificates");

    it("takes even an expired certificate, because the quorum needs the server", () => {
      const expired = authority.issue({ days: 0 });
      secret(expired);
      const { status, output } = pod.run(script(), ["clients"], forClients);
      expect(status, output).to.equal(0);
      expect(output).to.match(/^zookeeper-certificates for clients: /);
      expect(output).to.match(/has expired on .*: clients reject new connections. Renew the Secret/);
      expect(shown()).to.equal(only(expired["tls.crt"]));
    });

    it("takes no certificate of another server", () => {
      secret(authority.issue({ names: ["zk-2.zk-hs.default.svc.cluster.local"] }));
      expect(pod.run(script(), ["clients"], forClients).status).to.equal(1);
    });

    it("lets a server start with both", () => {
      secret(authority.issue());
      mkdirSync(join(pod.root, "others"));
      const { status, output } = pod.start({
        ...forClients,
        ZK_SECRET_DIR: join(pod.root, "secret"),
        ZK_CERTIFICATES_DIR: join(pod.root, "others"),
      });
      expect(status).to.equal(0);
      expect(output).to.match(/for servers: the server has .*\n(.*\n)*.*for clients: the server has .*\n/);
      expect(pod.exists("own/server.pem") && pod.exists("others/server.pem")).to.equal(true);
    });

    it("is told for whom", () => {
      const { status, output } = pod.run(script(), ["everybody"], forClients);
      expect(status).to.equal(2);
      expect(output).to.equal("usage: zookeeper-certificates servers|clients [PID]\n");
    });
  });
});
