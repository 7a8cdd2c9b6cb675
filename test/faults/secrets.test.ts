import { expect } from "chai";

import { secretsAt } from "../../faults/catalogue/secrets.ts";

const mount = (name: string) => ({ name, mountPath: `/${name}` });
const volume = (name: string, secretName: string) => ({ name, secret: { secretName } });

describe("the Secrets that servers mount", () => {
  it("are those at the paths, each once, and no others", () => {
    const spec = {
      volumes: [
        { name: "data" },
        volume("servers", "shared"),
        volume("clients", "shared"),
        volume("x", "other"),
      ],
      containers: [{ volumeMounts: ["data", "servers", "clients", "x"].map(mount) }],
    };
    expect(secretsAt(["/servers", "/clients"], spec)).to.deep.equal(["shared"]);
    expect(secretsAt(["/servers", "/x"], spec)).to.deep.equal(["shared", "other"]);
    expect(secretsAt(["/data"], spec)).to.deep.equal([]);
  });
});
