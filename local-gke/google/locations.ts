/** Google's regions. @see https://cloud.google.com/compute/docs/regions-zones */
const regions = new Set(
  `africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2
   asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2 europe-north1
   europe-north2 europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8
   europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1 northamerica-northeast1
   northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4
   us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`.split(/\s+/),
);

/** The zones of a region's usual letters; Google's exceptions are us-east1 and europe-west1, which start at b. */
export function zonesOf(region: string): string[] {
  const letters = region === "us-east1" || region === "europe-west1" ? ["b", "c", "d"] : ["a", "b", "c"];
  return [...letters, ...(region === "us-central1" ? ["f"] : [])].map((letter) => `${region}-${letter}`);
}

/** The region of a location: of a zone such as us-central1-a, us-central1; a region is its own. */
export const regionOf = (location: string): string => location.replace(/-[a-z]$/, "");

/** Whether a location is one of Google's regions. */
export const isRegion = (location: string): boolean => regions.has(location);

/** Whether a location is a zone of one of Google's regions. */
export function isZone(location: string): boolean {
  return zonesOf(regionOf(location)).includes(location) && isRegion(regionOf(location));
}
