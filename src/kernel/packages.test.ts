import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { installCommand, missingPackage, OPTIONAL_PACKAGES } from "./packages.ts";

const notFound = (message: string, code = "ERR_MODULE_NOT_FOUND") => Object.assign(new Error(message), { code });

test("the optional packages are those of package.json", () => {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as object & {
    optionalDependencies: object;
  };
  expect(OPTIONAL_PACKAGES).toEqual(optionalDependencies);
});

test("a package that is not there is named, with what brings it; any other error is left", () => {
  const of = (thrown: unknown) => missingPackage(thrown, installCommand(["pg"]));
  expect(of(notFound("Cannot find package 'pg' imported from /a/b.js"))).toMatchObject({
    code: "missing_package",
    message: "the package pg is needed for this and is not installed",
    advice: `npm install pg@${OPTIONAL_PACKAGES.pg}`,
  });
  const binding = notFound(
    "Cannot find module '@duckdb/node-bindings-linux-x64/duckdb.node'\nRequire stack:",
    "MODULE_NOT_FOUND",
  );
  expect(of(binding)?.message).toContain("@duckdb/node-bindings-linux-x64 is needed");
  expect(of(notFound("Cannot find package 'left-pad' imported from /a/b.js"))).toBeUndefined();
  expect(of(notFound("Cannot find module '/a/b.js'"))).toBeUndefined();
  expect(of(new Error("Cannot find package 'pg' imported from /a/b.js"))).toBeUndefined();
});
