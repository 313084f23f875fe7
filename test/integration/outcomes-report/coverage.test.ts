// What a report says of days that were read with a filter, in part or not at all, or that lack dials: no face gives a conversion for them.

import { join } from "node:path";
import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { reportSchema } from "../../../src/outcomes/index.ts";
import { CRM_SECRET } from "../../support/crm-receiver.ts";
import { startReceiver } from "../../support/receiver.ts";
import { startWorld, UNLIMITED_ACD } from "../../support/world.ts";

const DAY = 86_400_000;
const stripped = (text: string) => text.replaceAll(/\s+/g, " ");
const iso = (at: number) => new Date(at).toISOString();

/** A tenant with a week of calls, of which one in eight converts, and a receiver of events as its CRM. */
async function openWeek() {
  const today = Math.floor(Date.now() / DAY) * DAY;
  const begin = today - 7 * DAY;
  const day = (n: number) => iso(begin + n * DAY).slice(0, 10);
  const calls = Array.from({ length: 560 }, (_, i) => {
    const start = begin + Math.floor((i * 7 * DAY) / 560);
    const dispositionCode = i % 8 === 0 ? "CONVERTED" : i % 8 < 3 ? "NOT_INTERESTED" : "NO_ANSWER";
    return { id: `call_${i}`, campaignId: "camp_1", dispositionCode, startTime: iso(start), endTime: iso(start + 60_000) };
  });
  await using stack = new AsyncDisposableStack();
  const events = await startReceiver(CRM_SECRET);
  stack.defer(() => events.close());
  const world = stack.use(
    await startWorld({
      sandbox: { scenario: { campaigns: [{ id: "camp_1", name: "One", status: "paused" }], calls } },
      environment: { OUTDIAL_CRM_URL: events.url, OUTDIAL_CRM_SECRET: CRM_SECRET },
    }),
  );
  const owned = stack.move();
  const outcomes = (...args: readonly string[]) => world.run(["outcomes", ...args]);
  return {
    world,
    events,
    day,
    outcomes,
    async pull(...more: readonly string[]) {
      const { stdout } = await outcomes("pull", "--campaign", "camp_1", ...more, "--json");
      return (JSON.parse(stdout) as { retrieval: { jobId: string; doubt: string | null } }).retrieval;
    },
    async report(...more: readonly string[]) {
      const { stdout, stderr } = await outcomes(
        "report",
        "--campaign",
        "camp_1",
        "--from",
        day(0),
        "--to",
        day(6),
        ...more,
        "--format",
        "json",
      );
      expect(stderr).not.toContain("error");
      return reportSchema.parse(JSON.parse(stdout));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("calls that were read with a filter give no conversion: not in text, CSV, HTML, JSON, the API, the CRM's event, and verify does not say whole", async () => {
  await using week = await openWeek();
  const { jobId, doubt } = await week.pull("--from", week.day(0), "--codes", "CONVERTED,NOT_INTERESTED");
  const words = "0 of 7 days; 7 were read with codes CONVERTED, NOT_INTERESTED only; 210 calls are left out";
  expect(doubt).toBe("read with codes CONVERTED, NOT_INTERESTED only");

  const report = await week.report();
  expect(report).toMatchObject({
    calls: null,
    unmapped: { calls: null },
    conversion: { rate: null },
    documented: { total_calls: null, category_distribution: null, conversion_rate_percent: null, performance_trend: null },
    covers: { known: 0, of: 7, words, leftOut: 210, lacks: [{ reason: "codes", codes: ["CONVERTED", "NOT_INTERESTED"] }] },
  });
  expect(report.days.every(({ calls, conversion }) => calls === null && conversion.rate === null)).toBe(true);
  expect(report.categories.every(({ calls }) => calls === null)).toBe(true);
  const asked = ["--campaign", "camp_1", "--from", week.day(0), "--to", week.day(6)];
  for (const format of ["text", "csv", "html"]) {
    const { stdout } = await week.outcomes("report", ...asked, "--format", format);
    expect(stripped(stdout)).toContain(words);
    expect(stdout).not.toMatch(/33\.3|positive|too few/);
    // What is not known is no 0 either.
    if (format === "csv") expect(stdout).toContain("trend,not known,slope per day,,");
  }
  expect((await week.outcomes("report", ...asked)).stdout).toMatch(/^Conversion +not known$/m);

  const { metrics, audit } = JSON.parse(week.events.received[0]?.body ?? "{}").data;
  expect(metrics).toMatchObject({ total_records: 210, conversion_rate: null });
  expect(metrics.summary).toMatchObject({ conversion_rate_percent: null, performance_trend: null });
  expect(audit).toMatchObject({ disposition_codes: ["CONVERTED", "NOT_INTERESTED"] });

  const verified = await week.outcomes("verify", jobId);
  expect(verified.code).toBe(4);
  expect(verified.stdout).toContain("read with codes CONVERTED, NOT_INTERESTED only");
  expect(verified.stdout).not.toMatch(/\bwhole\b/);

  const config = join(week.world.folder, "outdial.yaml");
  await using service = await openService({ config }, week.world.environment, { port: 0, log: () => undefined });
  const { token } = await service.store.access.addToken({ name: "vera", role: "viewer", expiresAt: null, by: "test" });
  const path = `/api/v1/outcomes/report?campaign=camp_1&from=${week.day(0)}&to=${week.day(6)}`;
  const answer = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ calls: null, conversion: { rate: null }, covers: { words } });
});

test("a lake of which some days were read with a filter gives the other days, and says so", async () => {
  await using week = await openWeek();
  await week.pull("--from", week.day(0), "--to", week.day(5));
  await week.pull("--from", week.day(5), "--codes", "CONVERTED");
  const report = await week.report();
  expect(report.covers).toMatchObject({
    known: 5,
    of: 7,
    words: "5 of 7 days; 2 were read with code CONVERTED only; 20 calls are left out",
  });
  expect(report.conversion).toMatchObject({ numerator: 50, denominator: 400, days: 5 });
  expect(report.days.map(({ conversion }) => conversion.rate)).toEqual([0.125, 0.125, 0.125, 0.125, 0.125, null, null]);
  // A day is whole when all of its calls were read, whatever was read of it besides.
  await week.pull("--from", week.day(0));
  expect((await week.report()).covers).toMatchObject({ known: 7, of: 7, words: null, leftOut: 0 });
  expect((await week.report()).conversion).toMatchObject({ numerator: 70, denominator: 560 });
  await week.pull("--from", week.day(0), "--codes", "CONVERTED");
  expect((await week.report()).covers.words).toBeNull();
});

test("days that were not read, or in part, are told; a filtered period before is no ground for a comparison", async () => {
  await using week = await openWeek();
  const noon = iso(Date.parse(week.day(4)) + DAY / 2);
  await week.pull("--from", noon, "--to", iso(Date.parse(week.day(7))));
  await week.pull("--from", week.day(0), "--to", week.day(2), "--codes", "CONVERTED");
  const report = await week.report();
  expect(report.covers.words).toBe(
    "2 of 7 days; 2 were read with code CONVERTED only; 2 were not read; of 1 only a part was read; 21 calls are left out",
  );
  expect(report.conversion).toMatchObject({ numerator: 25, denominator: 200 });
  const args = ["report", "--campaign", "camp_1", "--from", week.day(2), "--to", week.day(3), "--compare", "previous"];
  const { stdout } = await week.outcomes(...args, "--format", "json");
  expect(reportSchema.parse(JSON.parse(stdout)).comparisons[0]?.second.conversion.denominator).toBe(0);
});

const SKILL = "4001";
/** A tenant of the profile `acd` whose only list is deleted after its calls were dialed. */
async function openDeleted() {
  await using stack = new AsyncDisposableStack();
  const events = await startReceiver(CRM_SECRET);
  stack.defer(() => events.close());
  const world = stack.use(
    await startWorld({
      profile: "acd",
      environment: { OUTDIAL_CRM_URL: events.url, OUTDIAL_CRM_SECRET: CRM_SECRET },
      yaml: `limits: ${JSON.stringify(UNLIMITED_ACD)}\n`,
      sandbox: {
        scenario: {
          campaigns: [{ id: "camp_1", name: "One", status: "paused", contactListId: "people" }],
          contactLists: [{ id: "people", generate: { count: 400, consentRate: 1 } }],
          generateCalls: [{ campaignId: "camp_1", count: 660, days: 5, prefix: "call_", digits: 4 }],
          limits: "off",
        },
      },
    }),
  );
  const { control } = world.sandbox;
  // The tenant counts a quarter of an hour whole when it ended an hour ago: days that ended, whatever the hour is.
  const today = Math.floor(Date.now() / DAY) * DAY;
  const days = [today - 3 * DAY, today - 2 * DAY] as const;
  /** Calls of a day. */
  const dialed = (from: number) =>
    control.calls(1000).filter(({ startTime }) => Date.parse(startTime) >= from && Date.parse(startTime) < from + DAY).length;
  const owned = stack.move();
  return {
    world,
    days,
    dialed,
    told: () => JSON.parse(events.received.at(-1)?.body ?? "{}").data,
    async deleteList() {
      const { accessKeyId, accessKeySecret } = world.sandbox.accessKey;
      const token = await fetch(`${world.url}/authentication/v1/token/access-key`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ accessKeyId, accessKeySecret }),
      });
      const { access_token: bearer } = (await token.json()) as { access_token: string };
      const deleted = await fetch(
        `${world.url}/incontactapi/services/v30.0/lists/call-lists/501?forceInactive=true&forceDelete=true`,
        { method: "DELETE", headers: { authorization: `Bearer ${bearer}` } },
      );
      expect(deleted.ok).toBe(true);
    },
    async pull(from: number = days[0], to = from + DAY, ...more: readonly string[]) {
      const { code, stdout, stderr } = await world.run([
        "outcomes",
        "pull",
        "--campaign",
        SKILL,
        "--from",
        iso(from),
        "--to",
        iso(to),
        ...more,
        "--json",
      ]);
      return {
        code,
        stderr,
        retrieval: (JSON.parse(stdout) as { retrieval: { status: string; doubt: string | null; jobId: string } }).retrieval,
      };
    },
    async report(from: number = days[0], to: number = from + DAY) {
      const { stdout } = await world.run(["outcomes", "report", "--from", iso(from), "--to", iso(to), "--format", "json"]);
      return reportSchema.parse(JSON.parse(stdout));
    },
    verify: (jobId: string) => world.run(["outcomes", "verify", jobId]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("on acd, the dials that only a deleted list had come from the report of all attempts, and the conversion is the same", async () => {
  await using tenant = await openDeleted();
  await tenant.deleteList();
  const { code, retrieval, stderr } = await tenant.pull();
  expect(stderr).not.toContain("error");
  expect([code, retrieval.doubt]).toEqual([0, null]);
  const report = await tenant.report();
  expect(report).toMatchObject({ calls: tenant.dialed(tenant.days[0]), covers: { known: 1, of: 1, words: null } });
});

test("on acd, calls that were read with a filter give no conversion: in the report, the CRM's event and verify", async () => {
  await using tenant = await openDeleted();
  const whole = await tenant.pull();
  expect(whole.code).toBe(0);
  const [first, second] = tenant.days;
  const { conversion } = await tenant.report();
  const { retrieval } = await tenant.pull(second, second + DAY, "--codes", "CONVERTED");
  expect(retrieval.doubt).toBe("read with code CONVERTED only");
  const report = await tenant.report(first, second + DAY);
  expect(report.covers.words).toMatch(/^1 of 2 days; 1 was read with code CONVERTED only; \d+ calls are left out$/);
  expect(report.conversion).toEqual({ ...conversion, days: 1 });
  expect(report.days.map(({ conversion: { rate } }) => rate)).toEqual([conversion.rate, null]);
  const { metrics, audit } = tenant.told();
  expect(metrics).toMatchObject({ conversion_rate: null, summary: { conversion_rate_percent: null, performance_trend: null } });
  expect(audit).toMatchObject({ disposition_codes: ["CONVERTED"], covers: { known: 0, of: 1 } });
  const verified = await tenant.verify(retrieval.jobId);
  expect(verified.code).toBe(4);
  expect(verified.stdout).not.toMatch(/\bwhole\b/);
});

test("on acd, dials that nothing has are told with their reason, and the day has no conversion", async () => {
  await using tenant = await openDeleted();
  expect((await tenant.pull()).code).toBe(0);
  const [first, second] = tenant.days;
  const { conversion } = await tenant.report();
  expect(conversion.denominator).toBe(tenant.dialed(first));
  await tenant.deleteList();
  tenant.world.sandbox.control.faults.add({ match: { acd: "listReports" }, effect: { status: 403 } });

  // A day that was read before keeps what it has.
  await tenant.pull();
  expect((await tenant.report()).conversion).toEqual(conversion);
  const { code, retrieval, stderr } = await tenant.pull(second);
  expect([code, retrieval.status]).toEqual([4, "partly_failed"]);
  const day = iso(second).slice(0, 10);
  const said = new RegExp(
    `it has \\d+ calls, and the tenant's own counter of dials on ${day} says (\\d+) \\(list 501 is gone\\)`,
  );
  const of = Number(said.exec(retrieval.doubt ?? "")?.[1]);
  expect(of).toBe(tenant.dialed(second));
  expect(stderr).toContain("list 501 is gone");
  const { metrics, audit } = tenant.told();
  expect(metrics).toMatchObject({ conversion_rate: null, summary: { performance_trend: null } });
  // Of these calls it is not known how many of all they are.
  expect([metrics.total_records, metrics.summary.total_calls, audit.records_processed]).toEqual([null, null, null]);
  expect(audit).toMatchObject({ status: "COMPLETED_IN_PART", covers: { words: expect.stringContaining("list 501 is gone") } });
  const report = await tenant.report(first, second + DAY);
  expect(report.covers.words).toMatch(
    new RegExp(`^1 of 2 days; \\d+ of ${of} dials are missing on ${day}: list 501 is gone; \\d+ calls are left out$`),
  );
  expect(report.conversion).toEqual({ ...conversion, days: 1 });
  expect(report.days.map(({ conversion: { rate } }) => rate)).toEqual([expect.any(Number), null]);
  const verified = await tenant.verify(retrieval.jobId);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toContain("list 501 is gone");
  // However much a retrieval lacks, its reason is told to the end.
  const several = await tenant.pull(first - DAY, second + DAY);
  expect(several.retrieval.doubt?.match(/it has \d+ calls/g)?.length).toBeGreaterThan(2);
  expect(several.stderr).toContain(several.retrieval.doubt);
});
