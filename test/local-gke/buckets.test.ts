import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import {
  bucketsWithObjects,
  cloudStorageDir,
  keepObjectsVariable,
  objectsOf,
  readBucket,
  removeCloudStorage,
  tokenKeyFile,
} from "../../local-gke/cluster/buckets.ts";
import { configure } from "../../local-gke/configuration.ts";
import { invoke } from "../../local-gke/provider/functions.ts";
import { LocalGkeProvider } from "../../local-gke/provider/provider.ts";
import type { Properties } from "../../local-gke/provider/values.ts";
import { zookeeperEnvironment } from "../../zookeeper-image/configuration.ts";

describe("a bucket of the local GKE", () => {
  const provider = new LocalGkeProvider("9.37.0");
  const urn = (name: string, type = "bucket:Bucket") =>
    `urn:pulumi:dev::zookeeper::gcp:storage/${type}::${name}`;
  const memberUrn = urn("member", "bucketIAMMember:BucketIAMMember");
  const given: Properties = {
    project: "project-1",
    name: "backups-of-zookeeper",
    location: "us-central1",
    retentionPolicy: { retentionPeriod: "60" },
  };
  const member: Properties = {
    bucket: "backups-of-zookeeper",
    role: "roles/storage.objectUser",
    member: "user:a@b.c",
  };
  let state = "";

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "buckets-"));
    configure({ ...zookeeperEnvironment, stateDir: state });
  });

  afterEach(() => {
    Reflect.deleteProperty(process.env, keepObjectsVariable);
    rmSync(state, { recursive: true });
  });

  /** Creates a resource as the engine does. */
  async function create(inputs: Properties, of = urn("bucket")): Promise<{ id: string; outs: Properties }> {
    const checked = await provider.check(of, {}, inputs);
    expect(checked.failures).to.deep.equal([]);
    const created = await provider.create(of, checked.inputs);
    return { id: created.id, outs: created.outs as Properties };
  }

  const failure = (promise: Promise<unknown>): Promise<string> => promise.then(() => "no failure", String);

  function putObject(name: string, ageSeconds = 0): void {
    const file = join(cloudStorageDir(), "objects", "backups-of-zookeeper", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "data");
    writeFileSync(`${file}.metadata`, "{}");
    const time = Date.now() / 1000 - ageSeconds;
    utimesSync(file, time, time);
  }

  it("has what Google's provider tells of it, and its API where pods reach it", async () => {
    const { id, outs } = await create(given);
    expect(id).to.equal("backups-of-zookeeper");
    expect(outs).to.deep.include({
      location: "US-CENTRAL1",
      storageClass: "STANDARD",
      url: "gs://backups-of-zookeeper",
      selfLink: "http://198.18.15.1:4443/storage/v1/b/backups-of-zookeeper",
      publicAccessPrevention: "inherited",
      effectiveLabels: { "goog-pulumi-provisioned": "true" },
    });
    expect(outs["projectNumber"]).to.be.within(100_000_000_000, 999_999_999_999);
    expect(readBucket(id)).to.deep.include({ retentionPeriod: 60, members: [], location: "US-CENTRAL1" });
    expect(statSync(tokenKeyFile()).mode & 0o777).to.equal(0o600);
    const key = readFileSync(tokenKeyFile(), "utf8");
    await create({ ...given, name: "another-bucket" }, urn("another"));
    expect(readFileSync(tokenKeyFile(), "utf8")).to.equal(key);
  });

  it("gives a role to the members of a binding only", async () => {
    await create(given);
    await create(member, memberUrn);
    const binding = urn("binding", "bucketIAMBinding:BucketIAMBinding");
    const bound = {
      bucket: "backups-of-zookeeper",
      role: "roles/storage.objectUser",
      members: ["user:x@b.c"],
    };
    const { id, outs } = await create(bound, binding);
    const grants = () => readBucket("backups-of-zookeeper")?.members;
    expect(grants()).to.deep.equal([{ role: "roles/storage.objectUser", member: "user:x@b.c" }]);
    await provider.delete(id, binding, outs);
    expect(grants()).to.deep.equal([]);
    expect(await failure(create({ ...bound, bucket: "nobodys-backups" }, binding))).to.contain("Error 404");
  });

  it("is found by its name once it was created", async () => {
    const token = "gcp:storage/getBucket:getBucket";
    const name = { name: "backups-of-zookeeper" };
    expect(invoke(token, name))
      .to.have.nested.property("failures[0].reason")
      .that.contains("Error 404: The specified bucket does not exist");
    const { outs } = await create(given);
    expect(invoke(token, name)).to.have.nested.property("outputs.selfLink", outs["selfLink"]);
  });

  it("is not changed by another way to write its location, and keeps its time of creation", async () => {
    const { id, outs } = await create(given);
    const news = (await provider.check(urn("bucket"), outs, { ...given, location: "US-Central1" }))
      .inputs as Properties;
    expect((await provider.diff(id, urn("bucket"), outs, news)).changes).to.equal(false);
    const later = { ...news, retentionPolicy: { retentionPeriod: "120" } };
    const diff = await provider.diff(id, urn("bucket"), outs, later);
    expect(diff).to.deep.include({ changes: true, replaces: [] });
    const updated = (await provider.update(id, urn("bucket"), outs, later)).outs as Properties;
    expect(updated["timeCreated"]).to.equal(outs["timeCreated"]);
    expect(readBucket(id)?.retentionPeriod).to.equal(120);
  });

  it("is created once, by one stack", async () => {
    const { outs } = await create(given);
    expect((await create(given)).outs["url"]).to.equal(outs["url"]);
    expect(await failure(create(given, urn("other")))).to.contain(
      "googleapi: Error 409: Your previous request to create the named bucket succeeded and you already own it., conflict",
    );
    expect(await failure(create({ ...given, project: "project-2" }, urn("other")))).to.contain(
      "googleapi: Error 409: The requested bucket name is not available.",
    );
  });

  it("is deleted only without objects, or with forceDestroy once they need not stay", async () => {
    const { id, outs } = await create(given);
    putObject("zoo/keeper/snapshot.1");
    expect(objectsOf(id).map(({ name }) => name)).to.deep.equal(["zoo/keeper/snapshot.1"]);
    expect(await failure(provider.delete(id, urn("bucket"), outs))).to.contain(
      "Error trying to delete bucket backups-of-zookeeper without `force_destroy` set to true",
    );
    const forced = { ...outs, forceDestroy: true };
    expect(await failure(provider.delete(id, urn("bucket"), forced))).to.match(
      /Error 403: Object 'backups-of-zookeeper\/zoo\/keeper\/snapshot\.1' is subject to bucket's retention policy .*, retentionPolicyNotMet$/,
    );
    putObject("zoo/keeper/snapshot.1", 61);
    await provider.delete(id, urn("bucket"), forced);
    expect(objectsOf(id)).to.deep.equal([]);
    expect(readBucket(id)).to.equal(undefined);
    expect(await provider.read(id, urn("bucket"), forced)).to.deep.equal({});
  });

  it("ends without its objects where the environment goes, and is there again with them", async () => {
    const { id, outs } = await create(given);
    putObject("snapshot.1");
    process.env[keepObjectsVariable] = "1";
    await provider.delete(id, urn("bucket"), outs);
    expect(readBucket(id)).to.equal(undefined);
    removeCloudStorage(false);
    expect(bucketsWithObjects()).to.deep.equal([join(cloudStorageDir(), "objects", id)]);
    await create(given);
    expect(objectsOf(id)).to.have.length(1);
    removeCloudStorage(true);
    expect(bucketsWithObjects()).to.deep.equal([]);
  });

  it("has the members that are granted a role, until it is taken back", async () => {
    expect(await failure(create(member, memberUrn))).to.contain(
      "Error 404: The specified bucket does not exist.",
    );
    const { id } = await create({ ...given, publicAccessPrevention: "enforced" });
    const granted = await create(member, memberUrn);
    expect(granted.id).to.equal("b/backups-of-zookeeper/roles/storage.objectUser/user:a@b.c");
    await create(member, memberUrn);
    await create({ ...given, publicAccessPrevention: "enforced" });
    const grant = { role: "roles/storage.objectUser", member: "user:a@b.c" };
    expect(readBucket(id)?.members).to.deep.equal([grant]);
    expect(await failure(create({ ...member, member: "allUsers" }, memberUrn))).to.contain("Error 412");
    expect(await provider.read(granted.id, memberUrn, granted.outs)).to.have.property("id", granted.id);
    await provider.delete(granted.id, memberUrn, granted.outs);
    expect(readBucket(id)?.members).to.deep.equal([]);
    expect(await provider.read(granted.id, memberUrn, granted.outs)).to.deep.equal({});
  });
});
