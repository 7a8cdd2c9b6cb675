import { expect } from "chai";
import fc from "fast-check";

import {
  checkAgainstCluster,
  checkOwners,
  warningOfClosing,
  warningsAgainstCluster,
  type Intent,
} from "../../components/ensemble/against.ts";
import { ensembleDefaults, type EnsembleValues } from "../../components/ensemble/args.ts";
import { withCertificates } from "../../components/ensemble/cert-manager.ts";
import { covers } from "../../components/ensemble/covers.ts";
import { skippedClientMode } from "../../components/ensemble/client-tls-modes.ts";
import { quorumTlsModes, skippedMode } from "../../components/ensemble/quorum-tls-modes.ts";
import { statefulSetArgs } from "../../components/ensemble/stateful-set.ts";
import { leastStep } from "../../components/ensemble/steps.ts";
import { admitsAnyClient } from "../../components/live/ensemble.ts";
import type { LiveEnsemble, LiveObject, LiveStatefulSet } from "../../components/live/ensemble.ts";
import { Report } from "../../components/validation/report.ts";
import { Authority, type Certificates } from "../fixtures/certificates.ts";

const stack = "shop/prod";

function intent(settings: Partial<EnsembleValues> = {}, hash = "0123456789"): Intent {
  const values = withCertificates({ ...ensembleDefaults, name: "zk", ...settings });
  const manifest = statefulSetArgs(values, `zk-config-${hash}`, hash);
  return { settings: values, manifest, owner: { stack, id: undefined, adopt: values.adopt } };
}

/** A StatefulSet that stands as it was asked for. */
function standing(made: Intent, changed: Partial<LiveStatefulSet> = {}): LiveStatefulSet {
  const { servers } = made.settings;
  return {
    what: "StatefulSet default/zk",
    owner: stack,
    ownerId: "id-1",
    managers: ["pulumi-kubernetes-1"],
    uid: "uid",
    generation: 1,
    servers,
    quorumTls: made.settings.quorumTls,
    tlsSecret: made.settings.quorumTls === "off" ? "" : made.settings.tlsSecret,
    clientTls: made.settings.clientTls,
    clientTlsSecret: made.settings.clientTls === "off" ? "" : made.settings.clientTlsSecret,
    replicas: servers,
    ready: servers,
    rolledOut: true,
    template: structuredClone(made.manifest.spec.template),
    fixed: structuredClone({
      serviceName: made.manifest.spec.serviceName,
      podManagementPolicy: made.manifest.spec.podManagementPolicy,
      selector: made.manifest.spec.selector,
      volumeClaimTemplates: made.manifest.spec.volumeClaimTemplates,
    }),
    ...changed,
  };
}

function cluster(changed: Partial<LiveEnsemble> = {}): LiveEnsemble {
  return {
    statefulSet: undefined,
    around: [],
    claims: [],
    pods: [],
    admitsAnyClient: false,
    expandable: {},
    podSecurity: "",
    bootstrapped: true,
    certificates: undefined,
    clientCertificates: undefined,
    certManager: undefined,
    monitoring: undefined,
    backupClaim: undefined,
    ...changed,
  };
}

function faults(wanted: Intent, live: LiveEnsemble): string[] {
  const report = new Report();
  checkAgainstCluster(wanted, live, report);
  return report.errors.map(({ path, reason, fix }) => `${path}: ${reason}; ${fix}`);
}

