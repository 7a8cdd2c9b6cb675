import { backupCopies } from "../../../policy/rules/backup-copies.ts";
import { backupCronJob, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments, part } from "../../fixtures/policy/spread.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, rowsOfAdvice, type Expected, type Row } from "../table.ts";

const production = { stack: "prod" };
const advice =
  /^StatefulSet default\/zk: only disks of the cluster have the backups of CronJob default\/zk-backups: .*\n.*\n {2}Fix: set backupBucket, .*\(backupClaim\)/;

const pod = ["spec", "jobTemplate", "spec", "template", "spec"];
const container = [...pod, "containers", 0];
const env = [...container, "env"];
const volumes = [...pod, "volumes"];
const claimSpec = { accessModes: ["ReadWriteOnce"], storageClassName: "zookeeper" };
const claim: Registered = {
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  name: "zk-backups",
  props: { metadata: { name: "zk-backups", namespace: "default" }, spec: claimSpec },
};
const onClaim = [{ name: "backups", persistentVolumeClaim: { claimName: "zk-backups" } }];
const bare = changed(backupCronJob, env, undefined);
/** A CronJob whose backups stay on a disk of the cluster. */
const inside = changed(bare, volumes, onClaim);
const configMap = (data: object, name = "zk-backups"): Registered => ({
  type: "kubernetes:core/v1:ConfigMap",
  name,
  props: { metadata: { name, namespace: "default" }, data },
});
const stack = [statefulSet, inside, claim];
const onScripts = [...onClaim, { name: "scripts", configMap: { name: "zk-backups" } }];
const scripted = changed(inside, volumes, onScripts);

/** Rows of a value at a path of the CronJob. */
const at = (
  path: readonly (string | number)[],
  table: readonly (readonly [title: string, expected: Expected, value: unknown])[],
): readonly Row[] => table.map(([title, expected, value]) => [title, expected, [[path, value]], production]);

