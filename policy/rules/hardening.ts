import { stackPolicy } from "../define.ts";
import { containersOf } from "../kubernetes/workload.ts";
import { items, known, mayHide, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { objectsOf, serversOf, workloadsIn } from "../stack.ts";
import { openJmx } from "../zookeeper/jmx.ts";
import { optionsOf, type Option } from "../zookeeper/options.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { commandLine, configTexts, type ConfigTexts } from "../zookeeper/sources.ts";
import { placeOfZooCfg, startsByOptions, writesDefaults } from "../zookeeper/whole-configuration.ts";

function validateJmx(container: Field, options: readonly Option[], report: Report): void {
  const found = openJmx(container, options);
  if (found !== undefined) {
    report.reject({
      path: found.path,
      observed: `JMX on a port without authentication${found.place}`,
      required:
        "JMX that asks for a password, or none (whoever reaches the port can stop the server or run code in it)",
      fix: "turn authentication on, bind it to 127.0.0.1, or remove the port and use ZooKeeper's metrics provider",
    });
  }
}

function validateWords(options: readonly Option[], report: Report): void {
  for (const { name, value, path, place } of options) {
    const words = value.split(",").map((word) => word.replace(/["'\\]/g, "").trim());
    if (name === "4lw.commands.whitelist" && words.includes("*")) {
      report.reject({
        path,
        observed: `all four-letter words are allowed${place}`,
        required:
          "only those that are used (others show the configuration and sessions, or cost much time: CVE-2017-5637)",
        fix: "list those that probes and monitoring need, for example srvr, ruok, mntr",
      });
    }
  }
}

const purge = "autopurge.purgeInterval";

function validatePurge(
  container: Field,
  configMaps: ConfigTexts,
  options: readonly Option[],
  report: Report,
): void {
  const required =
    "a purge of old snapshots and logs (otherwise they fill the volume, and a full volume stops the server)";
  const fix = `set ${purge} to some hours, for example 12`;
  const given = options.filter(({ name }) => name === purge);
  const off = given.filter(({ value }) => value.trim() !== "" && Number(value) <= 0);
  for (const { path, place } of off) {
    report.reject({ path, observed: `${purge} is 0${place}, which turns it off`, required, fix });
  }
  const env = container.at("env");
  const names = items(env).map((entry) => known(entry.at("name").string()) ?? "");
  const taken = mayHide(env, "name") || names.some((name) => /purge/i.test(name));
  if (given.length > 0 || taken) {
    return;
  }
  const place = placeOfZooCfg(configMaps);
  if (place !== undefined) {
    const observed = `${purge} is not set in ${place}, and off by default`;
    report.reject({ path: "", observed, required, fix });
    return;
  }
  const script = startsByOptions(container);
  if (script || writesDefaults(container)) {
    report.reject({
      path: script ? container.at("command").path : env.path,
      observed: `${purge} is not set, and off by default`,
      required,
      fix: script
        ? "add --purge_interval=12"
        : "set ZOO_AUTOPURGE_PURGEINTERVAL to some hours, for example 12",
    });
  }
}

/**
 * What makes a server easier to disturb or fills its volume, but loses no data by itself.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_4lw
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#Ongoing+Data+Directory+Cleanup
 */
export const hardening = stackPolicy({
  name: "hardening",
  description: "ZooKeeper purges old files, and opens neither JMX nor all four-letter words",
  settings: recognitionSettings,
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const configMaps = objectsOf(resources, "", "ConfigMap");
    const cleansUp = workloadsIn(resources)
      .flatMap(({ pod }) => containersOf(pod))
      .some(({ field }) => /zkCleanup|PurgeTxnLog/.test(commandLine(field)));
    for (const { workload, container, resource, runs } of serversOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      const report = open(workload.label, workload.urn);
      const texts = configTexts(workload, configMaps, resource.madeFrom("spec"));
      for (const place of texts.open) {
        report.leaveOpen(place);
      }
      const options = optionsOf(container, texts);
      validateJmx(container, options, report);
      validateWords(options, report);
      if (!cleansUp) {
        validatePurge(container, texts, options, report);
      }
    }
  },
});