describe("an update beside what the cluster has", () => {
  describe("of an ensemble that stands", () => {
    const made = intent();

    it("is allowed where nothing of the servers changes, whatever their state", () => {
      for (const ready of [0, 1, 2, 3]) {
        const live = cluster({ statefulSet: standing(made, { ready, rolledOut: ready === 3 }) });
        expect(faults(intent(), live)).to.deep.equal([]);
        expect(faults(intent({ networkPolicy: false, volumeSize: "20Gi" }), live)).to.deep.equal([]);
      }
    });

    it("selects its pods by labels only where they have them", () => {
      const labels = { app: "zk", "app.kubernetes.io/name": "zookeeper", "app.kubernetes.io/instance": "zk" };
      const live = (...others: object[]) =>
        cluster({
          statefulSet: standing(made),
          pods: [labels, ...others].map((each, i) => ({ name: `zk-${i}`, labels: { ...each } })),
        });
      expect(faults(intent(), live({ ...labels, more: "x" }))).to.deep.equal([]);
      const old = live(labels, { app: "zk" }, { ...labels, "app.kubernetes.io/instance": "other" });
      const [fault, ...others] = faults(intent(), old);
      expect(others).to.deep.equal([]);
      expect(fault).to.match(/^adopt: pods zk-2, zk-3 do not have the labels .*; set adopt to "unowned"/);
      expect(faults(intent({ adopt: "unowned" }), old)).to.deep.equal([]);
    });

    it("warns where clients can no longer connect that could before", () => {
      const { settings } = intent({ namespace: "data" });
      const open = cluster({ admitsAnyClient: true });
      expect(warningOfClosing(settings, open)?.reason).to.contain("only pods of namespace data can");
      for (const chosen of [{ clients: ["*"] }, { clients: ["orders"] }, { networkPolicy: false }]) {
        expect(warningOfClosing({ ...settings, ...chosen }, open)).to.equal(undefined);
      }
      expect(warningOfClosing(settings, cluster())).to.equal(undefined);
    });

    it("reads from the NetworkPolicy whether any client can connect", () => {
      const rule = (port: number, from: object[] = []) => ({ _from: from, ports: [{ port }] });
      const policy = (...ingress: object[]) => ({ spec: { podSelector: {}, ingress } });
      expect(admitsAnyClient(policy(rule(2888, [{}]), rule(2181)))).to.equal(true);
      expect(admitsAnyClient(policy({}))).to.equal(true);
      expect(admitsAnyClient(policy(rule(2181, [{}]), rule(7000)))).to.equal(false);
      expect(admitsAnyClient(undefined)).to.equal(false);
    });

    it("replaces servers only while all of them are Ready, or where that is asked for", () => {
      const changed = (more: Partial<EnsembleValues> = {}) => intent({ cpu: "600m", ...more });
      expect(faults(changed(), cluster({ statefulSet: standing(made) }))).to.deep.equal([]);
      const degraded = cluster({ statefulSet: standing(made, { ready: 2 }) });
      const [fault, ...others] = faults(changed(), degraded);
      expect(others).to.deep.equal([]);
      expect(fault)
        .to.contain("allowDegradedUpdate")
        .and.contain("StatefulSet default/zk has 2 of 3 servers Ready");
      expect(faults(changed({ allowDegradedUpdate: true }), degraded)).to.deep.equal([]);
    });

    it("replaces none while another roll-out is under way, and takes servers that somebody scaled away for missing", () => {
      const rolling = cluster({ statefulSet: standing(made, { rolledOut: false }) });
      expect(faults(intent({}, "abcdefabcd"), rolling).join()).to.contain("is still being rolled out");
      const scaled = cluster({ statefulSet: standing(made, { replicas: 2, ready: 2 }) });
      expect(faults(intent({}, "abcdefabcd"), scaled).join()).to.contain("2 of 3 servers Ready");
      expect(faults(intent(), scaled)).to.deep.equal([]);
    });

    it("never makes the StatefulSet anew, unless its protection is given up", () => {
      const live = (changed: Partial<LiveStatefulSet["fixed"]>) => {
        const statefulSet = standing(made);
        return cluster({ statefulSet: { ...statefulSet, fixed: { ...statefulSet.fixed, ...changed } } });
      };
      expect(faults(intent({ volumeSize: "20Gi" }), live({}))).to.deep.equal([]);
      expect(faults(intent(), live({ podManagementPolicy: "OrderedReady" }))[0]).to.contain(
        "another podManagementPolicy",
      );
      expect(faults(intent({ storageClassName: "fast" }), live({}))[0]).to.match(
        /^storageClassName: .*volumeClaimTemplates/,
      );
      expect(faults(intent({ storageClassName: "fast", protect: false }), live({}))).to.deep.equal([]);
    });

    it("replaces servers that stand still: none is taken down", () => {
      const stopped = cluster({ statefulSet: standing(made, { replicas: 0, ready: 0 }) });
      const never = cluster({
        statefulSet: standing(made, { ready: 0, rolledOut: false }),
        bootstrapped: false,
      });
      for (const live of [stopped, never]) {
        expect(faults(intent({ cpu: "600m" }), live)).to.deep.equal([]);
      }
    });

    it("adds or takes away one server at a time, and none to a single one", () => {
      const count = fc.integer({ min: 1, max: 15 });
      fc.assert(
        fc.property(count, count, (from, to) => {
          const live = cluster({ statefulSet: standing(intent({ servers: from })) });
          const found = faults(intent({ servers: to }), live);
          const allowed = from === to || (from > 1 && Math.abs(from - to) === 1);
          expect(found).to.have.length(allowed ? 0 : 1);
          if (allowed || from === 1) {
            return;
          }
          expect(found[0]).to.contain(`use ${leastStep(from, to)} first, with scalingTo ${to}`);
        }),
      );
    });
  });

  it("changes the number of servers so that every two majorities, before and after, share one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 99 }), fc.integer({ min: 2, max: 99 }), (from, to) => {
        fc.pre(from !== to);
        const next = leastStep(from, to);
        const majority = (servers: number) => Math.floor(servers / 2) + 1;
        expect(majority(from) + majority(next)).to.be.greaterThan(Math.max(from, next));
        expect(Math.abs(to - next)).to.equal(Math.abs(to - from) - 1);
      }),
    );
  });

  describe("of an ensemble that comes back to its volumes", () => {
    const claims = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        name: `datadir-zk-${n}`,
        size: "10Gi",
        className: "zookeeper",
        accessModes: ["ReadWriteOnce"],
      }));

    it("needs a quorum of servers with a volume", () => {
      expect(faults(intent({ servers: 5 }), cluster({ claims: claims(3) }))).to.deep.equal([]);
      expect(faults(intent({ servers: 7 }), cluster({ claims: claims(3) }))[0]).to.contain(
        "use 3, as there are 3 volumes",
      );
      expect(
        faults(intent({ servers: 7 }), cluster({ claims: claims(3), bootstrapped: false })),
      ).to.deep.equal([]);
      expect(faults(intent({ servers: 7 }), cluster())).to.deep.equal([]);
    });
  });

  describe("of volumes", () => {
    const live = (...sizes: string[]) =>
      cluster({
        statefulSet: standing(intent()),
        claims: sizes.map((size, n) => ({
          name: `datadir-zk-${n}`,
          size,
          className: "fast",
          accessModes: [],
        })),
        expandable: { fast: false },
      });

    it("rejects a size that a claim is above already, in whatever unit", () => {
      expect(faults(intent(), live("10Gi", "10240Mi", "10Gi"))).to.deep.equal([]);
      const [fault] = faults(intent(), live("10Gi", "20Gi", "30Gi"));
      expect(fault).to.contain("claim datadir-zk-1 has 20Gi, claim datadir-zk-2 has 30Gi");
      expect(fault).to.contain('use "30Gi" or more');
    });

    it("rejects to grow claims whose class does not let them, and only these", () => {
      const [fault, ...others] = faults(intent({ volumeSize: "20Gi" }), live("20Gi", "10Gi", "20Gi"));
      expect(others).to.deep.equal([]);
      expect(fault).to.contain("StorageClass fast does not allow its volumes to grow: datadir-zk-1 (10Gi);");
      const unknown = { ...live("10Gi", "10Gi", "10Gi"), expandable: {} };
      expect(faults(intent({ volumeSize: "20Gi" }), unknown)).to.deep.equal([]);
    });

    it("takes no notice of claims of servers that are no more", () => {
      expect(faults(intent(), live("10Gi", "10Gi", "10Gi", "99Gi", "99Gi"))).to.deep.equal([]);
    });
  });

  describe("of names that are in use", () => {
    const service: LiveObject = { what: "Service default/zk-cs", owner: undefined, managers: ["helm"] };

    it("says who made what is there, and how to take it over", () => {
      const [fault] = faults(intent(), cluster({ around: [service] }));
      expect(fault).to.contain("Service default/zk-cs exists already, created by helm");
      expect(fault).to.contain('set adopt to "unowned"');
      expect(faults(intent({ adopt: "unowned" }), cluster({ around: [service] }))).to.deep.equal([]);
    });

    it("takes over what is another stack's only where everything may be", () => {
      const other = cluster({ statefulSet: standing(intent(), { owner: "shop/test" }) });
      expect(faults(intent(), other)[0])
        .to.contain("created by stack shop/test")
        .and.contain('set adopt to "any"');
      expect(faults(intent({ adopt: "unowned" }), other)).to.have.length(1);
      expect(faults(intent({ adopt: "any" }), other)).to.deep.equal([]);
    });

    it("takes what its own StatefulSet has around it for its own, of before owners were noted", () => {
      expect(faults(intent(), cluster({ statefulSet: standing(intent()), around: [service] }))).to.deep.equal(
        [],
      );
    });

    it("tells stacks of one name apart by what distinguishes them", () => {
      const live = cluster({ statefulSet: standing(intent()) });
      const asked = (id: string) => {
        const report = new Report();
        checkOwners({ ...intent(), owner: { stack, id, adopt: "none" } }, live, report);
        return report.errors.length;
      };
      expect(asked("id-1")).to.equal(0);
      expect(asked("id-2")).to.equal(1);
    });
  });

  describe("of how servers talk to each other", () => {
    let authority: Authority;
    let certificates: Certificates;
    before(() => {
      authority = new Authority();
      certificates = authority.issue();
    });
    after(() => {
      authority.remove();
    });
    const mode = (quorumTls: string, tlsSecret = "zk-tls") => intent({ quorumTls, tlsSecret });
    const change = (from: Intent, to: Intent, read: LiveEnsemble["certificates"] = certificates) =>
      faults(to, cluster({ statefulSet: standing(from), certificates: read }));

    it("goes one mode at a time, there and back", () => {
      for (const [at, before] of quorumTlsModes.entries()) {
        for (const [next, now] of quorumTlsModes.entries()) {
          const found = change(mode(before), mode(now));
          const step = quorumTlsModes[at + Math.sign(next - at)] ?? "";
          const expected =
            Math.abs(next - at) <= 1
              ? []
              : [
                  `quorumTls: ${skippedMode(before)}; use "${step}" first, and continue when all servers are Ready; or keep "${before}"`,
                ];
          expect(found, `${before} to ${now}`).to.deep.equal(expected);
        }
      }
    });

    it("does not go from plain text to auto, which requires TLS where there are certificates", () => {
      expect(intent({ tlsSecret: "zk-tls" }).settings.quorumTls).to.equal("require");
      expect(change(mode("off"), mode("auto"))).to.deep.equal([
        `quorumTls: ${skippedMode("off")}; use "accept" first, and continue when all servers are Ready; or keep "off"`,
      ]);
      expect(change(mode("prefer"), mode("auto"))).to.deep.equal([]);
      expect(change(mode("require"), mode("auto", ""))[0]).to.contain('use "prefer" first');
    });

    it("may be any mode for a new ensemble, whose Secret may come later", () => {
      for (const quorumTls of quorumTlsModes) {
        expect(faults(mode(quorumTls), cluster({ certificates: "absent" }))).to.deep.equal([]);
      }
      const [warning] = warningsAgainstCluster(mode("require").settings, cluster({ certificates: "absent" }));
      expect(warning?.reason).to.equal("there is no such Secret yet, and the servers wait for it");
      expect(warning?.fix).to.contain("kubectl -n default create secret generic zk-tls");
    });

    it("needs its Secret first where servers run", () => {
      const [fault = ""] = change(mode("off"), mode("accept"), "absent");
      expect(fault).to.match(/^tlsSecret: namespace default has no such Secret.*create it first/);
    });

    it("needs no Secret first where cert-manager issues it", () => {
      const issuing = (quorumTls: string) => intent({ quorumTls, certManager: true });
      const [off, accept] = [issuing("off"), issuing("accept")];
      expect(change(off, accept, "absent")).to.deep.equal([]);
      expect(warningsAgainstCluster(accept.settings, cluster({ certificates: "absent" }))).to.deep.equal([]);
      // cert-manager corrects names, but not that it does not run.
      expect(change(off, accept, authority.issue({ names: ["former"] }))).to.deep.equal([]);
      expect(change(off, accept, authority.issue({ days: 0 }))[0]).to.match(/^tlsSecret: .* has expired on /);
      const own = intent({ quorumTls: "accept", certManager: true, tlsSecret: "own" });
      expect(change(off, own, "absent")[0]).to.match(/^tlsSecret: namespace default has no such Secret/);
    });

    it("needs cert-manager on the cluster first where that is to issue certificates", () => {
      const wanted = intent({ certManager: true });
      expect(faults(wanted, cluster({ certManager: true }))).to.deep.equal([]);
      expect(faults(wanted, cluster({ certManager: false }))[0]).to.match(
        /^certManager: the cluster has no API cert-manager.io\/v1; install cert-manager first/,
      );
    });

    it("is not checked, with a warning, where the user may not read Secrets", () => {
      expect(change(mode("off"), mode("accept"), "forbidden")).to.deep.equal([]);
      const live = cluster({ certificates: "forbidden" });
      expect(warningsAgainstCluster(mode("accept").settings, live)[0]?.reason).to.contain(
        "you may not read Secrets",
      );
      expect(warningsAgainstCluster(mode("accept").settings, cluster({ certificates }))).to.deep.equal([]);
    });

    it("warns two weeks before the certificate expires", () => {
      const warned = (days: number) =>
        warningsAgainstCluster(
          mode("require").settings,
          cluster({ statefulSet: standing(mode("require")), certificates: authority.issue({ days }) }),
        ).map(({ reason }) => reason);
      expect(warned(13)).to.have.length(1);
      expect(warned(13)[0]).to.match(/^the certificate in tls.crt expires on /);
      expect(warned(15)).to.deep.equal([]);
    });

    it("is rejected with a certificate that servers would not start with, with all reasons", () => {
      const wrong = authority.issue({ names: ["zk-0"], days: 0 });
      const found = change(mode("off"), mode("accept"), wrong);
      expect(found).to.have.length(2);
      expect(found[0]).to.match(
        /^tlsSecret: the certificate in tls.crt has expired on .*; correct Secret default\/zk-tls$/,
      );
      expect(found[1]).to.match(
        /^tlsSecret: the certificate in tls.crt is not valid for zk-0.zk-hs.default.svc.cluster.local, /,
      );
      // A server that joins needs a name, too.
      const three = authority.issue({
        names: [0, 1, 2].map((n) => `zk-${n}.zk-hs.default.svc.cluster.local`),
      });
      const grown = intent({ quorumTls: "require", tlsSecret: "zk-tls", servers: 4, scalingTo: 5 });
      expect(change(mode("require"), grown, three)[0]).to.contain("not valid for zk-3.zk-hs");
    });

    it("has another Secret only while no server talks TLS", () => {
      expect(change(mode("accept", "a"), mode("accept", "b"))).to.deep.equal([]);
      expect(change(mode("accept", "a"), mode("off", "b"))).to.deep.equal([]);
      for (const [before, now] of [
        ["accept", "prefer"],
        ["prefer", "accept"],
        ["require", "require"],
      ] as const) {
        const [fault = ""] = change(mode(before, "a"), mode(now, "b"));
        expect(fault, `${before} to ${now}`).to.match(
          /^tlsSecret: the servers use Secret a, .*change the contents/,
        );
      }
    });
  });

  describe("of TLS between clients and servers", () => {
    let authority: Authority;
    let other: Authority;
    const names = ["*.zk-hs.default.svc.cluster.local", "zk-cs.default.svc.cluster.local"];
    before(() => {
      authority = new Authority();
      other = new Authority("clients");
    });
    after(() => {
      authority.remove();
      other.remove();
    });
    const mode = (clientTls: string, clientTlsSecret = "zk-client-tls") =>
      intent({ clientTls, clientTlsSecret });
    const change = (from: Intent, to: Intent, clientCertificates = other.issue({ names })) =>
      faults(to, cluster({ statefulSet: standing(from), clientCertificates }));

    it("goes one mode at a time, so that clients can move", () => {
      for (const [before, now, next] of [
        ["off", "require", "accept"],
        ["require", "off", "accept"],
      ] as const) {
        expect(change(mode(before), mode(now))).to.deep.equal([
          `clientTls: ${skippedClientMode(before)}; use "${next}" first, and continue when all servers are Ready; or keep "${before}"`,
        ]);
      }
      for (const [before, now] of [
        ["off", "accept"],
        ["accept", "require"],
        ["require", "accept"],
        ["accept", "off"],
      ] as const) {
        expect(change(mode(before), mode(now)), `${before} to ${now}`).to.deep.equal([]);
      }
    });

    it("needs a certificate for the name that clients use", () => {
      const servers = other.issue();
      expect(change(mode("off"), mode("accept"), servers)).to.have.length(1);
      expect(change(mode("off"), mode("accept"), servers)[0]).to.match(
        /^clientTlsSecret: .* is not valid for zk-cs\.default\.svc\.cluster\.local/,
      );
    });

    it("keeps its Secret while clients use it", () => {
      for (const [before, now] of [
        ["accept", "accept"],
        ["accept", "require"],
      ] as const) {
        expect(change(mode(before, "a"), mode(now, "b"))[0]).to.match(
          /^clientTlsSecret: the servers use Secret a, .*change the contents/,
        );
      }
      expect(change(mode("accept", "a"), mode("off", "b"))).to.deep.equal([]);
    });

    it("has another authority than the servers: else each client could be one of them", () => {
      const both = intent({
        ...{ clientTls: "accept", clientTlsSecret: "zk-client-tls" },
        ...{ quorumTls: "accept", tlsSecret: "zk-tls" },
      });
      const found = (clients: Authority) =>
        faults(
          both,
          cluster({ certificates: authority.issue(), clientCertificates: clients.issue({ names }) }),
        );
      expect(found(other)).to.deep.equal([]);
      expect(found(authority)).to.have.length(1);
      expect(found(authority)[0]).to.match(
        /^clientTlsSecret: its ca\.crt has the authority CN=zookeeper, which Secret zk-tls has, too: /,
      );
    });
  });

  describe("of a template", () => {
    it("is no change where the cluster wrote it in its own way, or filled in what was left out", () => {
      const wanted = { cpu: "0.5", list: [{ name: "a" }], empty: {}, off: false, none: undefined, port: 1 };
      const live = { cpu: "500m", list: [{ name: "a", added: "x" }], port: 1, more: true };
      expect(covers(live, wanted)).to.equal(true);
    });

    it("is a change wherever a value or the length of a list differs", () => {
      const live = { cpu: "500m", list: [{ name: "a" }, { name: "b" }], on: true };
      for (const wanted of [
        { cpu: "0.6" },
        { list: [{ name: "a" }] },
        { on: false },
        { list: [{ name: "b" }, { name: "a" }] },
        { new: "x" },
      ]) {
        expect(covers(live, wanted), JSON.stringify(wanted)).to.equal(false);
      }
    });
  });

  it("needs the claim that is to have the backups, and does not shrink the one that it has created", () => {
    const claim = (name: string, mode = "ReadWriteOnce") => ({
      ...{ name, size: "20Gi", className: "zookeeper", accessModes: [mode] },
    });
    const daily = { backupSchedule: "@daily" };
    const [missing] = faults(intent({ ...daily, backupClaim: "file-server" }), cluster());
    expect(missing).to.match(
      /^backupClaim: there is no volume claim of this name in namespace default; create it/,
    );
    const file = cluster({ backupClaim: claim("file-server") });
    expect(faults(intent({ ...daily, backupClaim: "file-server" }), file)).to.deep.equal([]);
    const own = cluster({ backupClaim: claim("zk-backups") });
    expect(faults(intent({ ...daily, backupVolumeSize: "10Gi" }), own)).to.deep.equal([
      'backupVolumeSize: claim zk-backups has 20Gi, and a volume cannot shrink; use "20Gi" or more',
    ]);
    expect(faults(intent({ ...daily, backupVolumeSize: "20Gi" }), own)).to.deep.equal([]);
    expect(faults(intent({ backupVolumeSize: "10Gi", backupClaim: "file-server" }), cluster())).to.deep.equal(
      [],
    );
  });

  it("begins with a backup only as a new ensemble, and from a volume that all servers can mount", () => {
    const claim = (...accessModes: string[]) => ({
      ...{ name: "files", size: "1Ti", className: "filestore", accessModes },
    });
    const restored = { restoreBackup: "latest", backupClaim: "files" };
    const many = { backupClaim: claim("ReadWriteMany") };
    const said = (live: Partial<LiveEnsemble>, settings: Partial<EnsembleValues> = restored) =>
      faults(intent(settings), cluster({ bootstrapped: false, ...live }));
    expect(said(many)).to.deep.equal([]);
    expect(said({})[0]).to.match(/^backupClaim: there is no volume claim of this name/);
    const [once] = said({ backupClaim: claim("ReadWriteOnce") });
    expect(once).to.match(
      /^restoreBackup: only one node at a time can mount the volume of claim files, and each/,
    );
    expect(said({ backupClaim: claim("ReadWriteOnce") }, { ...restored, servers: 1 })).to.deep.equal([]);
    const exists = /^restoreBackup: the ensemble exists already, or existed before; remove/;
    expect(said({ ...many, bootstrapped: true }).join()).to.match(exists);
    expect(said({ ...many, statefulSet: standing(intent()) }).join()).to.match(exists);
    expect(said({ ...many, statefulSet: standing(intent(restored)), bootstrapped: true })).to.deep.equal([]);
  });

  it("needs the API of who is to collect the metrics", () => {
    for (const [monitoring, words] of [
      ["managed", /^monitoring: the cluster has no API monitoring\.googleapis\.com\/v1; turn on Google's/],
      ["operator", /^monitoring: the cluster has no API monitoring\.coreos\.com\/v1; install the Prometheus/],
    ] as const) {
      expect(faults(intent({ monitoring }), cluster({ monitoring: false }))[0]).to.match(words);
      expect(faults(intent({ monitoring }), cluster({ monitoring: true }))).to.deep.equal([]);
    }
    expect(faults(intent({ monitoring: "none" }), cluster())).to.deep.equal([]);
  });
});
