import { expect } from "chai";
import fc from "fast-check";

import { escapeHtml, html, jsonScript } from "../../report/html.ts";
import { renderTable } from "../../report/table.ts";

describe("a page's HTML", () => {
  it("escapes every value, and joins lists", () => {
    const hostile = `<b title='"'>&`;
    expect(html`<p title="${hostile}">${[hostile, 1, html`<i>${"<"}</i>`]}</p>`.text).to.equal(
      '<p title="&lt;b title=&#39;&quot;&#39;&gt;&amp;">&lt;b title=&#39;&quot;&#39;&gt;&amp;1<i>&lt;</i></p>',
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeHtml(text)).not.to.match(/[<>"']/);
      }),
    );
  });

  it("has data in scripts that cannot end them, and is read back as it was", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.constant("</script><!--<script>")), (value) => {
        const { text } = jsonScript(value);
        const within = /^<script type="application\/json">(.*)<\/script>$/s.exec(text)?.[1] ?? "";
        expect(within).not.to.contain("<");
        expect(JSON.parse(within)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("has tables with a caption, and a header of each column and row", () => {
    const { text } = renderTable({ caption: "a & b", head: ["x", "y"], rows: [["<one>", "1"]] });
    expect(text.replaceAll(/\s+/g, " ")).to.contain("<caption> a &amp; b </caption>");
    expect(text).to.contain('<th scope="col">x</th>').and.to.contain('<th scope="col">y</th>');
    expect(text).to.contain('<th scope="row">&lt;one&gt;</th>').and.to.contain("<td>1</td>");
  });
});
