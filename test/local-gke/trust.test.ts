import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import {
  dnsEndpointCertificate,
  ensureDnsEndpointCertificate,
} from "../../local-gke/cluster/dns-endpoint.ts";
import { configure } from "../../local-gke/configuration.ts";
import { trustVariables, writeTrust } from "../../local-gke/pulumi/trust.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";

describe("the trust in the DNS endpoints of the local GKE", () => {
  let root = "";
  let stateDir = "";

  /** A kubeadm that creates files with names in them, or fails. */
  const kubeadm = (last = "exit 0"): string => {
    const file = join(root, "kubeadm");
    const lines = [
      "#!/bin/sh",
      `dir=$(sed -n 's/.*"certificatesDir":"\\([^"]*\\)".*/\\1/p' "$6")`,
      'echo "certificate of $4 $$" >"$dir/$4.crt"',
      'echo key >"$dir/$4.key"',
      last,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const roots = (): string => join(root, "roots.crt");
  const read = (name: string): string => readFileSync(trustVariables()[name] ?? "", "utf8");
  const authority = (): string => readFileSync(dnsEndpointCertificate().authority, "utf8");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "trust-"));
    stateDir = join(root, "state");
    configure({ ...zookeeperEnvironment, stateDir });
    writeFileSync(roots(), "public authorities\n");
  });

  afterEach(() => {
    configure(zookeeperEnvironment);
    rmSync(root, { recursive: true });
  });

  it("needs a certificate, which is created once, and nobody can sign another", async () => {
    await ensureDnsEndpointCertificate(kubeadm());
    const { certificate, key } = dnsEndpointCertificate();
    const before = readFileSync(certificate, "utf8");
    expect(before).to.match(/^certificate of apiserver/);
    expect(existsSync(key)).to.equal(true);
    expect(authority()).to.match(/^certificate of ca/);
    await ensureDnsEndpointCertificate(kubeadm());
    expect(readFileSync(certificate, "utf8")).to.equal(before);
    const keys = readdirSync(join(stateDir, "dns-endpoint")).filter((name) => name.endsWith(".key"));
    expect(keys).to.deep.equal(["apiserver.key"]);
    expect(readdirSync(stateDir)).to.deep.equal(["dns-endpoint"]);
  });

  it("is not half there after a failure", async () => {
    const failed = await ensureDnsEndpointCertificate(kubeadm("exit 1")).then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(failed).to.include("kubeadm");
    expect(readdirSync(stateDir)).to.be.empty;
    expect(trustVariables()).to.deep.equal({});
  });

  it("adds the authority to what the system trusts, and for Node to nothing", async () => {
    await ensureDnsEndpointCertificate(kubeadm());
    writeTrust({}, roots());
    expect(trustVariables()).to.have.all.keys("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS");
    expect(read("SSL_CERT_FILE")).to.equal(`public authorities\n${authority()}`);
    expect(read("NODE_EXTRA_CA_CERTS")).to.equal(authority());
    writeTrust({}, join(root, "none"));
    expect(read("SSL_CERT_FILE")).to.equal(authority());
  });

  it("adds the authority to what the user's own variables name, also in a shell of the environment", async () => {
    await ensureDnsEndpointCertificate(kubeadm());
    const own = join(root, "company.crt");
    writeFileSync(own, "company's authority");
    writeTrust({ SSL_CERT_FILE: own, NODE_EXTRA_CA_CERTS: own }, roots());
    for (const variables of [{}, trustVariables()]) {
      if ("SSL_CERT_FILE" in variables) {
        writeTrust(variables, roots());
      }
      for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
        expect(read(name)).to.equal(`company's authority\n${authority()}`);
      }
    }
  });

  it("is in a new authority after the former one is gone", async () => {
    await ensureDnsEndpointCertificate(kubeadm());
    writeTrust({}, roots());
    rmSync(join(stateDir, "dns-endpoint"), { recursive: true });
    await ensureDnsEndpointCertificate(kubeadm());
    writeTrust(trustVariables(), roots());
    expect(read("SSL_CERT_FILE")).to.equal(`public authorities\n${authority()}`);
    expect(read("NODE_EXTRA_CA_CERTS")).to.equal(authority());
  });
});
