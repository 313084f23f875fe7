// The demo's story over the ACD API, from its start to the hand-over: what it asks of the tenant stays within the tenant's limits. On profile `rest` the walk in
// test/browser/walk.test.ts looks at this. Here the story takes nine minutes, because figures are of quarters of an hour and 7,000 contacts are read five requests
// a second, and half a minute of processor time: it is told at the full scale only.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDemo } from "../../../src/app/index.ts";
import { ACD_TABLE } from "../../../src/contract/acd/index.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { IS_DEEP } from "../../support/scale.ts";
import { TEMPORARY } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

/**
 * So many of the demo's minutes pass in one. At a faster pace a process that is busy for a quarter of a second of this machine's has missed its heartbeats of
 * seconds on the demo's clock: it counts as one that stood still, and activates nothing until 4 s of the machine's have passed, again and again.
 */
const HASTE = 6;
const PROFILE = "acd";

test.runIf(IS_DEEP)("the demo on the ACD API hands over within the tenant's limits", { timeout: 900_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const dir = mkdtempSync(join(TEMPORARY, "outdial-demo-"));
  stack.defer(() => rmSync(dir, { recursive: true, force: true }));
  // Open to the server's account, so that its data is here too.
  chmodSync(dir, 0o755);
  const clock = hastenedClock();
  const failed: string[] = [];
  const log = (level: string, message: string) => void (level === "error" && failed.push(message));
  const begun = clock.now();
  const demo = stack.use(await openDemo(process.env, { dir, clock, profile: PROFILE, log, say: () => undefined }));
  clock.pace(HASTE);
  const phase = async () => (await demo.service.store.failovers.list())[0]?.phase ?? "";
  await until(async () => ["failed-over", "halted"].includes(await phase()));
  expect([await phase(), failed]).toEqual(["failed-over", []]);

  // The hour before the start is lived without a budget, on the tenant's earlier time.
  const sent = demo.sandbox.control.requests({ limit: 100_000 }).filter(({ at }) => Date.parse(at) >= begun);
  expect(sent.length).toBeGreaterThan(300);
  expect(sent.filter(({ status }) => status === 429).map(({ at, operation }) => ({ at, operation }))).toEqual([]);
  const seconds = (clock.now() - begun) / 1000;
  const families = Map.groupBy(sent, ({ operation }) => {
    const id = (operation ?? "").slice("acd.".length) as keyof typeof ACD_TABLE.operations;
    return ACD_TABLE.operations[id]?.rate;
  });
  for (const [family, all] of families) {
    if (family === undefined) continue;
    const { requests, seconds: window } = ACD_TABLE.rates[family];
    expect([family, all.length <= (requests * seconds) / window]).toEqual([family, true]);
  }
});
