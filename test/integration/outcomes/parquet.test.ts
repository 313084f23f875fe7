// Parquet files written without a database are read by DuckDB as what went in, whatever values are there, repeat or lack.

import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/kernel/index.ts";
import { digestOf, type OutcomeLake, type OutcomeRecord, openLake } from "../../../src/outcomes/index.ts";
import { workFolder } from "../../support/cli.ts";
import { collect } from "../../support/collect.ts";
import { createMemoryCatalog } from "../../support/memory-catalog.ts";

const DAY_START = Date.parse("2026-03-02T00:00:00.000Z");
const text = fc.string({ unit: "grapheme", maxLength: 12 });
/** Few values, many values, or none at all in a column. */
const column = fc.constantFrom("few", "many", "some", "none");

/** All digests in hex; each piece is good only until the next. */
async function digestsIn(lake: OutcomeLake): Promise<string> {
  let hex = "";
  for await (const piece of lake.digests()) hex += Buffer.from(piece).toString("hex");
  return hex;
}

test("columns with few, many, some and no values come back as they were", async () => {
  await using folder = await workFolder();
  let files = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({ agents: column, contacts: column, raws: column, attempts: column }),
      fc.integer({ min: 1, max: 700 }),
      fc.array(text, { minLength: 1, maxLength: 70 }),
      async (kinds, count, texts) => {
        const pick = (kind: string, at: number): string | undefined => {
          if (kind === "none" || (kind === "some" && at % 3 === 1)) return undefined;
          return `${texts[at % texts.length] ?? ""}${kind === "many" ? at : ""}`;
        };
        const records = Array.from({ length: count }, (_, at): OutcomeRecord => {
          const [startTime, length] = [DAY_START + at * 1001, at * 7];
          return {
            callId: `${texts[at % texts.length] ?? ""}/${String(at).padStart(4, "0")}`,
            campaignId: "camp_1",
            dispositionCode: at % 2 === 0 ? "BUSY" : "CONVERTED",
            startTime,
            endTime: startTime + length,
            durationSeconds: length / 1000,
            direction: "OUTBOUND",
            agentId: pick(kinds.agents, at),
            contactId: pick(kinds.contacts, at),
            attempt: pick(kinds.attempts, at) === undefined ? undefined : at % 5,
            raw: pick(kinds.raws, at),
            observedAt: DAY_START + 90_000_000,
            runId: "job_1",
          };
        });
        const catalog = createMemoryCatalog();
        const lake = openLake({
          root: join(folder.path, `lake-${files++}`),
          catalog,
          random: createRandom(files, "x"),
          now: Date.now,
        });
        try {
          await catalog.replace([], await lake.write(records, "test"));
          expect(await collect(lake.records())).toEqual(records.map((record) => ({ ...record, digest: digestOf(record) })));
          expect(await digestsIn(lake)).toBe(records.map(digestOf).join(""));
          expect(
            await lake.query("SELECT count(*) AS n FROM calls WHERE start_time > epoch_ms($1::BIGINT)", [DAY_START]),
          ).toEqual([{ n: count - 1 }]);
        } finally {
          await lake.close();
        }
      },
    ),
    { numRuns: 25 },
  );
});
