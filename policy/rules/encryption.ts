import { stackPolicy } from "../define.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import { portIn, selects } from "../kubernetes/services.ts";
import { inProduction, productionSettings } from "../production.ts";
import { items, type Field } from "../reading/field.ts";
import type { Report } from "../reading/report.ts";
import { objectsOf } from "../stack.ts";
import { ensemblesOf, type Member } from "../zookeeper/ensembles.ts";
import { optionsOf, type Option } from "../zookeeper/options.ts";
import { recognitionSettings } from "../zookeeper/recognition.ts";
import { wholeConfiguration } from "../zookeeper/whole-configuration.ts";

/** The configuration of a server, as far as the stack shows it. */
interface Configuration {
  readonly container: Field;
  readonly options: readonly Option[];
  /** Where the whole configuration is; undefined if some of it may be elsewhere. */
  readonly whole: string | undefined;
}

/** The option that counts: the last one of its name. One without a value is a line with blanks, read as words. */
const last = ({ options }: Configuration, name: string): Option | undefined =>
  options.findLast((option) => option.name === name && option.value.trim() !== "");

const isTrue = (option: Option | undefined): boolean => option?.value.trim().toLowerCase() === "true";

/** Rejects an option's value, or that the option is missing where the stack shows all of them. */
function rejectOption(
  configuration: Configuration,
  name: string,
  meaning: string,
  report: Report,
  { required, fix }: { readonly required: string; readonly fix: string },
): void {
  const option = last(configuration, name);
  if (option !== undefined) {
    const observed = `${name} is ${option.value.trim()}${option.place}: ${meaning}`;
    report.reject({ path: option.path, observed, required, fix });
  } else if (configuration.whole !== undefined) {
    const observed = `${name} is not set${configuration.whole}: ${meaning}`;
    report.reject({ path: configuration.container.path, observed, required, fix });
  }
}

/** The prefix's own rules for certificates: both sides show one. */
function validateCertificates(
  configuration: Configuration,
  prefix: string,
  who: string,
  report: Report,
): void {
  const name = `${prefix}.clientAuth`;
  const option = last(configuration, name);
  if (option !== undefined && option.value.trim().toLowerCase() !== "need") {
    rejectOption(configuration, name, `${who} without a certificate are accepted`, report, {
      required: "certificates of both sides",
      fix: `set ${name} to need, or remove it`,
    });
  }
}

function validateQuorum(configuration: Configuration, report: Report): void {
  const required =
    "TLS between servers (otherwise, whoever reaches the quorum ports reads all data, or joins)";
  if (!isTrue(last(configuration, "sslQuorum"))) {
    rejectOption(configuration, "sslQuorum", "servers talk to each other in plain text", report, {
      required,
      fix: "set sslQuorum to true; a running ensemble first needs a rollout with portUnification=true",
    });
    return;
  }
  if (isTrue(last(configuration, "portUnification"))) {
    rejectOption(configuration, "portUnification", "servers also take plain text", report, {
      required,
      fix: "remove portUnification once all servers have sslQuorum=true",
    });
  }
  validateCertificates(configuration, "ssl.quorum", "servers", report);
  const names = "ssl.quorum.hostnameVerification";
  if (last(configuration, names)?.value.trim().toLowerCase() === "false") {
    rejectOption(configuration, names, "any certificate of the authority passes for any server's", report, {
      required: "names in certificates that are verified",
      fix: `remove ${names}, and set fips-mode to false, without which names are not verified`,
    });
  }
}

function validateClients(configuration: Configuration, report: Report): boolean {
  if (last(configuration, "secureClientPort") === undefined) {
    rejectOption(configuration, "secureClientPort", "clients connect in plain text", report, {
      required: "TLS between clients and servers",
      fix: "set secureClientPort and the Netty connection factory, and move the clients to it",
    });
    return false;
  }
  validateCertificates(configuration, "ssl", "clients", report);
  return true;
}

/** The Service's port for clients in plain text; undefined if it has none. */
function plainPort(service: KubernetesObject): Field | undefined {
  return items(service.root.at("spec", "ports")).find((port) => {
    const target = port.at("targetPort");
    return portIn(target.absent ? port.at("port") : target) === 2181;
  });
}

function configurationOf({ container, texts }: Member): Configuration {
  return {
    container,
    options: optionsOf(container, texts),
    whole: wholeConfiguration(container, texts),
  };
}

/**
 * TLS with certificates between servers, and between clients and servers, in production stacks. It is advice, as the
 * cluster's network may encrypt in other ways.
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#Communication+using+the+Netty+framework
 */
export const encryption = stackPolicy({
  name: "encryption",
  description: "ZooKeeper servers of production stacks, and their clients, use TLS with certificates",
  settings: { ...productionSettings, ...recognitionSettings },
  profile: "production",
  enforcementLevel: "advisory",
  validate: (resources, open, settings) => {
    const services = new Set(objectsOf(resources, "", "Service"));
    for (const { runs, servers, members } of ensemblesOf(resources, settings)) {
      if (runs !== true) {
        continue;
      }
      for (const member of members) {
        const { workload, texts } = member;
        if (!inProduction(workload.urn, settings)) {
          continue;
        }
        const report = open(workload.label, workload.urn);
        for (const place of texts.open) {
          report.leaveOpen(place);
        }
        if (texts.open.length > 0) {
          continue;
        }
        const configuration = configurationOf(member);
        if (servers !== 1) {
          validateQuorum(configuration, report);
        }
        if (!validateClients(configuration, report)) {
          continue;
        }
        for (const service of services) {
          const port = selects(service, workload) === true ? plainPort(service) : undefined;
          if (port !== undefined) {
            // It may select several workloads.
            services.delete(service);
            open(service.label, service.urn).reject({
              path: port.path,
              observed: "port 2181 of the servers, on which clients connect in plain text",
              required: "only the port with TLS, where there is one",
              fix: "remove the port once the clients have moved",
            });
          }
        }
      }
    }
  },
});
