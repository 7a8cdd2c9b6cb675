import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { expect } from "chai";

import { series } from "../../components/monitoring/series.ts";
import type { PrometheusClient } from "../../dashboard/client.ts";
import { close, listen } from "../../dashboard/listen.ts";
import { Prometheus } from "../../dashboard/programs.ts";
import type { RunningPrometheus } from "../../dashboard/running.ts";
import { largeTemporaryDir } from "../../system/temporary.ts";
import { until } from "../../system/wait.ts";
import { StubApi } from "./api.ts";

const { of, ofClaims } = series({ name: "zk", namespace: "shop" });

/** A pod on this machine, with a port of this name. */
const pod = (name: string, port: string, number: number) => ({
  metadata: { name, namespace: "shop", uid: name, labels: { app: "zk" } },
  spec: {
    nodeName: "n1",
    containers: [{ name: "zookeeper", ports: [{ name: port, containerPort: number, protocol: "TCP" }] }],
  },
  status: { phase: "Running", podIP: "127.0.0.1", hostIP: "127.0.0.1" },
});

const node = (name: string) => ({
  metadata: { name, uid: name },
  status: {
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
  },
});

const claim = '{namespace="shop",persistentvolumeclaim="datadir-zk-0"}';

describe("what the Prometheus of the dashboard collects", function () {
  this.timeout(120_000);

  const folder = mkdtempSync(join(largeTemporaryDir, "collected-"));
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/plain; version=0.0.4").end("znode_count 5\njvm_info 1\n");
  });
  let api: StubApi | undefined;
  let prometheus: RunningPrometheus | undefined;
  let client: PrometheusClient;

  before(async function () {
    this.timeout(30 * 60_000);
    const programs = await Prometheus.build();
    const port = Number(new URL(await listen(server, 0)).port);
    api = new StubApi({
      pods: [pod("zk-0", "metrics", port), pod("zk-1", "client", port)],
      nodes: [node("n1"), node("n2")],
      kubelets: {
        n1: [
          `kubelet_volume_stats_available_bytes${claim} 25`,
          `kubelet_volume_stats_capacity_bytes${claim} 100`,
          `kubelet_volume_stats_inodes${claim} 7`,
          "kubelet_running_pods 3\n",
        ].join("\n"),
        n2: "kubelet_running_pods 4\n",
      },
    });
    await api.start();
    writeFileSync(join(folder, "kubeconfig"), api.kubeconfig);
    prometheus = await programs.start({
      ...{ kubeconfig: join(folder, "kubeconfig"), namespace: "shop", selector: { app: "zk" } },
      ...{ rules: { groups: [] }, dropped: "jvm_.+", scrapeSeconds: 1, volumesThrough: api.access },
    });
    client = prometheus.api;
  });
  after(async () => {
    await prometheus?.stop();
    await api?.stop();
    await close(server);
    rmSync(folder, { recursive: true });
  });

  const value = async (expression: string) => (await client.query(expression)).map((sample) => sample.value);

  it("are the metrics of the pods with the port for them, by the labels that rules use", async () => {
    const state = async () =>
      (await value(of("znode_count", 'pod="zk-0"'))).join() === "5" || JSON.stringify(await client.targets());
    await until("the metrics", state, { within: 60_000 });
    expect(await client.query("znode_count")).to.have.lengthOf(1);
    expect(await client.query("jvm_info")).to.deep.equal([]);
  });

  it("are the kubelets' numbers about volumes, and no others", async () => {
    const free = `${ofClaims("kubelet_volume_stats_available_bytes")} / ${ofClaims("kubelet_volume_stats_capacity_bytes")}`;
    const state = async () => {
      const targets = (await client.targets()).filter(({ labels }) => labels["job"] === "kubelet");
      return (await value(free)).join() === "0.25" || JSON.stringify(targets);
    };
    await until("the space on volumes", state, { within: 60_000 });
    const targets = (await client.targets()).filter(({ labels }) => labels["job"] === "kubelet");
    expect(targets.map(({ labels }) => labels["node"]).sort()).to.deep.equal(["n1", "n2"]);
    const names = (await client.query('{job="kubelet",__name__=~"kubelet_.+"}')).map(
      ({ labels }) => labels["__name__"],
    );
    expect(names.sort()).to.deep.equal([
      ...["kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"],
    ]);
  });
});
