import { expect, test } from "vitest";
import { clientAddress, type ProxyTrust } from "./client-address.ts";

const PEER = "10.0.0.1";
const asked = (value: string | undefined, proxy?: ProxyTrust) =>
  clientAddress(PEER, new Headers(value === undefined ? {} : { "x-forwarded-for": value }), proxy);
const one: ProxyTrust = { header: "X-Forwarded-For", hops: 1 };

test("without a named header nothing that a caller says is believed", () => {
  expect(asked("192.0.2.7")).toBe(PEER);
  expect(clientAddress(undefined, new Headers(), undefined)).toBe("unknown");
});

test.each([
  ["192.0.2.7", 1, "192.0.2.7"],
  ["198.51.100.66, 192.0.2.7", 1, "192.0.2.7"],
  ["198.51.100.66, 192.0.2.7, 10.0.0.2", 2, "192.0.2.7"],
  ["192.0.2.7:4711", 1, "192.0.2.7"],
  ["2001:db8::1", 1, "2001:db8::1"],
  ["[2001:db8::1]:4711", 1, "2001:db8::1"],
  ["192.0.2.7", 2, PEER],
  ["192.0.2.7, nonsense", 1, PEER],
  ["192.0.2.7,", 1, PEER],
  [undefined, 1, PEER],
])("of %j the entry of the outermost of %d proxies counts: %s", (value, hops, address) => {
  expect(asked(value, { ...one, hops })).toBe(address);
});
