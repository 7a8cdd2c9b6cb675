import { readdirSync, readFileSync } from "node:fs";

/** A file below /proc, or undefined where the process has ended meanwhile or is not ours to look at. */
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
 * The Java process of a container on this machine, or undefined where there
 * is none: the node is another machine, or the container has ended.
 * @param id the container's id, which its cgroup is named after
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
