import { expect } from "chai";

import { parseClientSource, type ClientSource } from "../../domain/client-source.ts";

describe("client sources", () => {
  const pods = (namespace: string, labels: Readonly<Record<string, string>> = {}): ClientSource => ({
    kind: "pods",
    namespace,
    labels,
  });
  const valid: readonly (readonly [string, ClientSource])[] = [
    ["*", { kind: "any" }],
    ["orders", pods("orders")],
    ["2048-game", pods("2048-game")],
    ["a".repeat(63), pods("a".repeat(63))],
    ["orders/app=api", pods("orders", { app: "api" })],
    ["orders/app=api,tier=web", pods("orders", { app: "api", tier: "web" })],
    ["orders/app.kubernetes.io/name=api", pods("orders", { "app.kubernetes.io/name": "api" })],
    ["orders/canary=", pods("orders", { canary: "" })],
    [`orders/app=${"a".repeat(63)}`, pods("orders", { app: "a".repeat(63) })],
    ["10/app=api", pods("10", { app: "api" })],
    ["10.8.0.0/16", { kind: "range", cidr: "10.8.0.0/16" }],
    ["192.0.2.7/32", { kind: "range", cidr: "192.0.2.7/32" }],
    ["2001:db8::/32", { kind: "range", cidr: "2001:db8::/32" }],
  ];
  for (const [text, source] of valid) {
    it(`reads ${text.slice(0, 40)}`, () => {
      expect(parseClientSource(text)).to.deep.equal(source);
    });
  }

  for (const text of [
    ...["", "**", "Orders", "or ders", "orders.svc", "-orders", "a".repeat(64)],
    ...["orders/", "orders/app", "orders/=api", "orders/app=api,", "orders/,app=api", "/app=api"],
    ...["orders/app=a b", "orders/app==api", `orders/app=${"a".repeat(64)}`, `orders/${"a".repeat(64)}=b`],
    ...["orders/a/b/c=d", "orders//c=d", "orders/A_B/c=d", "orders.svc/app=api"],
    ...["10.8.0.1/16", "10.8.0.0/33", "10.8.0.0", "10.8.0/16"],
  ]) {
    it(`rejects ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(parseClientSource(text)).to.equal(undefined);
    });
  }
});
