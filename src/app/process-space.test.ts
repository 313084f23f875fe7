import { hostname } from "node:os";
import { expect, test } from "vitest";
import { nameOf, processSpace } from "./process-space.ts";

test("two containers with one host name are two spaces of process ids, and a machine that does not tell trusts no pid", () => {
  const one = { host: "web", boot: "b", namespace: "pid:[1]" };
  expect(nameOf(one)).toBe(nameOf({ ...one }));
  expect(nameOf({ ...one, namespace: "pid:[2]" })).not.toBe(nameOf(one));
  expect(nameOf({ ...one, boot: "c" })).not.toBe(nameOf(one));
  const silent = { ...one, namespace: undefined };
  expect(nameOf(silent)).not.toBe(nameOf(silent));
  expect(processSpace()).toContain(hostname());
});
