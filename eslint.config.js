import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import imports from "eslint-plugin-import-x";
import unicorn from "eslint-plugin-unicorn";
import tseslint from "typescript-eslint";

/**
 * What the files of each folder may import, apart from their own folder: imports go down only, and never sideways
 * between components, policy and local-gke.
 */
const mayImport = {
  domain: [],
  startup: [],
  system: [],
  engine: ["system"],
  report: ["system"],
  kubernetes: ["domain", "system"],
  components: ["domain"],
  // The parser of command lines, which imports nothing.
  policy: ["domain", "startup", "system/arguments.ts"],
  dashboard: ["system"],
  "local-gke": ["engine", "system"],
  "zookeeper-image": ["domain", "local-gke", "system"],
  bench: [
    ...[
      "domain",
      "engine",
      "faults",
      "kubernetes",
      "local-gke",
      "report",
      "system",
      "test/fixtures",
      "zookeeper-image",
    ],
  ],
  faults: ["dashboard", "domain", "engine", "kubernetes", "local-gke", "report", "system"],
  verify: ["domain", "engine", "kubernetes", "report", "system"],
  "docs/generate": ["components", "domain", "local-gke", "policy", "system"],
  "test/fixtures": [
    ...[
      "components",
      "domain",
      "engine",
      "faults",
      "kubernetes",
      "local-gke",
      "policy",
      "system",
      "zookeeper-image",
    ],
  ],
};

const layers = Object.entries(mayImport).map(([folder, others]) => ({
  target: `./${folder}`,
  from: ".",
  except: [folder, ...others, "node_modules"].map((each) => `./${each}`),
  message: `${folder} may import ${others.length === 0 ? "no other folder" : others.join(", ")}; see ARCHITECTURE.md`,
}));

/** The modules of the local GKE that the folders above it may import. */
const publicLocalGke = ["index.ts", "configuration.ts"];

const aboveLocalGke = ["bench", "cli", "examples", "faults", "zookeeper-image"].map((folder) => ({
  target: `./${folder}`,
  from: "./local-gke",
  except: publicLocalGke.map((each) => `./${each}`),
  message: `${folder} may import only ${publicLocalGke.join(" and ")} of local-gke; see local-gke/README.md`,
}));

/** The local GKE gets folders from its caller, not from this project. */
const withoutOwnPaths = {
  target: "./local-gke",
  from: "./system/paths.ts",
  message: "local-gke gets its folders from its configuration",
};

export default tseslint.config(
  { ignores: ["node_modules", "**/dist"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "@stylistic": stylistic, "import-x": imports, unicorn },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      curly: ["error", "all"],
      "import-x/no-restricted-paths": ["error", { zones: [...layers, ...aboveLocalGke, withoutOwnPaths] }],
      "import-x/order": [
        "error",
        { groups: ["builtin", "external", ["parent", "sibling", "index"]], "newlines-between": "always" },
      ],
      "unicorn/filename-case": ["error", { case: "kebabCase" }],
      // prettier sets the width of code; comments are ours.
      "@stylistic/max-len": ["error", { code: 9999, comments: 120, ignoreUrls: true }],
    },
  },
  // chai's assertions are property reads.
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-unused-expressions": "off" } },
);
