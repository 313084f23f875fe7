// What a retrieval does with opt-outs among the calls it brings home: their numbers are suppressed, at once or as soon as they are known.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutcomesRuntime } from "../../../src/app/index.ts";
import { optOutsOf, recordOutcomes } from "../../../src/operations/index.ts";
import { CAMPAIGN } from "../../support/calls.ts";
import { outcomesScenario } from "../../support/outcomes.ts";
import { openWorld, type World } from "./world.ts";

const DNC_CALL = "dnc-call";
let world: World;
let runtime: OutcomesRuntime;

beforeEach(async () => {
  world = await openWorld(
    outcomesScenario(50, {
      campaigns: [
        {
          id: CAMPAIGN,
          name: "Test",
          status: "paused",
          dispositionCodes: [
            { id: "DO_NOT_CALL", name: "Asked not to be called", reasonCodes: [] },
            { id: "SALE", name: "Sale", reasonCodes: [] },
          ],
        },
      ],
      calls: [
        { id: DNC_CALL, campaignId: CAMPAIGN, dispositionCode: "DO_NOT_CALL", startTime: "-2h", endTime: "-1h" },
        { id: "sale", campaignId: CAMPAIGN, dispositionCode: "SALE", startTime: "-2h", endTime: "-1h" },
      ],
    }),
  );
  runtime = await world.open();
});
afterEach(async () => {
  await runtime[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function pull(): Promise<void> {
  const { request } = await runtime.retrieving.check({ campaignId: CAMPAIGN, lastMs: 86_400_000, limit: 100 });
  const { retrieval } = await runtime.retrieving.submit(request);
  expect(await runtime.retrieving.run(retrieval.jobId)).toMatchObject({ status: "done" });
}
const suppressedSince = async (number: number) =>
  (await runtime.store.facts.of([number], { attemptsSince: 0, files: [] })).get(number)?.suppressedSince;

test("an opt-out that a retrieval finds suppresses its number with the call's attempt, and a later code changes nothing", async () => {
  const { facts } = runtime.store;
  await pull();
  expect(await facts.countUnresolvedOptOuts()).toBe(1);
  const number = 12125550123;
  const attempt = {
    number,
    at: Date.now() - 7_200_000,
    kind: "conversation",
    subject: "",
    campaign: CAMPAIGN,
    callId: DNC_CALL,
    answer: null,
  } as const;
  await facts.addAttempts([attempt], { actor: "ann" });
  const since = await suppressedSince(number);
  expect(since).toBeDefined();
  expect(await facts.countUnresolvedOptOuts()).toBe(0);
  expect(await runtime.store.audit.list({ action: "dnc.suppress" })).toMatchObject([
    { subject: "+12125550123", details: { code: "DO_NOT_CALL", reference: DNC_CALL, origin: "outcome" } },
  ]);

  expect(optOutsOf([{ id: DNC_CALL, dispositionCode: "SALE" }], { campaign: CAMPAIGN, now: Date.now() })).toEqual([]);
  await pull();
  expect(await suppressedSince(number)).toBe(since);
});

test("rows that are put aside as malformed, and each of several rows of one call, still opt out", async () => {
  const page = { campaign: CAMPAIGN, now: Date.now() };
  const rows = [
    { id: "a", dispositionCode: "DNC", phoneNumber: "+12125550001", startTime: "yesterday" },
    {
      id: "b",
      dispositionCode: "STOP",
      phoneNumber: "+12125550002",
      startTime: "2026-01-01T00:00:00Z",
      endTime: "2025-01-01T00:00:00Z",
    },
    { id: "b", dispositionCode: "SALE", phoneNumber: "+12125550002", startTime: "2026-01-01T00:00:00Z" },
    { id: "c", dispositionCode: "D17", dispositionName: "Do not call", phoneNumber: "+12125550003" },
    { id: "d", dispositionCode: "NO_ANSWER", phoneNumber: "+12125550004" },
    { dispositionCode: "DNC", phoneNumber: "+12125550005" },
    "DNC",
    null,
  ];
  const record = () => recordOutcomes(runtime.store.facts, optOutsOf(rows, page), { actor: "ann" });
  expect(await record()).toEqual({ added: 4, suppressed: 4, unresolved: 0 });
  expect(await record()).toMatchObject({ suppressed: 0 });
  for (const [number, is] of [
    [12125550001, true],
    [12125550002, true],
    [12125550003, true],
    [12125550004, false],
    [12125550005, true],
  ] as const) {
    expect([number, (await suppressedSince(number)) !== undefined]).toEqual([number, is]);
  }
  expect(optOutsOf([{ id: "e", dispositionCode: "SALE" }], page)).toEqual([]);
});
