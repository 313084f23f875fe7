// Libpq's words for encryption, as the driver is told of them.

import fc from "fast-check";
import pg from "pg";
import { expect, test } from "vitest";
import { driverAddress } from "./address.ts";

const BASE = "postgres://ann:s%40@db.example:5433/calls";
const FILE = import.meta.filename;

test.each<[string, unknown]>([
  ["", false],
  ["?sslmode=disable", false],
  ["?sslmode=require", { rejectUnauthorized: false }],
  ["?application_name=a+b&sslmode=require", { rejectUnauthorized: false }],
  [`?sslmode=require&sslrootcert=${FILE}`, { ca: expect.any(String), checkServerIdentity: expect.any(Function) }],
  [`?sslmode=verify-ca&sslrootcert=${FILE}`, { ca: expect.any(String), checkServerIdentity: expect.any(Function) }],
  [`?sslmode=verify-full&sslrootcert=${FILE}`, { ca: expect.any(String) }],
  ["?sslrootcert=system&sslmode=verify-full", {}],
  ["?sslmode=verify-full&sslrootcert=system", {}],
  ["?sslmode=verify-full", {}],
  ["?sslrootcert=system", {}],
  ["?ssl=true", { rejectUnauthorized: false }],
  // As libpq does, and the driver: the last one counts.
  ["?sslmode=disable&sslmode=require", { rejectUnauthorized: false }],
  ["?sslmode=require&sslmode=disable", false],
  ["?sslmode=verify-full&uselibpqcompat=false", {}],
])("%j", (words, ssl) => {
  const client = new pg.Client({ connectionString: driverAddress(`${BASE}${words}`, {}) });
  expect(client).toMatchObject({ user: "ann", password: "s@", host: "db.example", port: 5433, database: "calls" });
  expect(client.ssl).toEqual(ssl);
});

test.each([
  ["?sslmode=prefer", /as the server likes/],
  ["?sslmode=allow", /as the server likes/],
  ["?sslmode=Require", /sslmode=Require is not known/],
  ["?sslmode=REQUIRE", /sslmode=REQUIRE is not known/],
  ["?sslmode=", /sslmode= is not known/],
  ["?sslmode=disable&sslmode=prefer", /as the server likes/],
  ["?sslmode=no-verify", /sslmode=no-verify is not known/],
  // What the driver would pass over, and not encrypt.
  ["?SSLMODE=require", /SSLMODE is not known; known are sslmode, /],
  ["?sslMode=verify-full", /sslMode is not known/],
  ["?sslmode=verify-full&sslcrl=revoked.pem", /sslcrl is not known/],
  ["?sslmode=require&channel_binding=require", /channel_binding=require is not offered; sslmode=verify-full/],
  ["?channel_binding=prefer&gssencmode=require", /gssencmode=require is not offered/],
  ["?ssl=yes", /ssl=yes is not known/],
  ["?sslmode=verify-ca", /needs the certificate of an authority/],
  ["?sslmode=require&sslrootcert=system", /goes with sslmode=verify-full/],
])("%s is refused, with what is allowed", (words, message) => {
  expect(() => driverAddress(`${BASE}${words}`, {})).toThrow(
    expect.objectContaining({
      code: "unsuitable_database",
      message: expect.stringMatching(message),
      advice: expect.stringContaining("disable, require, verify-ca, verify-full"),
    }),
  );
});

test("what the environment asks for beyond encryption is refused, unless the address says otherwise", () => {
  const environment = { PGCHANNELBINDING: "require" };
  expect(() => driverAddress(BASE, environment)).toThrow("PGCHANNELBINDING=require is not offered");
  expect(driverAddress(`${BASE}?channel_binding=prefer`, environment)).toBe(`${BASE}?channel_binding=prefer`);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["", { PGSSLMODE: "require" }, "?sslmode=require&uselibpqcompat=true"],
  ["?application_name=a", { PGSSLMODE: "disable", PGSSLROOTCERT: "a.pem" }, "?application_name=a&sslmode=disable"],
  ["?sslmode=disable", { PGSSLMODE: "require" }, "?sslmode=disable"],
  ["", { PGSSLMODE: "" }, ""],
  ["", { PGSSLROOTCERT: "a.pem" }, ""],
  ["", { PGSSLMODE: "verify-ca", PGSSLROOTCERT: "a b.pem" }, "?sslmode=verify-ca&sslrootcert=a%20b.pem&uselibpqcompat=true"],
  ["?sslmode=require", { PGSSLROOTCERT: "a.pem" }, "?sslmode=require&sslrootcert=a.pem&uselibpqcompat=true"],
  ["", { PGSSLROOTCERT: "system" }, "?sslmode=verify-full&uselibpqcompat=true"],
  ["?sslmode=require", { PGSSLCERT: "c", PGSSLKEY: "k" }, "?sslmode=require&sslcert=c&sslkey=k&uselibpqcompat=true"],
])("%j with %j", (words, environment, made) => {
  expect(driverAddress(`${BASE}${words}`, environment)).toBe(`${BASE}${made}`);
});

test.each(["Require", "prefer", "verify-ca"])("PGSSLMODE=%s is refused by its own name", (PGSSLMODE) => {
  expect(() => driverAddress(BASE, { PGSSLMODE })).toThrow(`PGSSLMODE=${PGSSLMODE} `);
});

test("whatever the words: an address asks for as much as libpq would, or is refused", () => {
  const word = fc.constantFrom("disable", "require", "verify-full", "verify-ca", "prefer", "Require", "no-verify", "");
  const pair = fc.tuple(fc.constantFrom("sslmode", "SSLMODE", "ssl", "sslrootcert", "uselibpqcompat"), word);
  fc.assert(
    fc.property(fc.array(pair), fc.option(word, { nil: undefined }), (pairs, PGSSLMODE) => {
      const query = pairs.map(([name, value]) => `${name}=${name === "sslrootcert" ? encodeURIComponent(FILE) : value}`);
      let address: string;
      try {
        address = driverAddress(`${BASE}?${query.join("&")}`, { PGSSLMODE });
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "unsuitable_database" });
        return;
      }
      const { ssl } = new pg.Client({ connectionString: address });
      const asked = pairs.findLast(([name]) => name === "sslmode")?.[1] ?? PGSSLMODE;
      if (asked === "verify-full") expect(ssl).not.toHaveProperty("rejectUnauthorized");
      if (asked === "verify-full") expect(ssl).not.toHaveProperty("checkServerIdentity");
      if (["require", "verify-ca", "verify-full"].includes(asked ?? "")) expect(ssl).toBeTypeOf("object");
      if (asked === "disable") expect(ssl).toBe(false);
    }),
  );
});

test("an address of a socket stays as it is", () => {
  expect(driverAddress("postgres://ann@/calls?host=/var/run/postgresql", {})).toBe(
    "postgres://ann@/calls?host=/var/run/postgresql",
  );
});
