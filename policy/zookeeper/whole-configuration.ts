import { parseImage } from "../../domain/image.ts";
import { parseZooCfg } from "../../domain/zoo-cfg.ts";
import { items, known, mayHide, type Field } from "../reading/field.ts";
import { commandLine, variable, type ConfigTexts } from "./sources.ts";
import { mountFor } from "./volumes.ts";

/** Whether the official image's own entry point writes the `zoo.cfg`, in which it leaves the purge off. */
export function writesDefaults(container: Field): boolean {
  const image = parseImage(known(container.at("image").string()) ?? "");
  const args = container.at("args");
  const starts =
    args.absent ||
    items(args)
      .slice(0, 1)
      .some((word) => known(word.string()) === "zkServer.sh");
  const extra = variable(container, "ZOO_CFG_EXTRA")?.at("valueFrom");
  const mounts = container.at("volumeMounts");
  return (
    image?.registry === "docker.io" &&
    image.repository === "library/zookeeper" &&
    starts &&
    ["command", "envFrom"].every((key) => container.at(key).absent) &&
    (extra === undefined || extra.absent) &&
    variable(container, "ZOO_CONF_DIR") === undefined &&
    !mayHide(mounts, "mountPath") &&
    mountFor(container, "/conf/zoo.cfg") === undefined
  );
}

/** Whether the command is that of the tutorial's image, which takes the options of the server as its own. */
export function startsByOptions(container: Field): boolean {
  const words = commandLine(container).split(/\s+/);
  return words.includes("start-zookeeper") && words.some((word) => word.startsWith("--servers"));
}

/** The place of a complete zoo.cfg in the stack; undefined if there is none. */
export function placeOfZooCfg({ sources }: ConfigTexts): string | undefined {
  const found = sources.find(({ text }) => {
    const settings = parseZooCfg(text);
    return settings.has("dataDir") && settings.has("tickTime");
  });
  return found?.place;
}

/**
 * Where the server's whole configuration is, for a message: ` in …` if it is in the stack, and nothing if the image
 * writes it. Undefined if some of it may be elsewhere.
 */
export function wholeConfiguration(container: Field, texts: ConfigTexts): string | undefined {
  const place = placeOfZooCfg(texts);
  if (place !== undefined) {
    return ` in ${place}`;
  }
  return startsByOptions(container) || writesDefaults(container) ? "" : undefined;
}
