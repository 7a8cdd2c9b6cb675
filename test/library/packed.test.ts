import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import ts from "typescript";

import { run } from "../../system/run.ts";
import { projectDir } from "../../system/paths.ts";
import { allSettings } from "../../components/settings/tables.ts";
import { PackedLibrary } from "./package.ts";

interface Manifest {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const manifestIn = (dir: string): Manifest =>
  JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as Manifest;

/** What users of the two kinds of Pulumi program have: ES modules on Node, and the settings of Pulumi's templates. */
const compilers: Readonly<Record<string, object>> = {
  "a program of ES modules": { module: "nodenext", target: "es2024" },
  "a program from Pulumi's template": { module: "commonjs", moduleResolution: "node10", target: "es2020" },
};

describe("the packed library", function () {
  this.timeout(120_000);

  let library: PackedLibrary;

  before(async () => {
    library = await PackedLibrary.install();
  });
  after(() => {
    library.remove();
  });

  it("holds the compiled components with their declarations and scripts, and nothing else", () => {
    expect(library.files).to.include.members([
      "package.json",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "dist/components/ensemble/scripts/start-zookeeper.sh",
      "dist/components/ensemble/scripts/zookeeper-ready.sh",
      "dist/components/ensemble/scripts/zookeeper-growing.sh",
      "dist/components/ensemble/scripts/zookeeper-peers.sh",
      "dist/components/ensemble/scripts/zookeeper-stopping.sh",
    ]);
    const others = library.files.filter((file) => !/^dist\/.*(\.d\.ts|\.js|\.sh)$/.test(file));
    expect(others).to.deep.equal(["package.json"]);
    // The reader of this project's own configuration is no part of it.
    expect(library.files.filter((file) => file.includes("config/"))).to.deep.equal([]);
  });

  it("takes the packages that the project is tested with, as the peers of the other program's", () => {
    const { dependencies = {}, peerDependencies } = manifestIn(join(projectDir, "components"));
    const pinned = Object.entries(manifestIn(projectDir).dependencies ?? {});
    // What belongs to the other program as much: two of it, and neither would know the other's resources.
    const isShared = ([name]: [string, string]) => name.startsWith("@pulumi/");
    expect(dependencies).to.deep.equal(Object.fromEntries(pinned.filter((each) => !isShared(each))));
    expect(peerDependencies).to.deep.equal({
      ...Object.fromEntries(pinned.filter(isShared).map(([name, version]) => [name, `^${version}`])),
      // What creating an object that is there means has changed in between; newest.test.ts tries the newest.
      "@pulumi/kubernetes": ">=4.25.0 <4.35.0",
    });
    expect(manifestIn(library.program).dependencies).to.deep.include({
      ...peerDependencies,
      "@pulumi/kubernetes": "^4.25.0",
    });
  });

  for (const [what, options] of Object.entries(compilers)) {
    it(`has declarations by which ${what} is checked`, async () => {
      cpSync(join(projectDir, "test/library/misuse.ts"), join(library.program, "misuse.ts"));
      const compilerOptions = { ...options, types: ["node"], strict: true, skipLibCheck: true, noEmit: true };
      const config = { compilerOptions, files: ["index.ts", "misuse.ts"] };
      writeFileSync(join(library.program, "tsconfig.json"), JSON.stringify(config));
      // The compiler that Pulumi's own packages work with, which programs therefore have.
      const tsc = join(projectDir, "node_modules", "typescript", "bin", "tsc");
      await run(tsc, ["-p", library.program]);
    });
  }

  it("documents every argument in its declarations", () => {
    const index = join(library.program, "node_modules/zookeeper-components/dist/components/index.d.ts");
    const program = ts.createProgram([index], { module: ts.ModuleKind.NodeNext, skipLibCheck: true });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(index);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) {
      throw new Error(`${index} is not a module`);
    }
    const documentation: Record<string, string> = {};
    for (const symbol of checker.getExportsOfModule(module).filter(({ name }) => name.endsWith("Args"))) {
      const type = checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(symbol));
      for (const property of checker.getPropertiesOfType(type)) {
        const text = ts.displayPartsToString(property.getDocumentationComment(checker));
        const tags = property
          .getJsDocTags()
          .map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`);
        documentation[`${symbol.name}.${property.name}`] = [text, ...tags].join("\n");
      }
    }
    for (const [argument, text] of Object.entries(documentation)) {
      expect(text, argument).to.match(/^\w.*\w{3}/);
    }
    const typeOf = {
      gke: "GkeClusterArgs",
      existing: "ExistingClusterArgs",
      storage: "ZooKeeperStorageClassArgs",
      ensemble: "ZooKeeperEnsembleArgs",
    };
    for (const { part, name, setting } of allSettings) {
      const text = documentation[`${typeOf[part]}.${name}`]?.replaceAll("\n", " ");
      expect(text, `${part}.${name}`).to.contain(setting.description);
    }
    expect(documentation["ZooKeeperEnsembleArgs.tickTime"]).to.contain("@default 2000");
  });

  it("makes two ensembles in another program, which share nothing", async () => {
    cpSync(join(projectDir, "test/library/on-mocks.ts"), join(library.program, "onMocks.ts"));
    const { registered, connections } = JSON.parse(
      await run(process.execPath, ["--disable-warning=ExperimentalWarning", "onMocks.ts"], {
        cwd: library.program,
      }),
    ) as { registered: [type: string, namespace: string, name: string][]; connections: object };
    expect(connections).to.deep.equal({
      orders: "orders-cs.orders.svc.cluster.local:2181",
      locks: "locks-cs.locks.svc.cluster.local:2181",
    });
    const objects = registered.filter(([type]) => /^kubernetes:(?!helm)/.test(type));
    expect(objects.map(String)).to.include.members([
      "kubernetes:core/v1:Namespace,,orders",
      "kubernetes:core/v1:Namespace,,locks",
      "kubernetes:apps/v1:StatefulSet,orders,orders",
      "kubernetes:apps/v1:StatefulSet,locks,locks",
    ]);
    expect(new Set(objects.map(String)).size).to.equal(objects.length);
    // Whatever is not in one of the two namespaces would be shared.
    const outside = objects.filter(([, namespace]) => !["orders", "locks"].includes(namespace));
    expect(outside.map(([type]) => type)).to.deep.equal([
      "kubernetes:core/v1:Namespace",
      "kubernetes:core/v1:Namespace",
    ]);
    const claims = objects.filter(([type]) => type.endsWith(":PersistentVolumeClaimPatch"));
    expect(claims.filter(([, namespace]) => namespace === "orders")).to.have.length(3);
    expect(claims.filter(([, namespace]) => namespace === "locks")).to.have.length(1);
  });

  it("is loaded by a program of CommonJS modules", async () => {
    const script = 'console.log(Object.keys(require("zookeeper-components")).sort().join())';
    const names = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", script], {
      cwd: library.program,
    });
    expect(names.trim()).to.equal(
      "ExistingCluster,GkeCluster,ZooKeeperEnsemble,ZooKeeperEnvironment,ZooKeeperStorageClass",
    );
  });
});
