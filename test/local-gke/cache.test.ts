import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { keptDays, pruneCache } from "../../local-gke/cache.ts";
import { buildOnce } from "../../system/build.ts";
import { until } from "../../system/wait.ts";
import { isLinux, needs } from "../fixtures/needs.ts";

const day = 86_400_000;

describe("the cache", () => {
  let cacheDir = "";

  before(function () {
    needs(this, "Linux", isLinux);
  });

  beforeEach(() => {
    cacheDir = mkdtempSync(join(tmpdir(), "cache-"));
  });

  afterEach(() => {
    rmSync(cacheDir, { recursive: true });
  });

  /** Creates a folder that was used so many days ago. */
  function folder(name: string, days: number): string {
    const path = join(cacheDir, name);
    mkdirSync(join(path, "bin"), { recursive: true });
    const then = new Date(Date.now() - days * day);
    utimesSync(path, then, then);
    return path;
  }

  const left = () =>
    [...readdirSync(cacheDir), ...readdirSync(join(cacheDir, "tools"))].filter((name) => name !== "tools");

  it("loses what nothing has used for long, also what is left of a build", () => {
    const old = [
      "tools/etcd-0123456789abcdef",
      "tools/pulumi-language-nodejs-0123456789abcdef",
      "tools/kubernetes-0123456789abcdef.building-12",
      "tools/release-kubernetes.building-12",
      "commands-0123456789abcdef",
      "images-0123456789abcdef",
      "images-0123456789abcde0.removing",
    ].map((name) => folder(name, keptDays + 1));
    folder("tools/etcd-fedcba9876543210", keptDays - 1);
    expect(pruneCache(cacheDir).sort()).to.deep.equal(old.sort());
    expect(left()).to.deep.equal(["etcd-fedcba9876543210"]);
  });

  it("keeps what is not its own", () => {
    for (const name of ["tools/notes", "precious", "images", "tools/etcd-0123", "Images-0123456789abcdef"]) {
      folder(name, 400);
    }
    expect(pruneCache(cacheDir)).to.deep.equal([]);
    expect(left()).to.have.length(5);
  });

  it("keeps what a process runs from, or is set to use", async () => {
    const [program, variable] = ["tools/etcd-0123456789abcdef", "commands-0123456789abcdef"].map((name) =>
      folder(name, 400),
    ) as [string, string];
    copyFileSync("/bin/sleep", join(program, "bin", "etcd"));
    utimesSync(program, new Date(0), new Date(0));
    const running = [
      spawn(join(program, "bin", "etcd"), ["60"]),
      spawn("sleep", ["60"], { env: { PATH: `/usr/bin:/bin:${variable}/bin` } }),
    ];
    try {
      await until("both processes to run", () =>
        running.every(({ pid }) => existsSync(`/proc/${pid ?? ""}/exe`)),
      );
      expect(pruneCache(cacheDir)).to.deep.equal([]);
    } finally {
      await Promise.all(
        running.map((child) => {
          const ended = new Promise((resolve) => child.on("close", resolve));
          child.kill();
          return ended;
        }),
      );
    }
    expect(pruneCache(cacheDir).sort()).to.deep.equal([variable, program].sort());
  });

  it("notes what is used", async () => {
    const used = folder("images-0123456789abcdef", 400);
    await buildOnce(used, () => Promise.reject(new Error("it is there")));
    expect(statSync(used).mtimeMs).to.be.greaterThan(Date.now() - day);
    mkdirSync(join(cacheDir, "tools"));
    expect(pruneCache(cacheDir)).to.deep.equal([]);
  });

  it("need not exist", () => {
    expect(pruneCache(join(cacheDir, "nowhere"))).to.deep.equal([]);
  });
});
