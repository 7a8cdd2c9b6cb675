import { expect } from "chai";

import { summaryOf } from "../../engine/summary.ts";

describe("what a preview says at its end", () => {
  it("is what follows the steps, with and without colours", () => {
    const end = "Policies:\n    ok\n\nResources:\n    29 unchanged";
    expect(summaryOf(`Previewing\n ~  Service zk-cs refreshing\n${end}\n\n`)).to.equal(end);
    const coloured = "\u001b[0m\u001b[36;1mResources:\u001b[0m\n    29 unchanged";
    expect(summaryOf(` ~  Service\n${coloured}\n`)).to.equal(coloured);
  });

  it("is all of it where there is no end", () => {
    expect(summaryOf("{}\n")).to.equal("{}");
    expect(summaryOf("", "error: unknown flag\n")).to.equal("error: unknown flag");
  });
});
