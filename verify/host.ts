import { readdirSync, readFileSync } from "node:fs";

/** A file in /proc; undefined where the process has ended or may not be read. */
function readProc(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ESRCH", "EACCES"].includes(String(error.code))
    ) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The Java process of a container on this machine; undefined where there is none, as the node is another machine or
 * the container has ended.
 * @param id the container's id, which is part of the name of its cgroup
 */
export function javaProcess(id: string): number | undefined {
  if (process.platform !== "linux" || id === "") {
    return undefined;
  }
  const pid = readdirSync("/proc").find(
    (entry) =>
      /^\d+$/.test(entry) &&
      readProc(entry, "comm")?.trim() === "java" &&
      readProc(entry, "cgroup")?.includes(id) === true,
  );
  return pid === undefined ? undefined : Number(pid);
}

/** Whether this process may send signals to other users' processes. */
export const maySignal = (): boolean => process.getuid?.() === 0;
