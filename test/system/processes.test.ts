import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { endOrphans } from "../../system/orphans.ts";
import {
  commandOf,
  environmentOf,
  isInit,
  isMounted,
  isTrusted,
  unitProcesses,
  unitVariable,
} from "../../system/processes.ts";
import { run } from "../../system/run.ts";
import { until } from "../../system/wait.ts";
import { killUnit, startUnit, unitRuns } from "../../local-gke/machine/units.ts";
import { isLinux, isRoot, needs } from "../fixtures/needs.ts";

/** What a unit needs to run. */
const programs = ["/usr/bin/unshare", "/usr/bin/catatonit", "/usr/bin/runsvdir", "/usr/bin/perl"];

const nobody = 65534;

/** What has Perl do something first, and become a process with another name that waits. */
const perl = (first: string, name = "unshare"): string[] => [
  "-e",
  `${first}; exec { "/bin/sleep" } "${name}", "60"`,
];

describe("the processes that root takes for its own", function () {
  this.timeout(30_000);

  let dir = "";
  let unit = "";
  const children: ChildProcess[] = [];

  before(function () {
    needs(this, "root on Linux", isLinux && isRoot);
    needs(
      this,
      programs.join(", "),
      programs.every((program) => existsSync(program)),
    );
  });

  beforeEach(() => {
    // Everybody may look into it.
    dir = mkdtempSync(join(tmpdir(), "processes-"));
    unit = join(dir, "unit");
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
    await killUnit(unit);
    rmSync(dir, { recursive: true });
  });

  /** Starts a process that is marked as the unit's and as a command's, and waits until it has its name. */
  async function marked(
    command: string,
    args: readonly string[],
    { uid, name = "unshare" }: { uid?: number; name?: string } = {},
  ): Promise<number> {
    const child = spawn(command, args, {
      uid,
      gid: uid,
      cwd: "/",
      env: { PATH: process.env["PATH"], [unitVariable]: unit, LOCAL_GKE_COMMAND: `1 ${dir}` },
      stdio: ["ignore", "ignore", "inherit"],
    });
    children.push(child);
    const pid = child.pid ?? 0;
    await until(`process ${pid} has its name`, () => {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return words === `${name}\u{0}60\u{0}`;
    });
    return pid;
  }

  const mayMakeNamespaces = (): boolean =>
    spawnSync("unshare", ["--user", "--map-root-user", "true"], { uid: nobody, gid: nobody }).status === 0;

  const container = (): string => {
    const root = join(dir, "root");
    const binds = ["usr", "bin", "lib", "lib64", "dev"]
      .filter((name) => existsSync(`/${name}`))
      .map((name) => `mkdir -p '${root}/${name}'; mount --rbind '/${name}' '${root}/${name}'`);
    return `${binds.join("; ")}; exec chroot '${root}' perl "$@"`;
  };

  const impostors: Readonly<Record<string, { start: () => Promise<number>; needed?: () => boolean }>> = {
    "another user": { start: () => marked("perl", perl("1"), { uid: nobody }) },
    "another user, root in a user namespace": {
      needed: mayMakeNamespaces,
      start: () =>
        marked("unshare", ["--user", "--map-root-user", "--mount", "perl", ...perl("1")], {
          uid: nobody,
        }),
    },
    "another user with a setuid program": { start: () => marked("perl", perl(`$< = ${nobody}`)) },
    "root in another user namespace": {
      start: () => marked("unshare", ["--user", "--map-root-user", "perl", ...perl("1")]),
    },
    "root in a container": {
      start: () => marked("unshare", ["--mount", "sh", "-ec", container(), "sh", ...perl("1")]),
    },
  };

  for (const [who, { start, needed = () => true }] of Object.entries(impostors)) {
    it(`are none of ${who}, whatever a process says of itself`, async function () {
      needs(this, "user namespaces for everybody", needed());
      const pid = await start();
      // It says all that a unit's first process says.
      expect(environmentOf(pid).get(unitVariable)).to.equal(unit);
      expect(commandOf(pid)).to.equal("unshare");
      expect(isTrusted(pid)).to.equal(false);
      expect(unitProcesses().filter((process) => process.unit === unit)).to.deep.equal([]);
      expect(unitRuns({ id: unit })).to.equal(false);
      // Nor does it hold anything up.
      await killUnit(unit);
      expect(await endOrphans(dir)).to.equal(0);
      expect(existsSync(`/proc/${pid}`)).to.equal(true);
    });
  }

  it("hang on the machine's own unshare, not on a program that is called so", async () => {
    const pid = await marked("perl", perl("1"));
    expect(isTrusted(pid)).to.equal(true);
    const [found] = unitProcesses().filter((process) => process.unit === unit);
    expect(found).to.deep.include({ pid, unit });
    expect(found !== undefined && isInit(found)).to.equal(false);
    expect(unitRuns({ id: unit })).to.equal(false);
  });

  it("are those of a unit that an earlier command started, and none that only carry its mark", async () => {
    const service = [
      `exec perl ${perl("1", "kubelet")
        .map((word) => `'${word}'`)
        .join(" ")}`,
    ];
    mkdirSync(join(unit, "logs"), { recursive: true });
    await startUnit({ id: unit, dir: unit, services: { kubelet: service } });
    const services = () =>
      unitProcesses().filter((process) => process.unit === unit && process.argv[0] === "kubelet");
    await until("the service", () => services().length > 0);
    const [own] = services();
    const outside = await marked("perl", perl("1", "kubelet"), { name: "kubelet" });
    expect(isTrusted(outside)).to.equal(true);
    expect(services()).to.deep.equal([own]);
    // Found by a process that did not start it.
    const script = `import { unitRuns } from ${JSON.stringify(join(import.meta.dirname, "../../local-gke/machine/units.ts"))};
      console.log(unitRuns({ id: ${JSON.stringify(unit)} }));`;
    const found = await run(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      script,
    ]);
    expect(found.trim()).to.equal("true");
    await killUnit(unit);
    expect(existsSync(`/proc/${own?.pid ?? 0}`)).to.equal(false);
    expect(unitRuns({ id: unit })).to.equal(false);
  });

  it("are looked at from outside for what is mounted in them", async () => {
    const mounted = join(dir, "mounted");
    mkdirSync(mounted);
    const script = `mount -t tmpfs tmpfs '${mounted}'; exec perl "$@"`;
    const pid = await marked("unshare", ["--mount", "sh", "-ec", script, "sh", ...perl("1")]);
    expect(isMounted(pid, mounted)).to.equal(true);
    expect(isMounted(pid, dir)).to.equal(false);
    expect(isMounted(process.pid, mounted)).to.equal(false);
    await run("umount", [`--namespace=/proc/${pid}/ns/mnt`, mounted]);
    expect(isMounted(pid, mounted)).to.equal(false);
  });
});
