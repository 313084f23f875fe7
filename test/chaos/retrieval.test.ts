// kill -9 at every page of a retrieval, and a tenant that misbehaves all the while: whoever goes on ends with the tenant's truth in the lake.

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openOutcomeRecords } from "../../src/app/index.ts";
import { openWorld, type World } from "../integration/outcomes/world.ts";
import { CAMPAIGN } from "../support/calls.ts";
import { collect } from "../support/collect.ts";
import { outcomesScenario, truthOf } from "../support/outcomes.ts";
import { startBundled } from "../support/program.ts";
import { IS_DEEP, scaled, seeded } from "../support/scale.ts";
import { until } from "../support/until.ts";

const DAY = 86_400_000;
const PAGES = scaled(200, 8);
const LIMIT = 20;
/** The campaign, over the ACD API. */
const SKILL = "4001";
/** More than two hundred processes one after the other, each of which has to start: minutes on an idle machine, many on a busy one. */
const LONG_MS = 2_700_000;

interface Ended {
  readonly jobId: string;
  readonly status: string;
  readonly calls: number;
  readonly complianceHash: string;
  readonly run: number;
  readonly totals: { readonly pagesOk: number; readonly pagesFailed: number };
  readonly verdict: { readonly ok: boolean };
}

/** A process that is ready to retrieve, or does. */
interface Worker {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Begins. @returns the retrieval as it ended, undefined when the process was killed before */
  go(): Promise<Ended | undefined>;
  kill(): Promise<void>;
}

let world: World;
let from: number;
let to: number;
let workers: Worker[];

beforeEach(() => {
  // One UTC day that is over: one window, read page after page.
  from = Math.floor(Date.now() / DAY - 1) * DAY;
  to = from + DAY - 1;
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await worker.kill();
  await world[Symbol.asyncDispose]();
});

/** A tenant with so many pages of calls on the day, which answers in either profile. */
async function openDay(pages: number, profile: "rest" | "acd" = "rest"): Promise<void> {
  const days = 3;
  const count = pages * LIMIT * days;
  const contacts = [{ id: "list_1", generate: { count: 500, consentRate: 1 } }];
  const campaign = { id: CAMPAIGN, name: "Outcomes", contactListId: "list_1", dispositionCodes: [] };
  world = await openWorld(
    outcomesScenario(0, {
      // Dials that nobody answered are on a list alone.
      ...(profile === "acd" && { contactLists: contacts, campaigns: [campaign] }),
      generateCalls: [{ campaignId: CAMPAIGN, count, days, prefix: "call_", digits: 7 }],
    }),
    {},
    profile,
  );
}

