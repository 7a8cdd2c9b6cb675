import { expect } from "chai";

import { dnsCacheConfig } from "../../local-gke/node/dns-cache.ts";

describe("the DNS cache of a local GKE's node", () => {
  it("keeps addresses for 30 s and denials for 5 s, and asks the cluster's DNS by TCP, as on GKE", () => {
    const config = dnsCacheConfig(1, 2);
    const [cluster = "", others = ""] = config.split(/^(?=\.:53)/m);
    expect(cluster).to.match(/^cluster\.local:53 \{\n/);
    expect(cluster).to.match(/cache \{\s+success 9984 30\s+denial 9984 5\s+\}/);
    expect(others).to.match(/^\.:53 \{\n/);
    for (const zone of [cluster, others]) {
      expect(zone).to.include("bind 198.18.64.12\n");
      expect(zone).to.match(/forward \. 198\.18\.64\.1 \{\s+force_tcp\s+\}/);
    }
  });
});
