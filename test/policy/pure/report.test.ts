import { expect } from "chai";

import { Field, show } from "../../../policy/reading/field.ts";
import { shownFinding, type Finding } from "../../../policy/reading/finding.ts";
import { Report } from "../../../policy/reading/report.ts";

const missing = (path: string, more: Partial<Finding> = {}): Finding => ({
  path,
  observed: "missing",
  required: "there",
  fix: "add it",
  ...more,
});

describe("a report", () => {
  const part = { path: "spec.containers[0]", name: "container zk", reason: "a reason" };

  it("renders a finding about a property, and one about the whole object", () => {
    const report = new Report("Pod default/zk");
    report.reject(missing("spec"));
    report.reject({ path: "", value: "7", required: "8", fix: "use 8" });
    report.reject({ path: "", observed: "covered by nothing", required: "a cover", fix: "cover it" });
    expect(report.messages()).to.deep.equal([
      "Pod default/zk: spec: missing\n  Required: there.\n  Fix: add it.",
      "Pod default/zk = 7\n  Required: 8.\n  Fix: use 8.",
      "Pod default/zk: covered by nothing\n  Required: a cover.\n  Fix: cover it.",
    ]);
  });

  it("renders the findings of a group as one, and the only finding of a group as any other", () => {
    const report = new Report("Pod default/zk");
    const group = report.group(part);
    expect(report.messages()).to.deep.equal([]);
    group.reject(missing("spec.containers[0].image"));
    expect(report.messages()).to.deep.equal([
      "Pod default/zk, container zk: spec.containers[0].image: missing\n  Required: there (a reason).\n  Fix: add it.",
    ]);
    group.reject({ path: "spec.containers[0].tty", value: "true", required: "false", fix: "remove it" });
    expect(report.messages()).to.deep.equal([
      "Pod default/zk, container zk: spec.containers[0]: image: missing, must be there; tty = true, must be false\n" +
        "  Required: a reason.\n  Fix: image: add it; tty: remove it.",
    ]);
  });

  it("gives its findings as they are shown, without the object", () => {
    const report = new Report("Pod default/zk");
    report.reject(missing("spec"));
    report.reject(missing("spec"));
    report
      .group(part)
      .reject({ path: "spec.containers[0].tty", value: "true", required: "false", fix: "no" });
    expect(report.distinct().map((finding) => shownFinding(finding))).to.deep.equal([
      { subject: "spec: missing", reason: "required: there", fix: "add it" },
      {
        subject: "container zk: spec.containers[0].tty",
        value: "true",
        reason: "required: false (a reason)",
        fix: "no",
      },
    ]);
  });

  it("shows the findings of groups in groups, and of groups without a name, one for each group", () => {
    const report = new Report("Pod default/zk");
    const outer = report.group({ path: "spec", reason: "the outer" });
    outer.group(part).reject(missing("spec.containers[0].image"));
    outer.reject(missing("spec.nodeName"));
    expect(report.messages()).to.deep.equal([
      "Pod default/zk: spec.nodeName: missing\n  Required: there (the outer).\n  Fix: add it.",
      "Pod default/zk, container zk: spec.containers[0].image: missing\n  Required: there (a reason).\n  Fix: add it.",
    ]);
  });

  it("begins with the longest path that is above all properties, within the part", () => {
    const headOf = (...paths: readonly string[]): string | undefined => {
      const report = new Report("Pod default/zk");
      const group = report.group(part);
      for (const path of paths) {
        group.reject(missing(path));
      }
      return /: (\S+): /.exec(report.messages()[0] ?? "")?.[1];
    };
    const below = (path: string): string => `spec.containers[0].${path}`;
    expect(headOf(below("a.b"), below("a.c"))).to.equal("spec.containers[0].a");
    expect(headOf(below("a.b.c"), below("a.b.d"))).to.equal("spec.containers[0].a.b");
    expect(headOf(below("a.b.c"), below("a.d"))).to.equal("spec.containers[0].a");
    expect(headOf(below("a.b"), below("c"))).to.equal("spec.containers[0]");
    expect(headOf(below("a"), "spec.containers[1].a")).to.equal("spec.containers[0]");
    const report = new Report("Pod default/zk");
    const group = report.group(part);
    group.reject(missing(below("a")));
    group.reject(missing("spec.volumes[0]"));
    expect(report.messages()[0]).to.contain(": a: missing, must be there; spec.volumes[0]: missing");
  });

  it("gives one fix for a group: the values to set as YAML, what to remove, and the rest in words", () => {
    const report = new Report("Pod default/zk");
    const group = report.group(part);
    const at = (path: string, more: Partial<Finding>): void => {
      group.reject(missing(`spec.containers[0].${path}`, more));
    };
    at("a.b.c", { repair: { set: true } });
    at("a.b.d", { repair: { set: ["ALL", "x y", 7] } });
    at("a.e", { repair: { set: "Runtime/Default" } });
    at("f", { repair: { set: "" } });
    at("g", { repair: "remove" });
    at("h[0].i", { repair: "remove" });
    at("j", { reason: "another reason" });
    expect(report.messages()[0]).to.match(
      /\n {2}Required: a reason; another reason\.\n {2}Fix: set a: \{b: \{c: true, d: \[ALL, "x y", 7\]\}, e: Runtime\/Default\}, f: ""; remove g, h\[0\]\.i; j: add it\.$/,
    );
  });

  it("lists at most 20 properties of a group, and the number of the others", () => {
    for (const [count, end] of [
      [20, "p19: missing, must be there\n"],
      [21, "p19: missing, must be there; and 1 more\n"],
      [100_000, "p19: missing, must be there; and 99980 more\n"],
    ] as const) {
      const report = new Report("Pod default/zk");
      const group = report.group(part);
      for (let i = 0; i < count; i++) {
        group.reject(missing(`spec.containers[0].p${i}`));
      }
      expect(report.messages()).to.have.length(1);
      expect(report.messages()[0]).to.contain(end);
    }
  });

  it("shares with its groups what could not be validated, and says a wrong type once", () => {
    const report = new Report("Pod default/zk");
    const group = report.group(part);
    group.leaveOpen("spec.a");
    group.leaveHidden("the heap");
    expect([...report.unknowns, ...report.hidden]).to.deep.equal(["spec.a", "the heap"]);
    const field = new Field({ spec: 7 }).at("spec", "containers");
    for (const each of [report, group]) {
      each.check(field.at("a").boolean(), { holds: () => true, absent: "accepted", required: "b", fix: "c" });
      each.elements(field);
    }
    expect(report.messages()).to.deep.equal([
      "Pod default/zk: spec = 7 instead of an object (wrong type)\n  Required: an object.\n  Fix: give an object.",
    ]);
  });

  it("cuts what is too long to be read", () => {
    const long = "x".repeat(2 ** 20);
    expect(show("x".repeat(200))).to.equal(`"${"x".repeat(200)}"`);
    expect(show("x".repeat(201))).to.equal(`"${"x".repeat(200)}"… (201 characters)`);
    const report = new Report(long);
    report.reject({ path: long, value: long, required: "short", fix: "shorten it" });
    report.reject(missing(long));
    report.reject({ path: "", observed: long, required: "short", fix: "shorten it" });
    const group = report.group({ path: long, name: long, reason: "a reason" });
    group.reject(missing(`${long}.a`));
    group.reject(missing(`${long}.b`, { repair: "remove" }));
    group.reject(missing(long));
    for (const message of report.messages()) {
      expect(message).to.have.length.below(12_000);
    }
    expect(report.messages()).to.have.length(4);
    const whole = new Report("x".repeat(500));
    whole.reject(missing("y".repeat(500)));
    expect(whole.messages()[0]).to.contain(`${"x".repeat(500)}: ${"y".repeat(500)}: missing`);
  });
});
