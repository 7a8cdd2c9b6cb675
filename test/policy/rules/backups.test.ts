import { backups } from "../../../policy/rules/backups.ts";
import { backupCronJob, statefulSet } from "../../fixtures/policy/ensemble.ts";
import { changed, unknownValue, type Registered } from "../../fixtures/policy/harness.ts";
import { deployments, part } from "../../fixtures/policy/spread.ts";
import { tutorial } from "../../fixtures/policy/tutorial.ts";
import { expectVerdict, rows, rowsOfAdvice, type Expected, type Row } from "../table.ts";

const production = { stack: "prod" };
const none =
  /^StatefulSet default\/zk: no CronJob in its namespace saves backups: .*\n.*\n {2}Fix: set backupSchedule, /m;
const suspended =
  /saves backups \(suspended: CronJob default\/zk-backups\): .*\n.*\n {2}Fix: set spec\.suspend of the CronJob to false/;

const component = "app.kubernetes.io/component";
const labels = ["metadata", "labels"];
const jobLabels = ["spec", "jobTemplate", ...labels];
const podLabels = ["spec", "jobTemplate", "spec", "template", ...labels];
const podLabel = [...podLabels, component];

const ofName = (name: unknown) => changed(backupCronJob, ["metadata", "name"], name);
/** A CronJob whose pods alone may say what it does. */
const nightly = ofName("nightly");
/** A CronJob that does not say what it does. */
const silent = changed(nightly, podLabels, {});

