import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";

import { projectDir } from "../../system/paths.ts";
import { isUnknown } from "../../local-gke/provider/values.ts";

type Properties = ReturnType<struct.Struct["toJavaScript"]>;

const network = "projects/project-1/global/networks/net";

/** Resources that are only kept account of, in an order in which they can be made: their types and arguments. */
const resources: readonly (readonly [string, Properties])[] = [
  ["gcp:compute/network:Network", { project: "project-1", name: "net" }],
  [
    "gcp:compute/subnetwork:Subnetwork",
    { project: "project-1", name: "sub", network, region: "us-central1", ipCidrRange: "10.0.0.0/20" },
  ],
  ["gcp:compute/router:Router", { project: "project-1", name: "router", network, region: "us-central1" }],
  ["gcp:serviceaccount/account:Account", { project: "project-1", accountId: "nodes-of-zk" }],
  [
    "gcp:projects/iAMMember:IAMMember",
    { project: "project-1", member: "user:someone@example.com", role: "roles/viewer" },
  ],
];

const urn = (token: string, name = "it"): string => `urn:pulumi:dev::zookeeper::a$${token}::${name}`;
const sent = (properties: Properties): struct.Struct => struct.Struct.fromJavaScript(properties);

async function answer<Response>(
  ask: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return await new Promise((resolve, reject) => {
    ask((error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(error);
      }
    });
  });
}

