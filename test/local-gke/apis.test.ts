import { expect } from "chai";

import { disabledApisVariable, requireApi } from "../../local-gke/provider/apis.ts";
import { LocalGkeProvider } from "../../local-gke/provider/provider.ts";
import { kinds } from "../../local-gke/provider/resources/index.ts";

describe("an API that a project of the local GKE has not enabled", () => {
  const disabled = (names: string) => ({ [disabledApisVariable]: names });
  const every =
    "compute.googleapis.com, container.googleapis.com,iam.googleapis.com,cloudresourcemanager.googleapis.com," +
    "storage.googleapis.com";

  it("is one of those that the emulated types need, each of which needs one", () => {
    for (const token of kinds.keys()) {
      expect(() => {
        requireApi(token, "project-1", disabled(every));
      }, token).to.throw(/^googleapi: Error 403: [A-Z].* API.* has not been used in project \d{12} before/);
      for (const variables of [{}, disabled(""), disabled("pubsub.googleapis.com")]) {
        requireApi(token, "project-1", variables);
      }
    }
  });

  it("has Google's error, and only for its own types", () => {
    const container = disabled("container.googleapis.com");
    requireApi("gcp:compute/network:Network", "project-1", container);
    expect(() => {
      requireApi("gcp:container/cluster:Cluster", "project-1", container);
    }).to.throw(
      /^googleapi: Error 403: Kubernetes Engine API has not been used in project (\d+) before or it is disabled\. Enable it by visiting https:\/\/console\.developers\.google\.com\/apis\/api\/container\.googleapis\.com\/overview\?project=\1 then retry\. .*, accessNotConfigured$/,
    );
  });

  describe("for the provider", () => {
    const network = { project: "project-1", name: "net" };
    const create = (preview: boolean) =>
      new LocalGkeProvider("9.37.0")
        .create("urn:pulumi:dev::zookeeper::gcp:compute/network:Network::it", network, preview)
        .then(
          () => "created",
          (error: unknown) => String(error),
        );

    beforeEach(() => {
      process.env[disabledApisVariable] = "compute.googleapis.com";
    });

    afterEach(() => {
      process.env[disabledApisVariable] = "";
    });

    it("fails a creation, and no preview, as with Google's provider", async () => {
      expect(await create(true)).to.equal("created");
      expect(await create(false)).to.match(/Error 403: Compute Engine API has not been used/);
    });
  });
});
