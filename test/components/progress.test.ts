import { expect } from "chai";

import {
  blockagePatience,
  blockageOf,
  standstillPatience,
  Watch,
  type PodState,
  type Progress,
} from "../../components/ensemble/progress.ts";

const running: PodState = {
  name: "zk-0",
  ready: false,
  current: true,
  phase: "Running",
  waiting: undefined,
  ended: undefined,
  restarts: 0,
  unschedulable: undefined,
  claim: undefined,
};

const pulling = { ...running, waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image x" } };

function progress(changed: Partial<Progress> = {}): Progress {
  return { servers: 3, updated: 3, ready: 0, pods: [running], ...changed };
}

describe("an ensemble that comes up", () => {
  describe("is blocked, in Kubernetes' words and with the setting to change,", () => {
    const cases: readonly (readonly [what: string, pod: PodState, setting: string, words: string])[] = [
      ["by an image that cannot be pulled", pulling, "image", "ImagePullBackOff: Back-off pulling image x"],
      [
        "by a container that cannot be made",
        { ...running, waiting: { reason: "CreateContainerConfigError", message: 'configmap "x" not found' } },
        "transform",
        'configmap "x" not found',
      ],
      [
        "by a wrong cluster domain, which the server itself tells",
        {
          ...running,
          ended: { reason: "Error", message: "first\nstart-zookeeper: clusterDomain is wrong\n" },
        },
        "clusterDomain",
        "start-zookeeper: clusterDomain is wrong",
      ],
      [
        "by a database that no longer fits into the heap",
        {
          ...running,
          waiting: { reason: "CrashLoopBackOff", message: "" },
          ended: {
            reason: "Error",
            message: "x\nTerminating due to java.lang.OutOfMemoryError: Java heap space\n",
          },
        },
        "memory",
        "java.lang.OutOfMemoryError: Java heap space",
      ],
      [
        "by memory that is too small for the whole server",
        { ...running, ended: { reason: "OOMKilled", message: "" } },
        "memory",
        "ran out of memory (OOMKilled)",
      ],
      [
        "by a class that binds nothing",
        {
          ...running,
          phase: "Pending",
          claim: {
            name: "datadir-zk-0",
            className: "slow",
            event: { reason: "ProvisioningFailed", message: 'storageclass "slow" not found' },
            provisioning: false,
          },
        },
        "storageClassName",
        'claim datadir-zk-0 of class "slow" gets no volume: ProvisioningFailed: storageclass "slow" not found',
      ],
    ];
    for (const [what, pod, setting, words] of cases) {
      it(what, () => {
        const blockage = blockageOf(pod);
        expect(blockage?.setting).to.equal(setting);
        expect(blockage?.reason).to.contain(words);
        expect(blockageOf({ ...pod, ready: true })).to.equal(undefined);
      });
    }

    it("but not while a driver makes the volume, a node is looked for, or the server starts", () => {
      const claim = { name: "datadir-zk-0", className: "", event: undefined, provisioning: true };
      expect(blockageOf({ ...running, claim })).to.equal(undefined);
      expect(blockageOf({ ...running, unschedulable: "0/4 nodes are available" })).to.equal(undefined);
      expect(blockageOf({ ...running, waiting: { reason: "ContainerCreating", message: "" } })).to.equal(
        undefined,
      );
      expect(blockageOf({ ...running, ended: { reason: "Error", message: "x" } })).to.equal(undefined);
    });
  });

  it("is done when all servers are Ready and of the newest template", () => {
    const watch = new Watch(0);
    expect(watch.look(progress({ ready: 3, updated: 2 }), 0)).to.equal(undefined);
    expect(watch.look(progress({ ready: 2 }), 0)).to.equal(undefined);
    expect(watch.look(progress({ ready: 3 }), 0)).to.deep.equal([]);
  });

  it("is given up when a pod stays blocked, not when it was so for a moment", () => {
    const watch = new Watch(0);
    const blocked = progress({ pods: [pulling] });
    expect(watch.look(blocked, 0)).to.equal(undefined);
    expect(watch.look(blocked, blockagePatience - 1)).to.equal(undefined);
    expect(watch.look(progress(), blockagePatience - 1)).to.equal(undefined);
    expect(watch.look(blocked, blockagePatience)).to.equal(undefined);
    expect(watch.look(blocked, 2 * blockagePatience - 1)).to.equal(undefined);
    const problems = watch.look(blocked, 2 * blockagePatience);
    expect(problems).to.have.length(1);
    expect(problems?.[0]).to.match(/^image\n {2}Pod zk-0: ImagePullBackOff/);
  });

  it("is given up when a server ends at once for the third time, although it was started in between", () => {
    const ended = { reason: "Error", message: "no such file" };
    const looping = (restarts: number) => ({
      ...running,
      ended,
      restarts,
      waiting: { reason: "CrashLoopBackOff", message: "back-off" },
    });
    const watch = new Watch(0);
    expect(watch.look(progress({ pods: [looping(2)] }), 0)).to.equal(undefined);
    expect(watch.look(progress({ pods: [{ ...running, ended, restarts: 3 }] }), 20_000)).to.equal(undefined);
    expect(watch.look(progress({ pods: [looping(3)] }), 30_000)?.join()).to.contain("(Error): no such file");
  });

  it("waits for a roll-out to replace a server of an earlier template that ends at once", () => {
    const pod = { ...running, current: false, restarts: 9, ended: { reason: "Error", message: "x" } };
    const looping = progress({ pods: [{ ...pod, waiting: { reason: "CrashLoopBackOff", message: "" } }] });
    const watch = new Watch(0);
    expect(watch.look(looping, 0)).to.equal(undefined);
    expect(watch.look(looping, blockagePatience - 1)).to.equal(undefined);
    expect(watch.look(looping, blockagePatience)).to.have.length(1);
  });

  it("is told which pods are left of an earlier template, which a roll-out does not replace", () => {
    const watch = new Watch(0);
    const left = progress({
      pods: [
        { ...pulling, current: false },
        { ...running, name: "zk-1" },
      ],
    });
    watch.look(left, 0);
    expect(watch.look(left, blockagePatience)?.join()).to.contain(
      "has the earlier template: kubectl delete pod zk-0",
    );
    const never = progress({ pods: [{ ...pulling, current: false }] });
    expect(watch.look(never, blockagePatience)?.join()).to.contain("use an image that the nodes can pull");
  });

  it("is blocked within a minute", () => {
    expect(blockagePatience).to.be.lessThan(50_000);
  });

  it("is given up when nothing moves, and has as long as it needs while something does", () => {
    const watch = new Watch(0);
    const step = standstillPatience - 1;
    for (let ready = 0; ready < 11; ready += 1) {
      expect(watch.look(progress({ servers: 11, updated: 11, ready }), ready * step)).to.equal(undefined);
    }
    const stuck = progress({
      servers: 11,
      updated: 11,
      ready: 10,
      pods: [{ ...running, unschedulable: "no node" }],
    });
    expect(watch.look(stuck, 10 * step + step)).to.equal(undefined);
    expect(watch.look(stuck, 10 * step + standstillPatience)?.join("\n"))
      .to.contain("10 of 11")
      .and.contain("zk-0: no node");
  });
});