describe("backup-copies", () => {
  rows(backupCopies, stack, inside, [
    ["advises it for a claim on a disk", advice, [], production],
    ["says nothing in other stacks", "nothing", [], { stack: "dev" }],
    [
      "says nothing where nothing saves backups",
      "nothing",
      [[["metadata", "namespace"], "kafka"]],
      production,
    ],
    ["says nothing of a suspended CronJob", "nothing", [[["spec", "suspend"], true]], production],
    ["cannot tell while it may be suspended", "open", [[["spec", "suspend"], unknownValue]], production],
    [
      "cannot tell while its namespace is unknown",
      "open",
      [[["metadata", "namespace"], unknownValue]],
      production,
    ],
    ["cannot tell while its spec is unknown", "open", [[["spec"], unknownValue]], production],
    ["cannot tell while its pod is unknown", "open", [[pod, unknownValue]], production],
    [
      "cannot tell while its containers are unknown",
      "open",
      [[[...pod, "containers"], unknownValue]],
      production,
    ],
    [
      "cannot tell while other containers are unknown",
      "open",
      [[[...pod, "initContainers"], unknownValue]],
      production,
    ],
    [
      "accepts an init container that copies",
      "nothing",
      [[[...pod, "initContainers"], [{ name: "copy", args: ["gs://acme/zk"] }]]],
      production,
    ],
  ]);

  describe("by a variable", () => {
    const variable = (name: unknown, value: unknown) => [{ name, value }];
    const from = (name: string, source: object) => [{ name, valueFrom: source }];
    const secretKeyRef = { secretKeyRef: { name: "store", key: "x" } };
    rows(backupCopies, [...stack, configMap({ x: "eu" })], inside, [
      ...at(env, [
        ["accepts a bucket", "nothing", variable("ZK_BUCKET", "acme")],
        ["accepts a bucket of another name", "nothing", variable("backup_bucket_name", "acme")],
        ["rejects an empty bucket", advice, variable("ZK_BUCKET", "")],
        ["rejects a blank bucket", advice, variable("ZK_BUCKET", " ")],
        ["rejects another variable", advice, variable("ZK_NAME", "zk")],
        ["rejects a bucket that is not a text", advice, variable("ZK_BUCKET", 7)],
        ["accepts a bucket of a Secret", "nothing", from("S3_BUCKET", secretKeyRef)],
        ["cannot tell what a Secret holds", "hidden", from("RESTIC_REPOSITORY", secretKeyRef)],
        ["rejects a password of a Secret", advice, from("STORE_PASSWORD", secretKeyRef)],
        [
          "rejects the pod's own address",
          advice,
          from("POD_IP", { fieldRef: { fieldPath: "status.podIP" } }),
        ],
        [
          "rejects a value of a ConfigMap of the stack",
          advice,
          from("PLACE", { configMapKeyRef: { name: "zk-backups", key: "x" } }),
        ],
        [
          "cannot tell the value of another ConfigMap",
          "hidden",
          from("PLACE", { configMapKeyRef: { name: "other", key: "x" } }),
        ],
        [
          "cannot tell while its ConfigMap is unknown",
          "open",
          from("PLACE", { configMapKeyRef: { name: unknownValue, key: "x" } }),
        ],
        ["cannot tell while its value is unknown", "open", variable("ZK_BUCKET", unknownValue)],
        ["cannot tell while another value is unknown", "open", variable("PLACE", unknownValue)],
        ["cannot tell while its name is unknown", "open", variable(unknownValue, "acme")],
        ["cannot tell while all variables are unknown", "open", unknownValue],
        [
          "accepts a bucket whatever is unknown beside",
          "nothing",
          [...variable("PLACE", unknownValue), ...variable("ZK_BUCKET", "acme")],
        ],
      ]),
      ...at(
        [...container, "envFrom"],
        [
          ["cannot tell the variables of a Secret", "hidden", [{ secretRef: { name: "store" } }]],
          ["cannot tell the variables of another ConfigMap", "hidden", [{ configMapRef: { name: "other" } }]],
          ["rejects those of a ConfigMap of the stack", advice, [{ configMapRef: { name: "zk-backups" } }]],
          ["cannot tell while the source is unknown", "open", [{ configMapRef: { name: unknownValue } }]],
          ["cannot tell while the sources are unknown", "open", unknownValue],
        ],
      ),
    ]);
    const reading = changed(inside, [...container, "envFrom"], [{ configMapRef: { name: "zk-backups" } }]);
    const shared = configMap({ S3_BUCKET: "acme" });
    rows(backupCopies, [statefulSet, reading, claim, shared], shared, [
      ["accepts a bucket of a ConfigMap", "nothing", [], production],
      ["rejects an empty one", advice, [[["data", "S3_BUCKET"], " \n"]], production],
      ["rejects a file about buckets", advice, [[["data", "S3_BUCKET"], "a b\nc d"]], production],
      ["cannot tell while it is unknown", "open", [[["data", "S3_BUCKET"], unknownValue]], production],
      ["cannot tell that of another namespace", "hidden", [[["metadata", "namespace"], "kafka"]], production],
      [
        "accepts a bucket of a ConfigMap whose namespace is unknown",
        "nothing",
        [[["metadata", "namespace"], unknownValue]],
        production,
      ],
    ]);
  });

  const urls: readonly (readonly [url: string, expected: Expected])[] = [
    ...[
      ...[
        "gs://acme/zk",
        "s3://acme",
        "s3a://acme",
        "s3n://acme",
        "azblob://acme",
        "b2://acme",
        "swift://acme.os",
      ],
      ...["abfss://c@acme.dfs.core.windows.net", "wasb://c@acme", "sftp://host/zk", "rsync://host/zk"],
      ...[
        "https://acme.blob.core.windows.net/zk",
        "https://user:pw@backups.example.com",
        "rest:https://a.example/",
      ],
      ...["s3:https://s3.amazonaws.com/acme", "PLACE=s3://acme", 'cp x "gs://$NAME"', "gs://'acme'"],
    ].map((url): [string, Expected] => [url, "nothing"]),
    ...[
      ...[
        "http://zk-0.zk-hs:8080/commands/snapshot",
        "https://zk:8281",
        "https://localhost",
        "https://127.0.0.1/",
      ],
      ...["https://minio.store.svc/acme", "https://minio.store.svc.cluster.local:9000", "https://zk.local/"],
      ...["https://$HOST/zk", "file:///backups", "tars3://acme", "zk-0:2181", "gs:/acme", "mys3://x", ""],
    ].map((url): [string, Expected] => [url, advice]),
    ["rclone copy /backups acme:zk", "hidden"],
    ["restic -r x backup /backups", "hidden"],
    ["/opt/rclone/run", advice],
    ["borgmatic create", advice],
    [unknownValue, "open"],
  ];
  describe("by an address", () => {
    const words = [...container, "command"];
    for (const path of [
      [...words, 1],
      [...container, "args"],
      [...env, 0],
    ]) {
      const wrapped = (url: string): unknown =>
        path.at(-1) === "args" ? ["-c", url] : path.includes("env") ? { name: "PLACE", value: url } : url;
      const target = changed(inside, env, [{ name: "PLACE", value: "" }]);
      rows(
        backupCopies,
        [statefulSet, target, claim],
        target,
        at(
          path,
          urls.map(([url, expected]) => [`${path.join(".")} of ${url}`, expected, wrapped(url)]),
        ),
      );
    }
    rows(
      backupCopies,
      stack,
      inside,
      at(words, [["cannot tell while the command is unknown", "open", unknownValue]]),
    );
  });

  describe("by a script of the stack", () => {
    const script = configMap({ "back-up": "" });
    const key = ["data", "back-up"];
    rows(
      backupCopies,
      [statefulSet, scripted, claim, script],
      script,
      at(key, [
        ["accepts a bucket's address", "nothing", "set -e\ngsutil cp x gs://acme/zk\n"],
        ["accepts a bucket that it sets", "nothing", "set -e\nexport ZK_BUCKET='acme'\nput x\n"],
        [
          "rejects what only a variable names",
          advice,
          "gsutil cp x gs://$ZK_BUCKET\nBUCKET=$1\nexport BUCKET=\n",
        ],
        ["rejects a comment", advice, "# gs://acme/zk\n  # ZK_BUCKET=acme\n# rclone copy x\n"],
        ["rejects a page's address", advice, "curl https://acme.example/ping\n"],
        ["cannot tell where its program copies", "hidden", "rclone sync /backups acme:zk\n"],
        ["cannot tell while it is unknown", "open", unknownValue],
      ]),
    );
    rows(backupCopies, [...stack, script], inside, [
      [
        "cannot tell while the name of the script is unknown",
        "open",
        [[volumes, [...onClaim, { name: "scripts", configMap: { name: unknownValue } }]]],
        production,
      ],
    ]);
    it("does not read a script of another pod", () => {
      expectVerdict(backupCopies, [...stack, configMap({ x: "gs://acme" })], advice, production);
    });
  });

  describe("by a volume", () => {
    const of = (source: object) => [{ name: "backups", ...source }];
    const csi = (driver: unknown) => of({ csi: { driver } });
    rows(backupCopies, stack, inside, [
      ...at(volumes, [
        ["accepts an NFS server", "nothing", of({ nfs: { server: "files", path: "/zk" } })],
        ["accepts CephFS", "nothing", of({ cephfs: { monitors: ["a"] } })],
        ["accepts a share of Azure", "nothing", of({ azureFile: { shareName: "zk" } })],
        [
          "accepts one beside a claim",
          "nothing",
          [...onClaim, ...of({ nfs: { server: "files", path: "/zk" } })],
        ],
        ...["hostPath", "gcePersistentDisk", "awsElasticBlockStore", "iscsi"].map(
          (kind) => [`rejects ${kind}`, advice, of({ [kind]: {} })] as const,
        ),
        ...[
          ...[
            "gcsfuse.csi.storage.gke.io",
            "filestore.csi.storage.gke.io",
            "s3.csi.aws.com",
            "efs.csi.aws.com",
          ],
          ...["smb.csi.k8s.io", "nfs.csi.k8s.io", "blob.csi.azure.com", "file.csi.azure.com", "csi-s3"],
          ...["lustre.csi.storage.gke.io", "rook-ceph.cephfs.csi.ceph.com", "ru.yandex.s3.csi"],
        ].map((driver) => [`accepts ${driver}`, "nothing", csi(driver)] as const),
        ...["secrets-store.csi.k8s.io", "pd.csi.storage.gke.io", "csi.cert-manager.io"].map(
          (driver) => [`rejects ${driver} beside a claim`, advice, [...onClaim, ...csi(driver)]] as const,
        ),
        ["cannot tell while the driver is unknown", "open", csi(unknownValue)],
        ["cannot tell while the volume is unknown", "open", [unknownValue]],
        ["cannot tell while the volumes are unknown", "open", unknownValue],
        [
          "cannot tell while the claim is unknown",
          "open",
          of({ persistentVolumeClaim: { claimName: unknownValue } }),
        ],
        ["cannot tell where there is no volume", "hidden", []],
        ["cannot tell where no volume outlives the pod", "hidden", of({ emptyDir: {} })],
        [
          "cannot tell the volume of a claim elsewhere",
          "hidden",
          of({ persistentVolumeClaim: { claimName: "x" } }),
        ],
      ]),
    ]);
    const spec = ["spec"];
    const modes = [...spec, "accessModes"];
    const className = [...spec, "storageClassName"];
    const storageClass = (provisioner: string): Registered => ({
      type: "kubernetes:storage.k8s.io/v1:StorageClass",
      name: "zookeeper",
      props: { metadata: { name: "zookeeper" }, provisioner },
    });
    rows(backupCopies, [...stack, storageClass("pd.csi.storage.gke.io")], claim, [
      ...at(modes, [
        ["rejects one of a single pod", advice, ["ReadWriteOncePod"]],
        ["cannot tell one of many nodes", "hidden", ["ReadWriteOnce", "ReadWriteMany"]],
        ["rejects no access mode", advice, undefined],
        ["cannot tell while one is unknown", "open", [unknownValue]],
        ["cannot tell while all are unknown", "open", unknownValue],
      ]),
      ...at(className, [
        ["rejects the default class", advice, undefined],
        ["rejects other classes", advice, "profiles"],
        ...["standard-rwx", "azurefile", "nfs-client", "efs", "blobfuse"].map(
          (name) => [`cannot tell ${name}`, "hidden", name] as const,
        ),
        ["cannot tell while the class is unknown", "open", unknownValue],
      ]),
      ...at(
        [...spec, "volumeName"],
        [
          ["cannot tell a given volume", "hidden", "archive"],
          ["cannot tell while the volume is unknown", "open", unknownValue],
        ],
      ),
      ...at(spec, [["cannot tell while the claim's spec is unknown", "open", unknownValue]]),
      ...at(
        ["metadata", "namespace"],
        [
          ["does not take a claim of another namespace for it", "hidden", "kafka"],
          ["takes a claim whose namespace is unknown for it", advice, unknownValue],
        ],
      ),
      ...at(["metadata", "name"], [["does not take another claim for it", "hidden", "data"]]),
    ]);
    it("cannot tell a claim of a class of a file server", () => {
      expectVerdict(
        backupCopies,
        [...stack, storageClass("filestore.csi.storage.gke.io")],
        "hidden",
        production,
      );
      const other = changed(claim, className, "other");
      const resources = [statefulSet, inside, other, storageClass("filestore.csi.storage.gke.io")];
      expectVerdict(backupCopies, resources, advice, production);
    });
  });

  const named = (cronJob: Registered, name: unknown): Registered => ({
    ...changed(cronJob, ["metadata", "name"], name),
    name: "nightly",
  });
  const labels = [...pod.slice(0, -1), "metadata", "labels"];
  const silent = changed(inside, labels, {});
  const schedule: Registered = {
    type: "kubernetes:velero.io/v1:Schedule",
    name: "nightly",
    props: { metadata: { name: "nightly", namespace: "velero" }, spec: {} },
  };
  const resourcePolicy: Registered = {
    type: "gcp:compute/resourcePolicy:ResourcePolicy",
    name: "nightly",
    props: {},
  };
  const second = named(inside, "zk-snapshots");
  const cases: readonly (readonly [title: string, expected: Expected, resources: readonly Registered[]])[] = [
    ["no CronJob", "nothing", []],
    ["no CronJob beside a Schedule", "nothing", [schedule]],
    ["a CronJob beside a Schedule", "hidden", [inside, schedule]],
    ["a CronJob beside a schedule of disks", "hidden", [inside, resourcePolicy]],
    ["a CronJob with a bucket", "nothing", [backupCronJob]],
    ["a CronJob with a bucket beside one without", "nothing", [second, backupCronJob]],
    [
      "a CronJob with a bucket beside one that is not known",
      "nothing",
      [named(silent, unknownValue), backupCronJob],
    ],
    [
      "a CronJob without a bucket beside one that is not known",
      "open",
      [
        inside,
        { ...changed(changed(backupCronJob, labels, {}), ["metadata", "name"], unknownValue), name: "x" },
      ],
    ],
    ["a CronJob that is not known, on a disk", "open", [named(silent, unknownValue)]],
    ["a CronJob on a disk beside one that is not known, too", advice, [inside, named(silent, unknownValue)]],
    [
      "a CronJob with a bucket that saves no backups",
      advice,
      [inside, named(changed(backupCronJob, labels, {}), "nightly")],
    ],
    [
      "a CronJob with a bucket that is suspended",
      advice,
      [inside, named(changed(backupCronJob, ["spec", "suspend"], true), "zk-snapshots")],
    ],
    ["two CronJobs", /of CronJob default\/zk-backups, CronJob default\/zk-snapshots: /, [inside, second]],
    ["a CronJob with hidden places beside one on a disk", "hidden", [inside, named(bare, "zk-snapshots")]],
  ];
  for (const [title, expected, resources] of cases) {
    it(`sees ${title}`, () => {
      expectVerdict(backupCopies, [statefulSet, claim, ...resources], expected, production);
      expectVerdict(backupCopies, [statefulSet, claim, ...resources], "nothing", { stack: "dev" });
    });
  }

  rows(backupCopies, stack, statefulSet, rowsOfAdvice(advice));

  it("advises it once for an ensemble of several workloads, and for each ensemble", () => {
    const first = /^Deployment default\/.*: only disks of the cluster have the backups of /m;
    expectVerdict(backupCopies, [...deployments, inside, claim], first, production);
    const apart = [part("a"), part("b", { namespace: "kafka" })];
    expectVerdict(backupCopies, [...apart, inside, claim], /^StatefulSet default\/a: only /, production);
  });

  it("says nothing of the tutorial, which saves no backups", () => {
    expectVerdict(backupCopies, tutorial, "nothing", production);
  });
});