describe("backups", () => {
  rows(backups, [statefulSet, backupCronJob], backupCronJob, [
    ["accepts the CronJob", "nothing", [], production],
    ["rejects one in another namespace", none, [[["metadata", "namespace"], "kafka"]], production],
    [
      "accepts one in the provider's namespace",
      "nothing",
      [[["metadata", "namespace"], undefined]],
      production,
    ],
    [
      "cannot tell while its namespace is unknown",
      "open",
      [[["metadata", "namespace"], unknownValue]],
      production,
    ],
    ["cannot tell while its metadata is unknown", "open", [[["metadata"], unknownValue]], production],
    ["rejects a suspended one", suspended, [[["spec", "suspend"], true]], production],
    ["accepts one that is not suspended", "nothing", [[["spec", "suspend"], false]], production],
    ["cannot tell while it may be suspended", "open", [[["spec", "suspend"], unknownValue]], production],
    ["cannot tell while its spec is unknown", "open", [[["spec"], unknownValue]], production],
    [
      "names no suspended one of another namespace",
      none,
      [
        [["spec", "suspend"], true],
        [["metadata", "namespace"], "kafka"],
      ],
      production,
    ],
  ]);

  const words: readonly (readonly [text: unknown, expected: Expected])[] = [
    ["backup", "nothing"],
    ["zk-backups", "nothing"],
    ["zk-snapshot-2", "nothing"],
    ["snapshots", "nothing"],
    ["Backup", "nothing"],
    ["zk.backup.nightly", "nothing"],
    ["nightly", none],
    ["zkbackup", none],
    ["backupper", none],
    ["", none],
    [7, none],
    [undefined, none],
    [unknownValue, "open"],
  ];
  const each = (path: readonly string[]): readonly Row[] =>
    words.map(([text, expected]) => [`reads ${String(text)}`, expected, [[path, text]], production]);
  describe("by the label of the CronJob", () => {
    rows(backups, [statefulSet, silent], silent, each([...labels, component]));
  });
  describe("by the label of its Jobs", () => {
    rows(backups, [statefulSet, silent], silent, each([...jobLabels, component]));
  });
  describe("by the label of its pods", () => {
    rows(backups, [statefulSet, silent], silent, [
      ...each(podLabel),
      ["cannot tell while all labels are unknown", "open", [[podLabels, unknownValue]], production],
      ["rejects the word in another label", none, [[[...podLabels, "app"], "backup"]], production],
      [
        "accepts it whatever is unknown beside",
        "nothing",
        [
          [["metadata", "name"], unknownValue],
          [podLabel, "backup"],
        ],
        production,
      ],
    ]);
  });
  describe("by its name", () => {
    // Pulumi makes a missing name from that of the resource.
    const given = words.filter(([text]) => typeof text === "string");
    rows(
      backups,
      [statefulSet, silent],
      silent,
      given.map(([text, expected]) => [
        `reads ${String(text)}`,
        expected,
        [[["metadata", "name"], text]],
        production,
      ]),
    );
    const unnamed = changed(silent, ["metadata", "name"], undefined);
    it("reads that of the resource where there is none", () => {
      expectVerdict(backups, [statefulSet, unnamed], "nothing", production);
      expectVerdict(backups, [statefulSet, { ...unnamed, name: "nightly" }], none, production);
    });
  });

  const object = (type: string): Registered => ({
    type,
    name: "nightly",
    props: { metadata: { name: "nightly", namespace: "elsewhere" }, spec: {} },
  });
  const listed = (...items: readonly Registered[]): Registered => ({
    type: "kubernetes:batch/v1:CronJobList",
    name: "list",
    props: { items: items.map(({ props }) => props) },
  });
  const others = [
    "kubernetes:velero.io/v1:Schedule",
    "kubernetes:snapscheduler.backube/v1:SnapshotSchedule",
    "kubernetes:volsync.backube/v1alpha1:ReplicationSource",
    "kubernetes:stash.appscode.com/v1beta1:BackupConfiguration",
    "kubernetes:core.kubestash.com/v1alpha1:BackupConfiguration",
    "kubernetes:k8up.io/v1:Schedule",
    "kubernetes:config.kio.kasten.io/v1alpha1:Policy",
    "kubernetes:longhorn.io/v1beta2:RecurringJob",
    "gcp:gkebackup/backupPlan:BackupPlan",
    "gcp:compute/resourcePolicy:ResourcePolicy",
    "gcp:compute/resourcePolicyAttachment:ResourcePolicyAttachment",
    "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment",
    "gcp:compute/regionDiskResourcePolicyAttachment:RegionDiskResourcePolicyAttachment",
  ];
  const cases: readonly (readonly [title: string, expected: Expected, resources: readonly Registered[]])[] = [
    ["nothing", none, []],
    ["a CronJob beside others", "nothing", [silent, backupCronJob]],
    ["a CronJob beside an unknown one", "nothing", [ofName(unknownValue), backupCronJob]],
    [
      "a CronJob beside a suspended one",
      "nothing",
      [changed(backupCronJob, ["spec", "suspend"], true), nightly],
    ],
    [
      "a CronJob of an older API",
      "nothing",
      [{ ...backupCronJob, type: "kubernetes:batch/v1beta1:CronJob" }],
    ],
    ["a CronJob of another API", none, [{ ...backupCronJob, type: "kubernetes:example.com/v1:CronJob" }]],
    ["a CronJob in a list", "nothing", [listed(silent, backupCronJob)]],
    ["a Job, which runs once", none, [{ ...backupCronJob, type: "kubernetes:batch/v1:Job" }]],
    ...others.map((type) => [type, "hidden", [object(type)]] as const),
    ["a Schedule beside a CronJob", "nothing", [object("kubernetes:velero.io/v1:Schedule"), backupCronJob]],
    [
      "a Schedule beside a suspended CronJob",
      "hidden",
      [object("kubernetes:velero.io/v1:Schedule"), changed(backupCronJob, ["spec", "suspend"], true)],
    ],
    ["a single Backup", none, [object("kubernetes:velero.io/v1:Backup")]],
    ["a Schedule of another API", none, [object("kubernetes:example.com/v1:Schedule")]],
    ["a single snapshot", none, [object("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot")]],
    ["a bucket", none, [object("gcp:storage/bucket:Bucket")]],
  ];
  for (const [title, expected, resources] of cases) {
    it(`sees ${title}`, () => {
      expectVerdict(backups, [statefulSet, ...resources], expected, production);
      expectVerdict(backups, [statefulSet, ...resources], "nothing", { stack: "dev" });
    });
  }

  rows(backups, [statefulSet], statefulSet, rowsOfAdvice(none));

  rows(backups, [statefulSet, backupCronJob], statefulSet, [
    [
      "cannot tell while the servers' namespace is unknown",
      "open",
      [[["metadata", "namespace"], unknownValue]],
      production,
    ],
  ]);

  it("advises it once for an ensemble of several workloads, and for each ensemble", () => {
    const first = /^Deployment default\/.*: no CronJob in its namespace saves backups: /m;
    expectVerdict(backups, deployments, first, production);
    expectVerdict(backups, [...deployments, backupCronJob], "nothing", production);
    const apart = [part("a"), part("b", { namespace: "kafka" })];
    expectVerdict(
      backups,
      apart,
      [/^StatefulSet default\/a: no /m, /^StatefulSet kafka\/b: no /m],
      production,
    );
    expectVerdict(backups, [...apart, backupCronJob], /^StatefulSet kafka\/b: no /, production);
  });

  it("advises it for the tutorial", () => {
    expectVerdict(backups, tutorial, none, production);
  });
});
