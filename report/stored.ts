import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ArgumentProblem } from "../system/arguments.ts";
import { isErrno } from "../system/files.ts";
import { mismatch, type Shape } from "./shape.ts";

/** A kind of report that commands write into a folder. */
export interface Kind<Report> {
  /** The name of the file. */
  readonly file: string;
  /** The command that writes it. */
  readonly command: string;
  /** What a file must look like to be compared with. */
  readonly shape: Shape & Readonly<Record<keyof Report & string, Shape>>;
}

/** The report in a folder, or what is wrong with it. */
type Read<Report> = { readonly report: Report } | { readonly reason: string };

function read<Report>({ file, shape }: Kind<Report>, folder: string): Read<Report> {
  const path = join(folder, file);
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    const found = mismatch(value, shape);
    return found === undefined
      ? { report: value as Report }
      : { reason: `${path} is no such report: ${found}` };
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      return { reason: `there is no ${path}` };
    }
    return { reason: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Reads the report of an earlier run. @throws Error where there is none in the folder */
export function readReport<Report>(kind: Kind<Report>, folder: string): Report {
  const found = read(kind, folder);
  if ("reason" in found) {
    throw new Error(found.reason);
  }
  return found.report;
}

/** What is wrong with a folder that a run is to be compared with; undefined where it has a report. */
export function problemWithReport<Report>(kind: Kind<Report>, folder: string): ArgumentProblem | undefined {
  const found = read(kind, folder);
  return "reason" in found
    ? { reason: found.reason, fix: `use a folder with the ${kind.file} of ${kind.command}` }
    : undefined;
}