describe("the plugin of the emulated gcp provider", function () {
  this.timeout(60_000);
  let dir = "";
  let plugin: ChildProcess;
  let client: ResourceProviderClient;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "plugin-"));
    const program = join(projectDir, "local-gke/provider/main.ts");
    const started = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
      env: { ...process.env, PULUMI_HOME: join(dir, "pulumi"), LOCAL_GKE_PROVIDER_VERSION: "9.37.0" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    plugin = started;
    const [port] = (await once(started.stdout, "data")) as [Buffer];
    client = new providerServices.ResourceProviderClient(
      `127.0.0.1:${port.toString().trim()}`,
      credentials.createInsecure(),
    );
  });

  after(() => {
    client.close();
    plugin.kill();
    rmSync(dir, { recursive: true });
  });

  const checked = async (token: string, inputs: Properties): Promise<Properties> => {
    const request = new messages.CheckRequest().setUrn(urn(token)).setOlds(sent({})).setNews(sent(inputs));
    const response = await answer<messages.CheckResponse>((done) => client.check(request, done));
    expect(response.getFailuresList()).to.be.empty;
    return response.getInputs()?.toJavaScript() ?? {};
  };
  const create = async (token: string, inputs: Properties, preview: boolean, name?: string) => {
    const request = new messages.CreateRequest().setUrn(urn(token, name)).setProperties(sent(inputs));
    const response = await answer<messages.CreateResponse>((done) =>
      client.create(request.setPreview(preview), done),
    );
    return { id: response.getId(), outputs: response.getProperties()?.toJavaScript() ?? {} };
  };
  const update = async (token: string, id: string, olds: Properties, news: Properties, preview: boolean) => {
    const request = new messages.UpdateRequest().setUrn(urn(token)).setId(id).setPreview(preview);
    const response = await answer<messages.UpdateResponse>((done) =>
      client.update(request.setOlds(sent(olds)).setNews(sent(news)), done),
    );
    return response.getProperties()?.toJavaScript() ?? {};
  };

  it("tells the engine its version, and that it answers previews", async () => {
    const info = await answer<pluginMessages.PluginInfo>((done) =>
      client.getPluginInfo(new empty.Empty(), done),
    );
    expect(info.getVersion()).to.equal("9.37.0");
    const configured = await answer<messages.ConfigureResponse>((done) =>
      client.configure(new messages.ConfigureRequest(), done),
    );
    expect(configured.getSupportspreview()).to.equal(true);
  });

  it("fills in the project of the provider's own settings", async () => {
    const request = new messages.ConfigureRequest();
    request.getVariablesMap().set("gcp:config:project", "project-of-settings");
    await answer<messages.ConfigureResponse>((done) => client.configure(request, done));
    const token = "gcp:compute/network:Network";
    expect(await checked(token, {})).to.include({ project: "project-of-settings" });
    expect(await checked(token, { project: "project-1" })).to.include({ project: "project-1" });
  });

  it("previews what it then makes, and makes nothing before that", async () => {
    for (const [token, given] of resources) {
      const inputs = await checked(token, given);
      const before = readdirSync(dir, { recursive: true });
      const preview = await create(token, inputs, true);
      expect(preview.id).to.equal("");
      expect(readdirSync(dir, { recursive: true }), token).to.deep.equal(before);

      const made = await create(token, inputs, false);
      expect(made.id, token).to.match(/^(projects\/)?project-1\//);
      expect(readdirSync(dir, { recursive: true }), token).not.to.deep.equal(before);
      const computed = Object.keys(made.outputs).filter((key) => !(key in inputs || key === "__inputs"));
      for (const [key, value] of Object.entries(made.outputs)) {
        const expected: unknown = computed.includes(key) ? true : value;
        const seen = preview.outputs[key];
        expect(computed.includes(key) ? isUnknown(seen) : seen, `${token} ${key}`).to.deep.equal(expected);
      }
    }
  });

  it("previews a change as it then is, and changes nothing before that", async () => {
    const token = "gcp:serviceaccount/account:Account";
    const inputs = await checked(token, { project: "project-1", accountId: "changing", displayName: "one" });
    const { id, outputs } = await create(token, inputs, false);
    const later = { ...inputs, displayName: "two" };
    const preview = await update(token, id, outputs, later, true);
    // As one that was cut off it could not be made again, had the preview changed it.
    expect((await create(token, inputs, false)).outputs).to.deep.equal(outputs);
    expect(preview).to.include({ displayName: "two", email: "changing@project-1.iam.gserviceaccount.com" });
    expect(await update(token, id, outputs, later, false)).to.deep.equal(preview);
  });

  it("says what is wrong in the words of the provider", async () => {
    const rejected = await create("gcp:pubsub/topic:Topic", {}, true).catch((error: unknown) => error);
    expect(rejected)
      .to.have.property("details")
      .that.matches(/^gcp:pubsub\/topic:Topic: the local GKE/);
    const twice = await create("gcp:compute/network:Network", { project: "project-1", name: "net" }, false)
      .then(() =>
        create("gcp:compute/network:Network", { project: "project-1", name: "net", mtu: 1500 }, false),
      )
      .catch((error: unknown) => error);
    expect(twice)
      .to.have.property("details")
      .that.matches(/Error 409: The resource/);
  });

  it("finishes a creation that was cut off, and rejects another resource of the same name", async () => {
    const inputs = { project: "project-1", accountId: "shared-nodes" };
    const account = "gcp:serviceaccount/account:Account";
    const { id } = await create(account, inputs, false);
    expect((await create(account, inputs, false)).id).to.equal(id);
    const other = await create(account, inputs, false, "other").catch((error: unknown) => error);
    expect(other)
      .to.have.property("details")
      .that.contains("googleapi: Error 409: The resource 'projects/project-1/serviceAccounts/shared-nodes@");
    const member = { project: "project-1", member: "user:two@example.com", role: "roles/viewer" };
    const granted = await create("gcp:projects/iAMMember:IAMMember", member, false);
    expect((await create("gcp:projects/iAMMember:IAMMember", member, false, "other")).id).to.equal(
      granted.id,
    );
  });

  it("writes and reads nothing outside of its folder, whatever a resource is called", async () => {
    const outside = join(dir, "..", "outside-of-the-plugin.json");
    const way = "../".repeat(8);
    const network_ = "gcp:compute/network:Network";
    for (const inputs of [
      { project: `${way}${dir}`, name: "net" },
      { project: "project-1", name: `${way}${outside}` },
      { project: "..", name: "net" },
    ]) {
      const before = readdirSync(dir, { recursive: true });
      const rejected = await create(network_, inputs, false).catch((error: unknown) => error);
      expect(rejected).to.have.property("details").that.contains('no part of a resource\'s id can be ".."');
      expect(readdirSync(dir, { recursive: true })).to.deep.equal(before);
    }
    const cluster = "gcp:container/cluster:Cluster";
    for (const [project, location, name] of [
      ["..", "us-central1-a", "zookeeper"],
      ["project-1", "..", "zookeeper"],
      ["project-1", "us-central1-a", "../.."],
    ] as const) {
      const rejected = await create(cluster, { project, location, name }, false).catch(
        (error: unknown) => error,
      );
      expect(rejected).to.have.property("details").that.contains("cannot name a folder");
      const id = `projects/${project}/locations/${location}/clusters/${name.split("/")[0] ?? ""}`;
      const request = new messages.DeleteRequest().setUrn(urn(cluster)).setId(id).setProperties(sent({}));
      const kept = await answer((done) => client.delete(request, done)).catch((error: unknown) => error);
      expect(kept).to.have.property("details").that.contains("cannot name a folder");
    }
  });

  it("sees what is gone, takes away what is there, and does so twice", async () => {
    const token = "gcp:serviceaccount/account:Account";
    const { id, outputs } = await create(
      token,
      await checked(token, { project: "project-1", accountId: "passing" }),
      false,
    );
    const asked = new messages.ReadRequest().setUrn(urn(token)).setId(id).setProperties(sent(outputs));
    const read = async () =>
      (await answer<messages.ReadResponse>((done) => client.read(asked, done))).getId();
    expect(await read()).to.equal(id);
    const removed = new messages.DeleteRequest().setUrn(urn(token)).setId(id).setProperties(sent(outputs));
    await answer((done) => client.delete(removed, done));
    await answer((done) => client.delete(removed, done));
    expect(await read()).to.equal("");
  });

  it("ends with the engine", async () => {
    const ended = once(plugin, "exit");
    plugin.stdin?.end();
    expect(await ended).to.deep.equal([1, null]);
  });
});
