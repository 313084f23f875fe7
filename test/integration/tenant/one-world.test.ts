// One world seen through both profiles of the client: random tenants tell the same dials, connects, abandons, outcomes and states.

import fc from "fast-check";
import { expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { createTenant, fetchTransport, systemClock } from "../../../src/tenant/index.ts";
import { scaled } from "../../support/scale.ts";

const NOW = Date.UTC(2026, 2, 15, 15);
const ORIGIN = "http://127.0.0.1:8080";
const OFF = "off" as const;
/** Statistics are kept by quarters of an hour. */
const QUARTER = 15;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const campaign = fc.record({
  answerRate: fc.double({ min: 0.05, max: 1, noNaN: true }),
  abandonRate: fc.double({ min: 0, max: 0.5, noNaN: true }),
  talk: fc.integer({ min: 5, max: 200 }),
  callRate: fc.integer({ min: 5, max: 30 }),
  answerRatio: fc.double({ min: 0.2, max: 1, noNaN: true }),
  past: fc.integer({ min: 0, max: 40 }),
  untagged: share,
  minutes: fc.integer({ min: 1, max: 20 }),
});
const world = fc.record({
  seed: fc.integer(),
  campaigns: fc.array(campaign, { minLength: 1, maxLength: 3 }),
  generation: fc.constantFrom("classic", "modern", undefined),
  dialsInCompleted: fc.boolean(),
  startedBy: fc.constantFrom("rest", "acd"),
});

function scenarioOf({ campaigns, generation, dialsInCompleted }: typeof world extends fc.Arbitrary<infer World> ? World : never) {
  const resources = ["campaigns", "skills", "lists", "dispositions", "contacts", "activity", "wfm"] as const;
  return {
    campaigns: campaigns.map(({ callRate, answerRatio }, i) => ({
      id: `camp_${i}`,
      name: `Campaign ${i}`,
      contactListId: `list_${i}`,
      dialerConfig: {
        type: "predictive",
        predictiveSettings: { answerRatio, maxCallsInFlight: 60, callRate, abandonmentThreshold: 1 },
      },
    })),
    contactLists: campaigns.map(({ answerRate, abandonRate, talk }, i) => ({
      id: `list_${i}`,
      generate: { count: 200, consentRate: 0.9 },
      answerRate,
      abandonRate,
      talk,
    })),
    generateCalls: campaigns.flatMap(({ past, untagged }, i) =>
      past === 0 ? [] : [{ campaignId: `camp_${i}`, count: past, days: 3, prefix: `past_${i}_`, untaggedRate: untagged }],
    ),
    limits: "off",
    acd: {
      generation: generation === undefined ? {} : Object.fromEntries(resources.map((resource) => [resource, generation])),
      dialsInCompleted,
      startSeconds: 0,
      stopSeconds: 0,
    },
  };
}

/** Calls by start and outcome, without what only one dialect knows. */
const sorted = (calls: readonly (readonly [string | undefined, string])[]) => calls.map((call) => call.join(" ")).toSorted();

test("both profiles tell the same of the same world", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (drawn) => {
      const sandbox = createSandbox({ scenario: scenarioOf(drawn), seed: drawn.seed, now: NOW, clock: "frozen" });
      // Time is the sandbox's: statistics are asked for up to now.
      const clock = { ...systemClock, now: () => Date.parse(sandbox.control.clock().now) };
      const transport = fetchTransport(sandbox.fetch);
      const rest = createTenant({ hosts: ORIGIN, token: { auth: "basic" }, credentials: sandbox.ready }, { transport, clock });
      const acd = createAcdTenant(
        {
          issuer: ORIGIN,
          credentials: sandbox.accessKey,
          limits: { "acd-read": OFF, "acd-write": OFF, "acd-report": OFF, "acd-extract": OFF },
        },
        { transport, clock },
      );
      try {
        const ids = new Map<string, string>();
        for await (const { name, id } of acd.capabilities.campaignProvisioning.campaigns()) ids.set(name ?? "", id);
        const pairs = drawn.campaigns.map((own, i) => ({ ...own, id: `camp_${i}`, skill: ids.get(`Campaign ${i}`) ?? "" }));
        expect(ids.size).toBe(pairs.length);
        const set = async (i: number, status: "active" | "paused") => {
          const pair = pairs[i];
          if (pair === undefined) return;
          if (drawn.startedBy === "rest") await rest.capabilities.campaignRunner.setStatus(pair.id, status);
          else await acd.capabilities.campaignRunner.setStatus(pair.skill, status);
          expect((await rest.capabilities.campaignRunner.status(pair.id)).status).toBe(status);
          expect((await acd.capabilities.campaignRunner.status(pair.skill)).status).toBe(status);
        };
        for (const [i, { minutes }] of pairs.entries()) {
          await set(i, "active");
          await sandbox.control.advance(minutes * 60);
          const live = [
            await rest.capabilities.metricsSource.campaign(pairs[i]?.id ?? "", QUARTER),
            await acd.capabilities.metricsSource.campaign(pairs[i]?.skill ?? "", undefined),
          ];
          expect(live[1]?.activeCalls).toBe(live[0]?.activeCalls);
          await set(i, "paused");
        }
        // The window begins with the world: the past calls of a scenario are no figures of the one dialect.
        const dialed = pairs.reduce((sum, { minutes }) => sum + minutes, 0);
        const window = Math.ceil((dialed + 30) / QUARTER) * QUARTER;
        await sandbox.control.advance((window - dialed) * 60);
        for (const { id, skill } of pairs) {
          const [one, two] = [
            await rest.capabilities.metricsSource.campaign(id, window),
            await acd.capabilities.metricsSource.campaign(skill, window),
          ];
          const figures = ({ activeCalls, callsPlaced, callsAnswered, abandonmentRate }: typeof one) => ({
            activeCalls,
            callsPlaced,
            callsAnswered,
            abandonmentRate: callsAnswered ? abandonmentRate : 0,
          });
          // A call that goes on for the whole of the window is answered in the one dialect, and no attempt yet in the other.
          const going = one.activeCalls ?? 0;
          if (going === 0) expect(figures(two)).toEqual(figures(one));
          else {
            expect({ ...figures(two), callsAnswered: 0, abandonmentRate: 0 }).toEqual({
              ...figures(one),
              callsAnswered: 0,
              abandonmentRate: 0,
            });
            expect((one.callsAnswered ?? 0) - (two.callsAnswered ?? 0)).toBeLessThanOrEqual(going);
            expect(two.callsAnswered).toBeLessThanOrEqual(one.callsAnswered ?? 0);
          }

          const told: [string | undefined, string][] = [];
          const ofRest = rest.capabilities.outcomeSource.calls({ campaignId: id });
          for await (const { startTime, endTime, status, dispositionCode } of ofRest)
            if (endTime !== undefined)
              told.push([startTime, status === "abandoned" ? "ABANDONED" : (dispositionCode ?? "OTHER")]);
          const seen: [string | undefined, string][] = [];
          const asked = { campaignId: skill, startDateTime: new Date(NOW - 4 * 86_400_000).toISOString() };
          for await (const { startTime, dispositionCode } of acd.capabilities.outcomeSource.calls(asked))
            seen.push([startTime, dispositionCode ?? ""]);
          expect(sorted(seen)).toEqual(sorted(told));
        }
      } finally {
        await Promise.all([rest.close(), acd.close(), sandbox.close()]);
      }
    }),
    { numRuns: scaled(40, 3), endOnFailure: true },
  );
}, 240_000);
