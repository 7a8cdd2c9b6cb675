import { X509Certificate } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { publicAddress } from "./addresses.ts";
import { inUse, kubeconfigData, makeCredentials, pkiDir } from "./pki.ts";
import type { Place } from "./pki.ts";
import { clusterDir } from "./records.ts";
import type { ClusterRecord } from "./records.ts";

/** How long before its end a certificate is renewed, in milliseconds; kubeadm's are good for a year. */
const renewBefore = 90 * 24 * 3_600_000;

/** A certificate and its end. */
export interface Ending {
  /** The file's name. */
  file: string;
  /** When it ends; undefined where it cannot be read. */
  end: Date | undefined;
}

/**
 * Whether a file of the folder of certificates stays what it is: the authorities, which everything hangs on, and the
 * key of tokens.
 */
const isKept = (file: string): boolean => /(^|[/-])ca\.(crt|key)$|^sa\./.test(file);

function endOf(pem: string | undefined): Date | undefined {
  if (pem === undefined) {
    return undefined;
  }
  try {
    return new X509Certificate(pem).validToDate;
  } catch {
    // A damaged one is replaced, as one that has expired.
    return undefined;
  }
}

/** The users of the control plane, whose kubeconfigs are renewed; a node's goes with the node. */
const renewedUsers = (dir: string): string[] =>
  globSync("*.conf", { cwd: dir }).filter((file) => !file.startsWith("gke-"));

/**
 * The certificate in these folders that ends first, where it ends within 90 days.
 * @param now in milliseconds of the epoch
 */
export function endingCertificate(
  { pki, kubeconfigs }: Pick<Place, "pki" | "kubeconfigs">,
  now = Date.now(),
): Ending | undefined {
  const certificates = globSync("**/*.crt", { cwd: pki })
    .filter((file) => !isKept(file))
    .map((file) => ({ file, end: endOf(readFileSync(join(pki, file), "utf8")) }));
  const users = renewedUsers(kubeconfigs).map((file) => ({
    file,
    end: endOf(kubeconfigData(readFileSync(join(kubeconfigs, file), "utf8"), "client-certificate-data")),
  }));
  const when = ({ end }: Ending): number => end?.getTime() ?? 0;
  const [first] = [...certificates, ...users].sort((a, b) => when(a) - when(b));
  return first !== undefined && when(first) - now < renewBefore ? first : undefined;
}

const stageDir = (cluster: ClusterRecord): string => join(clusterDir(cluster), "renewing");

const isStaged = (cluster: ClusterRecord): boolean => existsSync(join(stageDir(cluster), "complete"));

/** Whether the API server's certificate is also for its public address; an earlier version's is not. */
function namesPublicAddress(cluster: ClusterRecord): boolean {
  const file = join(pkiDir(cluster), "apiserver.crt");
  return (
    !existsSync(file) ||
    new X509Certificate(readFileSync(file)).checkIP(publicAddress(cluster.slot)) !== undefined
  );
}

/** What is to be renewed of a cluster's certificates, for a report; undefined where nothing is. */
export function renewalDue(cluster: ClusterRecord): string | undefined {
  if (isStaged(cluster)) {
    return "its certificates were being renewed";
  }
  const ending = endingCertificate(inUse(cluster));
  if (ending === undefined) {
    return namesPublicAddress(cluster) ? undefined : "an earlier version's API server has no public address";
  }
  const end = ending.end?.toISOString().slice(0, 10);
  return end === undefined ? `its ${ending.file} cannot be read` : `its ${ending.file} ends on ${end}`;
}

/**
 * Creates new certificates of the same authorities beside the old ones, where one of those ends soon. Whatever uses the
 * old ones goes on with them.
 * @returns whether there are new ones to install
 */
export async function stageRenewal(cluster: ClusterRecord): Promise<boolean> {
  if (isStaged(cluster)) {
    return true;
  }
  if (renewalDue(cluster) === undefined) {
    return false;
  }
  const stage = stageDir(cluster);
  rmSync(stage, { recursive: true, force: true });
  const place = {
    pki: join(stage, "pki"),
    kubeconfigs: join(stage, "kubeconfigs"),
    config: join(stage, "kubeadm.yaml"),
  };
  for (const file of globSync("**/*.*", { cwd: pkiDir(cluster) }).filter(isKept)) {
    mkdirSync(dirname(join(place.pki, file)), { recursive: true, mode: 0o700 });
    cpSync(join(pkiDir(cluster), file), join(place.pki, file));
  }
  await makeCredentials(cluster, place);
  writeFileSync(join(stage, "complete"), "");
  return true;
}

/**
 * Puts the new certificates where the old ones are; for when nothing of the control plane runs. May be cut off, and
 * be called again.
 */
export function installRenewal(cluster: ClusterRecord): void {
  const stage = stageDir(cluster);
  const { pki, kubeconfigs } = inUse(cluster);
  for (const [kind, target] of Object.entries({ pki, kubeconfigs })) {
    const from = join(stage, kind);
    for (const file of globSync("**/*.*", { cwd: from }).filter((name) => !isKept(name))) {
      renameSync(join(from, file), join(target, file));
    }
  }
  rmSync(stage, { recursive: true });
}
