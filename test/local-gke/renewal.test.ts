import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { endingCertificate } from "../../local-gke/cluster/renewal.ts";

/** A certificate that ends at this time; nothing needs its key. */
const end = Date.parse("2027-11-26T01:52:45Z");
const pem = `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUJo2iTKKSYyau/20+7bsygOUsoygwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjYwMTUyNDVaFw0yNzExMjYwMTUyNDVa
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8YlNh
4QHKMr2UxvzbFzf1f7RHAptNgSAk9jPxRIbqJNf6/qktRYdQse7TpzQGMlMZD/x9
vStqiB5XxIwPVVWdo1MwUTAdBgNVHQ4EFgQUu9ZwkiNErbcvCGpt5XFRtsv48qcw
HwYDVR0jBBgwFoAUu9ZwkiNErbcvCGpt5XFRtsv48qcwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEAvoizH9HRyVMJMwrXxBCCTyN01JVfHQriuzu9
42NgX/ECIQDOJgJiYpOc58jer3FHSVUZJ9EWHy0m6/oroV7MrI9kgg==
-----END CERTIFICATE-----
`;

const day = 24 * 3_600_000;

describe("the certificates of a control plane", () => {
  let root = "";
  const place = () => ({ pki: join(root, "pki"), kubeconfigs: join(root, "kubeconfigs") });

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const kubeconfig = (certificate: string): string =>
    `users:\n- user:\n    client-certificate-data: ${Buffer.from(certificate).toString("base64")}\n`;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "certificates-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  for (const file of ["pki/apiserver.crt", "pki/etcd/server.crt", "kubeconfigs/super-admin.conf"]) {
    it(`are renewed less than 90 days before the end of ${file}, and after it`, () => {
      write(file, file.endsWith(".conf") ? kubeconfig(pem) : pem);
      const found = { file: file.replace(/^\w+\//, ""), end: new Date(end) };
      for (const left of [91, 365]) {
        expect(endingCertificate(place(), end - left * day)).to.equal(undefined);
      }
      for (const left of [89, 1, 0, -400]) {
        expect(endingCertificate(place(), end - left * day)).to.deep.equal(found);
      }
    });

    it(`are renewed where ${file} cannot be read`, () => {
      write("pki/other.crt", pem);
      write(file, file.endsWith(".conf") ? "users: []\n" : pem.slice(0, 200));
      const found = endingCertificate(place(), end - 365 * day);
      expect(found).to.deep.equal({ file: file.replace(/^\w+\//, ""), end: undefined });
    });
  }

  it("are not renewed for an authority's sake, which everything hangs on, nor for a node's", () => {
    for (const file of ["pki/ca.crt", "pki/etcd/ca.crt", "pki/front-proxy-ca.crt", "pki/sa.pub"]) {
      write(file, pem);
    }
    write("kubeconfigs/gke-zookeeper-nodes-0123-4567.conf", kubeconfig(pem));
    expect(endingCertificate(place(), end)).to.equal(undefined);
    expect(endingCertificate({ pki: "/nonexistent", kubeconfigs: "/nonexistent" }, end)).to.equal(undefined);
  });
});
