// Too many files open, wherever a retrieval meets it: it waits for that to end, and is not told that the tenant or the program is to blame.

import { expect, test } from "vitest";
import { withLake } from "../../outcomes/index.ts";
import { asStoreError } from "../../store/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { remedyFor } from "./failure.ts";

const FACTS = { hasToken: false, loops: 0, restarts: 0 };
const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

test("a request that could not be sent for want of files is asked for again, and then waits for the machine", async () => {
  const cause = new Error("fetch failed", { cause: coded("EMFILE", "connect EMFILE 127.0.0.1:80") });
  const thrown = new TenantError("vendor_unavailable", "no reply", { operationId: "listCalls", cause });
  expect(remedyFor({ ...FACTS, thrown, failures: 1 })).toEqual({ kind: "again", smaller: true });
  await expect(withLake(async () => remedyFor({ ...FACTS, thrown, failures: 8 }))).rejects.toMatchObject({
    code: "lake_unavailable",
    message: expect.stringContaining("this process has too many files open"),
  });
  const away = new TenantError("vendor_unavailable", "no reply", {
    operationId: "listCalls",
    cause: coded("EPERM", "connect EPERM"),
  });
  expect(remedyFor({ ...FACTS, thrown: away, failures: 8 })).toMatchObject({
    kind: "stop",
    reason: { code: "vendor_unavailable" },
  });
});

test("a thread that could not be started, and a database that could not be reached, for want of files", async () => {
  for (const said of ["Worker initialization failure: EMFILE", "EMFILE: too many open files, open 'page-worker.ts'"]) {
    const thread = new Error(`the thread that works on pages broke down: ${said}`);
    await expect(withLake(() => Promise.reject(thread))).rejects.toMatchObject({ code: "lake_unavailable" });
  }
  expect(asStoreError(coded("EMFILE", "connect EMFILE 127.0.0.1:5432"))).toMatchObject({ code: "store_unavailable" });
  const file = coded("EMFILE", "EMFILE: too many open files, open 'part.parquet'");
  expect(asStoreError(file)).toBe(file);
});