function start(campaign = CAMPAIGN): Worker {
  const args = [campaign, from, to, LIMIT].map(String);
  const { child } = startBundled("retrieval-child", args, { cwd: world.folder, env: world.environment, openInput: true });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the process has no streams");
  const lines = createInterface({ input: stdout });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = () => new Promise<string>((resolve) => lines.once("line", resolve));
  const worker: Worker = {
    child,
    ready: Promise.race([line(), exit.then(() => "")]).then((text) => {
      if (text !== "ready") throw new Error(`the process did not get ready: ${text}`);
    }),
    go: () => {
      const said = line();
      stdin.write("go\n");
      return Promise.race([said.then((text) => JSON.parse(text) as Ended), exit.then(() => undefined)]);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
  worker.ready.catch(() => undefined);
  workers.push(worker);
  return worker;
}

async function expectLake(ended: Ended): Promise<void> {
  const truth = truthOf(world.sandbox, from, to);
  expect(ended).toMatchObject({ calls: truth.calls.length, complianceHash: truth.hash, verdict: { ok: true } });
  await using records = await openOutcomeRecords({}, world.environment);
  const kept = await collect(records.lake.records({ campaignId: CAMPAIGN, from, to }));
  expect(kept.map(({ callId, dispositionCode, startTime }) => ({ id: callId, code: dispositionCode, start: startTime }))).toEqual(
    truth.calls,
  );
  expect(await records.store.audit.verify()).toMatchObject({ ok: true });
}

test(
  `killed at every page of ${PAGES}, with faults and late rows, the lake ends as the tenant's truth`,
  async () => {
    await openDay(PAGES);
    const { control } = world.sandbox;
    const match = { operation: "listCalls" };
    /** A place in the retrieval, told at the full scale of 200 pages. */
    const at = (page: number) => Math.ceil((page * PAGES) / 200);
    control.faults.add([
      // Early: what goes round for long makes the window be read anew.
      { match, after: at(12), times: scaled(6, 2), effect: { loopPage: true } },
      { match, after: at(60), times: scaled(12, 3), effect: { status: 429, headers: { "retry-after": "0" } } },
      { match, after: at(140), times: scaled(5, 2), effect: { truncate: true } },
      { match, after: at(220), times: scaled(3, 1), effect: { duplicatePage: true } },
      { match, probability: 0.02, effect: { status: 503, headers: { "retry-after": "0" } } },
    ]);
    const random = seeded("phases");
    let killed = 0;
    let ended: Ended | undefined;
    let next = start();
    let afterNext = start();
    while (ended === undefined && killed < 3 * PAGES) {
      const worker = next;
      next = afterNext;
      await worker.ready;
      const before = world.listings();
      const running = worker.go();
      afterNext = start();
      const over = new AbortController();
      void running.then(() => over.abort());
      // The third listing is asked for when the page of the first is durable: each process brings at least one page home, where nothing fails.
      await until(() => over.signal.aborted || world.listings() >= before + 3);
      // Somewhere within writing, checking or fetching the next page.
      for (let spins = random.int(12); spins > 0 && !over.signal.aborted; spins--)
        await new Promise((resolve) => setTimeout(resolve, 1));
      if (over.signal.aborted) ended = await running;
      else {
        killed += 1;
        await worker.kill();
      }
      if (killed === Math.floor(PAGES / 2)) lateRows();
    }
    expect(ended).toMatchObject({ status: "done", verdict: { ok: true } });
    expect(killed).toBeGreaterThan(PAGES * (IS_DEEP ? 0.8 : 0.5));
    expect(ended?.run).toBeGreaterThan(PAGES * (IS_DEEP ? 0.8 : 0.5));
    // What came late into what was read already comes with the next retrieval over it.
    const second = await next.ready.then(() => next.go());
    expect(second?.jobId).not.toBe(ended?.jobId);
    if (second === undefined) throw new Error("the second retrieval did not end");
    await expectLake(second);
  },
  LONG_MS,
);

/** Calls that appear in a part of the window that was read long ago, one with the start of another; and one that changes. */
function lateRows(): void {
  const { control } = world.sandbox;
  const [first] = truthOf(world.sandbox, from, to).calls;
  if (first === undefined) throw new Error("there are no calls");
  const at = (ms: number) => new Date(ms).toISOString();
  const call = { campaignId: CAMPAIGN, endTime: at(first.start + 60_000), startTime: at(first.start) };
  control.simulateCall({ ...call, id: "late_1", dispositionCode: "CONVERTED" });
  control.simulateCall({ ...call, id: "late_2", startTime: at(from), endTime: at(from + 1) });
  control.simulateCall({ ...call, id: first.id, dispositionCode: first.code === "BUSY" ? "NO_ANSWER" : "BUSY" });
}

test("a second process waits for the first, takes over when that one is killed, and nothing is brought twice", async () => {
  await openDay(PAGES);
  const [one, two] = [start(), start()];
  await Promise.all([one.ready, two.ready]);
  const first = one.go();
  await until(() => world.listings() >= Math.min(5, PAGES / 4));
  const second = two.go();
  await until(() => world.listings() >= Math.min(60, PAGES / 2));
  await one.kill();
  expect(await first).toBeUndefined();
  const ended = await second;
  if (ended === undefined) throw new Error("the second process did not end");
  expect(ended).toMatchObject({ status: "done", run: 2 });
  // Asked for again at most: the page being written and the one being fetched.
  expect(world.listings()).toBeLessThanOrEqual(PAGES + 1 + 3);
  await expectLake(ended);
});

test("over the ACD API the same, from two sides: completed contacts, and attempts that nobody handled", async () => {
  const pages = scaled(40, 4);
  await openDay(pages, "acd");
  const [one, two] = [start(SKILL), start(SKILL)];
  await Promise.all([one.ready, two.ready]);
  const first = one.go();
  await until(() => world.listings() >= Math.ceil(pages / 3));
  const second = two.go();
  await one.kill();
  expect(await first).toBeUndefined();
  const ended = await second;
  const truth = truthOf(world.sandbox, from, to).calls;
  expect(ended).toMatchObject({ status: "done", calls: truth.length, verdict: { ok: true } });
  await using records = await openOutcomeRecords({}, world.environment);
  const kept = await collect(records.lake.records({ campaignId: SKILL, from, to }));
  const starts = (calls: readonly { readonly start: number }[]) => calls.map(({ start: at }) => at).toSorted((a, b) => a - b);
  expect(starts(kept.map(({ startTime }) => ({ start: startTime })))).toEqual(starts(truth));
  expect(new Set(kept.map(({ callId }) => callId)).size).toBe(truth.length);
  expect(await records.store.audit.verify()).toMatchObject({ ok: true });
});
