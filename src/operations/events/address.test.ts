import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { expect, test } from "vitest";
import { type AddressScope, allowedIn, classOf, guardedLookup } from "./address.ts";

test.each([
  ["93.184.216.34", "public"],
  ["2606:2800:220:1:248:1893:25c8:1946", "public"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["172.32.0.1", "public"],
  ["192.168.1.1", "private"],
  ["::ffff:192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["fc00::1", "private"],
  ["fd12:3456::1", "private"],
  ["64:ff9b::a00:1", "private"],
  ["64:ff9b::5db8:d822", "public"],
  ["169.254.169.254", "never"],
  ["::ffff:169.254.169.254", "never"],
  ["64:ff9b::a9fe:a9fe", "never"],
  ["169.254.1.1", "never"],
  ["fe80::1", "never"],
  ["fd00:ec2::254", "never"],
  ["168.63.129.16", "never"],
  ["100.100.100.200", "never"],
  ["192.0.0.192", "never"],
  ["0.0.0.0", "never"],
  ["::", "never"],
  ["255.255.255.255", "never"],
  ["224.0.0.1", "never"],
  ["ff02::1", "never"],
  ["240.0.0.1", "never"],
  ["192.0.2.1", "never"],
  ["198.18.0.1", "never"],
  ["2001:db8::1", "never"],
  ["2002:7f00:1::", "never"],
  ["2001::1", "never"],
  ["bi.example.com", "never"],
  ["", "never"],
] as const)("%s is %s", (address, is) => {
  expect(classOf(address)).toBe(is);
  expect(allowedIn("public", address)).toBe(is === "public");
  expect(allowedIn("loopback", address)).toBe(is === "loopback");
  expect(allowedIn("private", address)).toBe(is === "private" || is === "loopback");
  expect(allowedIn("any", address)).toBe(is !== "never");
});

/** What a connection would be given: its addresses, or the error. */
function look(scope: AddressScope, answers: readonly (readonly string[])[], all = true) {
  let asked = 0;
  const lookup = guardedLookup(scope, async () => answers[asked++] ?? []);
  return {
    asked: () => asked,
    next: () =>
      new Promise<unknown>((resolve) => {
        lookup("bi.example.com", { all }, (error, address, family) => resolve(error ?? (all ? address : { address, family })));
      }),
  };
}

test("a name that is first public and then private is refused the second time, and never resolved twice for one connection", async () => {
  const name = look("public", [["93.184.216.34"], ["127.0.0.1"], ["169.254.169.254"], ["93.184.216.34"]]);
  expect(await name.next()).toEqual([{ address: "93.184.216.34", family: 4 }]);
  expect(name.asked()).toBe(1);
  for (let i = 0; i < 2; i++) {
    const refused = await name.next();
    expect(refused).toMatchObject({ code: "address_refused", message: expect.stringContaining("bi.example.com") });
    expect(String(refused)).not.toMatch(/127\.0|169\.254/);
  }
  expect(await name.next()).toEqual([{ address: "93.184.216.34", family: 4 }]);
});

test.each([
  ["one private address among public ones", ["93.184.216.34", "10.0.0.1"]],
  ["one of another family", ["93.184.216.34", "::1"]],
  ["no address at all", []],
])("%s is refused", async (_, addresses) => {
  expect(await look("public", [addresses]).next()).toMatchObject({ code: "address_refused" });
  expect(await look("public", [addresses], false).next()).toMatchObject({ code: "address_refused" });
});

test("a look-up that fails is that failure", async () => {
  const lookup = guardedLookup("public", () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" })));
  const error = await new Promise((resolve) => {
    lookup("bi.example.com", { all: true }, resolve);
  });
  expect(error).toMatchObject({ code: "ENOTFOUND" });
});

test("a connection goes to the address that was judged, and none is made to one that was refused", async () => {
  let connections = 0;
  const server = createServer((_, response) => response.writeHead(204).end());
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const post = async (scope: AddressScope) => {
    // A name that no resolver knows: whoever asked a second one would fail.
    const pool = new Pool(`http://rebinding.invalid:${port}`, {
      connect: { lookup: guardedLookup(scope, async () => ["127.0.0.1"]) },
    });
    try {
      const { statusCode, body } = await pool.request({ method: "POST", path: "/" });
      await body.dump();
      return statusCode;
    } finally {
      await pool.destroy();
    }
  };
  expect(await post("any")).toBe(204);
  expect(connections).toBe(1);
  await expect(post("public")).rejects.toThrow("rebinding.invalid");
  expect(connections).toBe(1);
  await new Promise((resolve) => server.close(resolve));
});
