import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { run } from "../../system/run.ts";
import { projectDir } from "../../system/paths.ts";

const example = join(projectDir, "examples", "two-ensembles");

/** The packed library, and another program that has it installed, in a temporary folder. */
export class PackedLibrary {
  /** The names of the files in the package. */
  readonly files: readonly string[];
  /** The folder of the other program: a copy of `examples/two-ensembles`. */
  readonly program: string;
  readonly #folder: string;

  private constructor(folder: string, program: string, files: readonly string[]) {
    this.#folder = folder;
    this.program = program;
    this.files = files;
  }

  /** Packs the components as `npm pack` does, and installs the package in a copy of the other program. */
  static async install(): Promise<PackedLibrary> {
    const folder = mkdtempSync(join(tmpdir(), "zookeeper-components-"));
    const source = join(folder, "source");
    // A copy: what the build makes has no place in the checkout, and what it needs of the checkout shows.
    cpSync(join(projectDir, "components"), join(source, "components"), {
      recursive: true,
      filter: (path) => basename(path) !== "dist",
    });
    cpSync(join(projectDir, "domain"), join(source, "domain"), { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) {
      cpSync(join(projectDir, file), join(source, file));
    }
    symlinkSync(join(projectDir, "node_modules"), join(source, "node_modules"));
    const [packed] = JSON.parse(
      await run("npm", ["pack", "./components", "--json", "--pack-destination", folder], { cwd: source }),
    ) as { filename: string; files: { path: string }[] }[];
    if (packed === undefined) {
      throw new Error("npm pack made no package");
    }

    const program = join(folder, "program");
    cpSync(example, program, { recursive: true });
    const library = join(program, "node_modules", "zookeeper-components");
    mkdirSync(library, { recursive: true });
    await run("tar", ["-xzf", join(folder, packed.filename), "-C", library, "--strip-components=1"]);
    // The packages that the library needs, and of which it is a peer; npm would fetch them.
    for (const name of ["@pulumi", "@types", "@kubernetes"]) {
      symlinkSync(join(projectDir, "node_modules", name), join(program, "node_modules", name));
    }
    return new PackedLibrary(
      folder,
      program,
      packed.files.map(({ path }) => path),
    );
  }

  /** Removes the temporary folder. */
  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
