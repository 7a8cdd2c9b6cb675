import type { Drill, DrillContext } from "../drill.ts";
import { expect } from "../errors.ts";
import { dataDir, logDir, readZooCfg } from "./zoo-cfg.ts";

/** The tutorial's logging configurations: Logback's since ZooKeeper 3.8, Log4j's before. */
const configurations = ["/opt/zookeeper/conf/logback.xml", "/opt/zookeeper/conf/log4j.properties"];

/** Row 7: the logs go to standard output, and none fills the container. */
export const logging: Drill = {
  row: 7,
  name: "logging",
  section: "Configuring logging",
  promise: "logs go to standard output with [myid:N] in every line; no log file fills the container",
  disruptive: false,
  deadline: 60,
  run: async (context) => {
    const { kubectl, ensemble } = context;
    await expectConsoleOnly(context, ensemble.pods[0] ?? "");
    for (const [ordinal, pod] of ensemble.pods.entries()) {
      const args = ["logs", pod, "--tail", "20"];
      // One is enough to read; the others are checked all the same.
      const { stdout } = await (ordinal === 0 ? kubectl.run(args) : kubectl.quiet(args));
      const lines = stdout.split("\n").filter((line) => /^\d{4}-\d\d-\d\d /.test(line));
      const id = `[myid:${ordinal + 1}]`;
      const without = lines.find((line) => !line.includes(id));
      expect(lines.length > 0, `the last 20 lines of the log of ${pod} have no line from ZooKeeper`);
      expect(without === undefined, `a line of the log of ${pod} is without ${id}: ${without ?? ""}`);
    }
    context.seen(`The logs are on standard output, and every line has its server's [myid:N].`);

    const first = ensemble.pods[0] ?? "";
    const settings = await readZooCfg(context, first);
    const files = await kubectl.exec(
      first,
      "sh",
      "-c",
      "readlink /proc/[0-9]*/fd/* | grep ^/ | grep -v '[.]jar$' | sort -u",
    );
    const data = [dataDir(settings), logDir(settings)];
    const logs = files
      .split("\n")
      .filter((file) => /\.(log|out)(\.\d+)?$/.test(file) && !data.some((dir) => file.startsWith(`${dir}/`)));
    expect(logs.length === 0, `processes in ${first} write to log files: ${logs.join(", ")}`);
    context.seen(
      "No process in the pod has a log file open; open files in the data directory belong to the database.",
    );
  },
};

async function expectConsoleOnly(context: DrillContext, pod: string): Promise<void> {
  for (const file of configurations) {
    const { code } = await context.kubectl.quiet(["exec", pod, "--", "test", "-f", file]);
    if (code !== 0) {
      continue;
    }
    const text = await context.kubectl.exec(pod, "cat", file);
    const active = text.replaceAll(/<!--[\s\S]*?-->|^\s*#.*$/gm, "");
    const appenders = [...active.matchAll(/<appender-ref ref="(\w+)"|rootLogger=.*?,\s*(\w+)/g)].map(
      ([, logback, log4j]) => logback ?? log4j ?? "",
    );
    const toFile = appenders.filter((name) => /FILE/i.test(name));
    expect(toFile.length === 0, `${file} logs to ${toFile.join(", ")}`);
    context.seen("The logging configuration writes to the console only.");
    return;
  }
  context.notChecked(`the logging configuration: ${pod} has none of ${configurations.join(", ")}.`);
}
