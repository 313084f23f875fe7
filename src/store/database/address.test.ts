// Libpq's words for encryption, as the driver is told of them.

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
])("%j", (words, ssl) => {
  const client = new pg.Client({ connectionString: driverAddress(`${BASE}${words}`) });
  expect(client).toMatchObject({ user: "ann", password: "s@", host: "db.example", port: 5433, database: "calls" });
  expect(client.ssl).toEqual(ssl);
});

test.each([
  ["?sslmode=prefer", /as the server likes/],
  ["?sslmode=allow", /as the server likes/],
  ["?sslmode=Require", /sslmode=Require is not known/],
  ["?sslmode=verify-ca", /needs the certificate of an authority/],
  ["?sslmode=require&sslrootcert=system", /goes with sslmode=verify-full/],
])("%s is refused, with what is allowed", (words, message) => {
  expect(() => driverAddress(`${BASE}${words}`)).toThrow(
    expect.objectContaining({
      code: "unsuitable_database",
      message: expect.stringMatching(message),
      advice: expect.stringContaining("disable, require, verify-ca, verify-full"),
    }),
  );
});

test.each([
  ["", "require", "?sslmode=require&uselibpqcompat=true"],
  ["?application_name=a", "disable", "?application_name=a&sslmode=disable"],
  ["?sslmode=disable", "require", "?sslmode=disable"],
  ["", "", ""],
])("%j with PGSSLMODE=%s", (words, otherwise, made) => {
  expect(driverAddress(`${BASE}${words}`, otherwise)).toBe(`${BASE}${made}`);
});

test("an address of a socket stays as it is", () => {
  expect(driverAddress("postgres://ann@/calls?host=/var/run/postgresql")).toBe("postgres://ann@/calls?host=/var/run/postgresql");
});
