// Abandonment while calls are imported: not judged, but for what is certain whatever comes.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readAbandonment } from "../../../src/compliance/index.ts";
import { createRandom } from "../../../src/kernel/index.ts";
import { attemptsFile, importFacts, judgedReading } from "../../../src/operations/index.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const CAMPAIGN = "camp_primary_001";
const HEAD = "number,at,campaign,answered_by,connect_seconds\n";

/** Live answers of the last hours, so many of them dropped, in one piece of a file. */
function answers(from: number, count: number, dropped: number): Buffer {
  const at = new Date(Date.now() - 7_200_000).toISOString().slice(0, 16);
  const line = (n: number) => `+1212${2_000_000 + from + n},${at}:00Z,${CAMPAIGN},person,${n < dropped ? "" : "1"}\n`;
  return Buffer.from(Array.from({ length: count }, (_, n) => line(n)).join(""));
}

interface Budget {
  readonly withinLimit: boolean | null;
  readonly used: number | null;
  readonly importing: { readonly overBy: number | null } | null;
  readonly rate: { readonly numerator: number; readonly denominator: number };
}

test("an import under way is no ground for an alarm; what is over for certain is told by how much at least", async () => {
  await using at = await startService();
  const budget = async () => {
    const { items } = (await at.get(`/api/v1/compliance/abandonment?campaign=${CAMPAIGN}&country=us`)) as {
      items: { budget: Budget }[];
    };
    return items[0]?.budget;
  };
  const concerns = async () =>
    ((await at.get("/api/v1/attention")) as { items: { code: string }[] }).items.map(({ code }) => code);

  const deps = {
    facts: at.service.store.facts,
    clock: { now: Date.now } as never,
    random: createRandom(1, "import"),
    actor: "test",
  };
  /** Imports a file that comes in two parts, the second one when it is told to. */
  const importing = (parts: readonly [Buffer, Buffer], size?: number) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const source = {
      name: "calls.csv",
      ...(size !== undefined && { size }),
      async *bytes() {
        yield parts[0];
        await promise;
        yield parts[1];
      },
    };
    const imported = importFacts(attemptsFile, source, deps);
    return { goOn: () => resolve(undefined), imported };
  };

  // The first part of a stream has all of its dropped answers: 5 % so far, 0.5 % in the end.
  const stream = importing([Buffer.concat([Buffer.from(HEAD), answers(0, 6_000, 250)]), answers(10_000, 45_000, 0)]);
  await until(async () => ((await budget())?.rate.denominator ?? 0) >= 5_000);
  expect(await budget()).toMatchObject({ withinLimit: null, used: null, importing: { overBy: null }, rate: { numerator: 250 } });
  await at.ask(`/api/v1/campaigns/${CAMPAIGN}/health?fresh=true`);
  expect(await concerns()).not.toContain("abandonment_over");
  stream.goOn();
  expect(await stream.imported).toMatchObject({ refused: 0 });
  expect(await budget()).toMatchObject({ withinLimit: true, importing: null, rate: { numerator: 250 } });

  // Of a file whose size is known, no more can come than it has bytes for.
  const parts = [Buffer.concat([Buffer.from(HEAD), answers(200_000, 10_000, 8_000)]), answers(300_000, 100, 0)] as const;
  const file = importing(parts, parts[0].length + parts[1].length);
  await until(async () => ((await budget())?.rate.denominator ?? 0) >= 56_000);
  const over = await budget();
  expect(over).toMatchObject({ withinLimit: false, importing: { overBy: expect.any(Number) } });
  // 5,250 of 56,000 so far, and half of what may still come is in the reader already.
  expect(over?.importing?.overBy).toBeGreaterThan(2_000);
  expect(over?.importing?.overBy).toBeLessThanOrEqual(Math.ceil(8_250 - 0.03 * 65_100));
  file.goOn();
  await file.imported;
  expect(await budget()).toMatchObject({ withinLimit: false, importing: null });
});

test("whatever the rest of a file brings, what was said to be certain holds; more to come never makes more certain", () => {
  const hour = 3_600_000;
  const read = (served: number, dropped: number) =>
    readAbandonment(
      [{ start: -hour, served, dropped, late: 0, hangup: 0, machine: 0 }],
      { maxRate: 0.03, windowHours: 720 },
      { now: 0, dayEnds: hour },
    );
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.nat(500),
      fc.nat(5000),
      fc.nat(500),
      fc.nat(100_000),
      (served, dropped, moreServed, moreDropped, extra) => {
        const toCome = moreServed + moreDropped;
        const judged = judgedReading(read(served, dropped), { since: 0, toCome });
        const end = read(served + moreServed, dropped + moreDropped);
        expect(judged.withinLimit).not.toBe(true);
        if (judged.withinLimit === false) {
          expect(end.withinLimit).toBe(false);
          expect(end.abandoned - 0.03 * end.live).toBeGreaterThan((judged.importing?.overBy ?? Number.POSITIVE_INFINITY) - 1);
        }
        const longer = judgedReading(read(served, dropped), { since: 0, toCome: toCome + extra });
        if (longer.withinLimit === false) expect(judged.withinLimit).toBe(false);
        expect(judgedReading(read(served, dropped), { since: 0, toCome: null }).withinLimit).toBeNull();
      },
    ),
  );
});
