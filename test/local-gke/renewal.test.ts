import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { clusterDir } from "../../local-gke/cluster/records.ts";
import { endingCertificate, renewalDue } from "../../local-gke/cluster/renewal.ts";
import { configure } from "../../local-gke/configuration.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";

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

/** Certificates until 2126 of a control plane in slot 1: for its first address, and for its public one, too. */
const withoutPublicAddress = `-----BEGIN CERTIFICATE-----
MIIBhTCCASygAwIBAgIUScYC2dF2/eVTkz2n7X0bQzGyuUgwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjYxMTU5MjdaGA8yMTI2MTEwMjExNTky
N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFpe
0MAECRFVcR/fvH63n/yu2WNfmB50lO/6CniNgdnumtZenBpLmFt3E03OSTWT5+W1
VRt3Ww5/0qnT4/4jR+6jZDBiMB0GA1UdDgQWBBT4Ggqv+37sPvcSLrreT+doDgZ9
1jAfBgNVHSMEGDAWgBT4Ggqv+37sPvcSLrreT+doDgZ91jAPBgNVHRMBAf8EBTAD
AQH/MA8GA1UdEQQIMAaHBMYSQAEwCgYIKoZIzj0EAwIDRwAwRAIgW0XxGvCDIxx5
0ezNeLIR4wGyX/O7dXCFPxtRHhlHVjQCIA8uvmyzlNbT0i8RAd7d0gOrb/UxbwGS
LM83awVVvyzM
-----END CERTIFICATE-----
`;
const withPublicAddress = `-----BEGIN CERTIFICATE-----
MIIBjTCCATKgAwIBAgIUYBKJUDVtVBi2iU7GyUpn0u6AV1swCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjYxMTU5MjdaGA8yMTI2MTEwMjExNTky
N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJZl
rkCLPQ9TCkFN2YhNRBMwYHAyaFy+1tzB4IFlN0yirgKKR3htRPVKxQMypX+fXMhv
+k3y154kf5s2HQH5HTOjajBoMB0GA1UdDgQWBBRwWFhuPybq7o9wTMHlCMwdGaxe
YzAfBgNVHSMEGDAWgBRwWFhuPybq7o9wTMHlCMwdGaxeYzAPBgNVHRMBAf8EBTAD
AQH/MBUGA1UdEQQOMAyHBMYSQAGHBMYSQAMwCgYIKoZIzj0EAwIDSQAwRgIhALP1
hMhnDyu7khZL+qugnnL/8w98MaY3QziNbyfuikCfAiEAhuDWEVFVJTNMLu/44odx
/B2Aa8OTouB5dC2uvpxvvJU=
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

  it("are renewed where an earlier version's API server has none for the public address", () => {
    const cluster = {
      project: "p",
      location: "us-central1-a",
      name: "zk",
      slot: 1,
      createTime: "",
      pools: [],
    };
    configure({ ...zookeeperEnvironment, stateDir: root });
    try {
      const dir = join(clusterDir(cluster), "pki");
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, "apiserver.crt"), withoutPublicAddress);
      expect(renewalDue(cluster)).to.include("no public address");
      writeFileSync(join(dir, "apiserver.crt"), withPublicAddress);
      expect(renewalDue(cluster)).to.equal(undefined);
    } finally {
      configure(zookeeperEnvironment);
    }
  });
});
