import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { foreignCertificates } from "../../faults/catalogue/certificates.ts";
import { bundle, secretsAt } from "../../faults/catalogue/mounted-secrets.ts";
import { run } from "../../system/run.ts";

const mount = (name: string) => ({ name, mountPath: `/${name}` });
const volume = (name: string, secretName: string) => ({ name, secret: { secretName } });

describe("the Secrets that servers mount", () => {
  it("are those at the paths, each once, and no others", () => {
    const spec = {
      volumes: [
        { name: "data" },
        volume("servers", "shared"),
        volume("clients", "shared"),
        volume("x", "other"),
      ],
      containers: [{ volumeMounts: ["data", "servers", "clients", "x"].map(mount) }],
    };
    expect(secretsAt(["/servers", "/clients"], spec)).to.deep.equal(["shared"]);
    expect(secretsAt(["/servers", "/x"], spec)).to.deep.equal(["shared", "other"]);
    expect(secretsAt(["/data"], spec)).to.deep.equal([]);
  });
});

describe("certificates of an authority that nobody knows", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "foreign-"));
    writeFileSync(join(folder, "zoo.cfg"), "server.1=zk-0.zk-hs:2888:3888\nserver.2=zk-1.zk-hs:2888:3888\n");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs in this machine's shell what would run in a pod. */
  const ensemble = {
    namespace: "default",
    kubectl: async (...args: string[]) => {
      const [command = "", ...rest] = args.slice(args.indexOf("--") + 1);
      return await run(command, rest, { env: { ZOOCFGDIR: folder } });
    },
  };
  const text = (encoded: string) => Buffer.from(encoded, "base64").toString();
  const issue = async (request: Parameters<typeof foreignCertificates>[2]) => {
    const issued = await foreignCertificates(ensemble, { pod: "zk-0" }, request);
    const certificate = new X509Certificate(text(issued["tls.crt"]));
    return { issued, certificate, authority: new X509Certificate(text(issued["ca.crt"])) };
  };

  it("are for all servers or other names, and each authority has another name", async () => {
    const own = await issue({});
    expect(own.certificate.verify(own.authority.publicKey)).to.equal(true);
    expect(own.certificate.subjectAltName).to.equal("DNS:zk-0.zk-hs, DNS:zk-1.zk-hs");
    const other = await issue({ names: ["other.example"] });
    expect(other.certificate.subjectAltName).to.equal("DNS:other.example");
    expect(other.authority.subject).not.to.equal(own.authority.subject);
  });

  it("are valid for so many seconds", async () => {
    for (const seconds of [0, 40, 86_400]) {
      const [began, { certificate }, ended] = [Date.now(), await issue({ seconds }), Date.now()];
      // Certificates know whole seconds.
      const until = new Date(certificate.validTo).getTime() - 1000 * seconds;
      expect(until, `${seconds} s`).to.be.within(began - 1000, ended);
    }
  });

  it("are trusted beside others in one file", async () => {
    const [one, other] = [await issue({}), await issue({})];
    const both = text(bundle(one.issued["ca.crt"], other.issued["ca.crt"]));
    const found = both.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    expect(found.map((each) => new X509Certificate(each).subject)).to.deep.equal([
      one.authority.subject,
      other.authority.subject,
    ]);
  });
});
