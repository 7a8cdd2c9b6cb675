import { expect } from "chai";

import { renderFinding, renderFindings } from "../../domain/finding.ts";

describe("a rendered finding", () => {
  const finding = {
    subject: "servers",
    value: "6",
    reason: "an even number is no better",
    fix: "use 5 or 7",
  };

  it("shows the setting and its value, the reason, and the fix, each on its own line", () => {
    expect(renderFinding(finding)).to.equal(
      "servers = 6\n  An even number is no better.\n  Fix: use 5 or 7.",
    );
  });

  it("shows no value where there is none", () => {
    expect(renderFinding({ ...finding, value: undefined })).to.match(/^servers\n/);
  });

  it("keeps sentences, and abbreviations at the beginning of a fix", () => {
    const shown = renderFinding({ ...finding, reason: "Does this hold?", fix: "TLS is needed: set it." });
    expect(shown).to.equal("servers = 6\n  Does this hold?\n  Fix: TLS is needed: set it.");
  });

  it("is indented below the title of a list", () => {
    const shown = "  servers = 6\n    An even number is no better.\n    Fix: use 5 or 7.";
    expect(renderFindings("Invalid:", [finding, finding])).to.equal(`Invalid:\n${shown}\n${shown}`);
  });
});
