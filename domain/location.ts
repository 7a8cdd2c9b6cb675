/** Whether a string has the form of a Google Cloud region, `us-central1`. */
export function isRegion(text: string): boolean {
  return /^[a-z]+-[a-z]+\d+$/.test(text);
}

/** The region that a zone such as `us-central1-a` is in; undefined if the string does not have the form of a zone. */
export function regionOfZone(text: string): string | undefined {
  return /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(text)?.[1];
}

/** The region of a location, which is a zone or a region; undefined if it is neither. */
export function regionOf(location: string): string | undefined {
  return isRegion(location) ? location : regionOfZone(location);
}

/** Zones that do not exist, although other regions begin with `-a`. Google reports a missing permission for them. */
const missingZones: ReadonlySet<string> = new Set(["us-east1-a", "europe-west1-a"]);

/** Whether a string has the form of a zone that does not exist. */
export function isMissingZone(text: string): boolean {
  return missingZones.has(text);
}
