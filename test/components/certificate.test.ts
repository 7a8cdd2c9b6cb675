import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { certificateFaults } from "../../components/ensemble/certificate.ts";
import { serverNames } from "../../domain/names.ts";
import { Authority, type Certificates } from "../fixtures/certificates.ts";
import { runbookCommands } from "../fixtures/cluster/runbook.ts";

const names = serverNames("zk", "default", "cluster.local", 3);

describe("the servers' certificate", () => {
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

  const faults = (content: Partial<Certificates>, now = Date.now()): readonly string[] =>
    certificateFaults({ ...content }, names, now);

  for (const key of ["PKCS#8", "PKCS#1", "SEC1"] as const) {
    it(`may have a key in the form of ${key}`, () => {
      expect(faults(authority.issue({ key }))).to.deep.equal([]);
    });
  }

  it("is valid as docs/security.md makes it", () => {
    const [commands = ""] = runbookCommands("TLS between servers", "security.md");
    const folder = mkdtempSync(join(tmpdir(), "zookeeper-certificate-"));
    try {
      // In the place of kubectl: the files are read here.
      execFileSync("sh", ["-euc", `kubectl() { :; }\n${commands}`], { cwd: folder, stdio: "pipe" });
      const [tlsKey, tlsCrt, caCrt] = ["tls.key", "tls.crt", "ca.crt"].map((name) =>
        readFileSync(join(folder, name), "utf8"),
      );
      expect(
        faults({ "tls.key": tlsKey ?? "", "tls.crt": tlsCrt ?? "", "ca.crt": caCrt ?? "" }),
      ).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("may be of an authority below the one that is trusted", () => {
    const below = new Authority("below", authority);
    try {
      expect(faults(below.issue())).to.deep.equal([]);
      expect(faults({ ...below.issue(), "ca.crt": other.certificate })).to.have.length(1);
    } finally {
      below.remove();
    }
  });

  it("may have each server's name, and authorities besides its own", () => {
    const content = authority.issue({ names });
    expect(faults({ ...content, "ca.crt": other.certificate + authority.certificate })).to.deep.equal([]);
  });

  it("needs all of the Secret's keys", () => {
    expect(faults({})).to.deep.equal(["it has no tls.crt", "it has no tls.key", "it has no ca.crt"]);
    expect(faults({ ...authority.issue(), "ca.crt": "\n" })).to.deep.equal(["it has no ca.crt"]);
  });

  it("is not read where it is damaged, and everything is said at once", () => {
    expect(faults({ "tls.key": "key", "tls.crt": "certificate", "ca.crt": "authority" })).to.deep.equal([
      "there is no private key without a passphrase in tls.key",
      "there is no certificate in tls.crt",
      "there is no certificate in ca.crt",
    ]);
  });

  it("needs a key that ZooKeeper reads", () => {
    expect(faults(authority.issue({ key: "Ed25519" }))).to.deep.equal([
      "the key in tls.key is an ed25519 key, and ZooKeeper reads only RSA and EC",
    ]);
  });

  it("needs its own key, and its own authority", () => {
    const [one, two] = [authority.issue(), authority.issue()];
    expect(faults({ ...one, "tls.key": two["tls.key"] })).to.deep.equal([
      "the key in tls.key is not that of tls.crt",
    ]);
    expect(faults({ ...one, "ca.crt": other.certificate })).to.deep.equal([
      "the authority that signed tls.crt is not in ca.crt",
    ]);
  });

  it("needs the authority's key, not only its name", () => {
    const namesake = new Authority();
    try {
      expect(faults({ ...authority.issue(), "ca.crt": namesake.certificate })).to.have.length(1);
    } finally {
      namesake.remove();
    }
  });

  it("must be valid for every server, and at this time", () => {
    const [fault = ""] = faults(authority.issue({ names: ["zk-0.zk-hs.default.svc.cluster.local"] }));
    expect(fault).to.contain("not valid for zk-1.zk-hs.default.svc.cluster.local, zk-2.zk-hs");
    expect(fault).to.contain("a certificate for *.zk-hs.default.svc.cluster.local is valid for all servers");
    expect(faults(authority.issue({ days: 0 }))[0]).to.match(/^the certificate in tls.crt has expired on /);
    expect(faults(authority.issue(), 0)[0]).to.match(/^the certificate in tls.crt is valid only from /);
  });
});
