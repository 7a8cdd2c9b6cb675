/** Whether a text has the shape of a Google Cloud region, `us-central1`. */
export function isRegion(text: string): boolean {
  return /^[a-z]+-[a-z]+\d+$/.test(text);
}

/** The region that a zone such as `us-central1-a` is in; undefined when the text does not have the shape of a zone. */
export function regionOfZone(text: string): string | undefined {
  return /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(text)?.[1];
}

/** The region that a location, a zone or a region, is in; undefined when it is neither. */
export function regionOf(location: string): string | undefined {
  return isRegion(location) ? location : regionOfZone(location);
}

/** Zones that their regions do not have, though all others begin with `-a`. Google calls it a missing permission. */
const missingZones: ReadonlySet<string> = new Set(["us-east1-a", "europe-west1-a"]);

/** Whether a text looks like a zone but names one that does not exist. */
export function isMissingZone(text: string): boolean {
  return missingZones.has(text);
}
