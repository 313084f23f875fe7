// The same verbs of campaigns through both doors, beside the service on its store and through its address: what is shown, how it ends, and what the
// audit log says of it.

import { afterAll, beforeAll, expect, test } from "vitest";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import { failoverPair } from "../../../src/operations/views/index.ts";
import { beginCli, type CliOptions, type CliResult, runCli, workFolder } from "../../support/cli.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { EASTERN, type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";
const clock = hastenedClock(Date.parse(OPEN));
const list = { contactListId: "people", queueId: "sales" };

let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  at = await startService({
    clock,
    sandbox: {
      now: OPEN,
      clock: "frozen",
      scenario: {
        campaigns: [
          { id: "one", name: "Spring", status: "paused", ...list },
          { id: "closed", name: "Winter", status: "paused" },
          { id: "there_1", name: "A", status: "active", ...list },
          { id: "there_2", name: "B", status: "paused", contactListId: "others" },
          { id: "here_1", name: "A", status: "active", ...list },
          { id: "here_2", name: "B", status: "paused", contactListId: "others" },
        ],
        contactLists: [
          { id: "people", generate: { count: 40, consentRate: 1, zones: ["America/New_York"] } },
          { id: "others", generate: { count: 40, consentRate: 1, zones: ["America/New_York"] } },
        ],
      },
    },
  });
  folder = await workFolder();
  await at.registries(...EASTERN);
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

type Door = "there" | "here";
const DOORS: readonly Door[] = ["there", "here"];
/** Through the service, or beside it on its database. */
const placeOf = (door: Door) => ({
  cwd: folder.path,
  env:
    door === "there"
      ? { OUTDIAL_URL: at.service.url, OUTDIAL_TOKEN: at.tokens.operator }
      : { ...at.environment, OUTDIAL_DIR: at.dir },
});
const run = (door: Door, args: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> =>
  runCli(["campaign", ...args], { clock, ...placeOf(door), ...options });

const set = (id: string, status: "active" | "paused") =>
  at.sandbox.control.simulateEdit({ kind: "campaign", id, body: { status } });
const statusOf = (id: string) => at.sandbox.control.state().campaigns.find((one) => one.id === id)?.status;

/** What differs from one time to the next, or is the door's own. */
const alike = (value: unknown, door: Door): string =>
  (typeof value === "string" ? value : JSON.stringify(value))
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\b(gate|intent)_[0-9a-z]{20}/g, "$1")
    .replaceAll(/ordered by \w+/g, "ordered by SOMEBODY")
    .replaceAll(`${door}_`, "");

/** What the audit log says of campaigns since an entry. */
async function audited(subjects: readonly string[], since: number) {
  const entries = await at.service.store.audit.list({ limit: 1000, after: since });
  return entries
    .filter(({ action, subject }) => subjects.includes(subject) && !action.startsWith("api."))
    .map(({ action, details }): Readonly<Record<string, unknown>> => ({ action, ...details }));
}
const lastEntry = async () => (await at.service.store.audit.list({ limit: 1, newestFirst: true }))[0]?.seq ?? 0;

test("a resume: declined, refused and carried out alike, and recorded alike", async () => {
  const found: Record<Door, unknown[]> = { there: [], here: [] };
  for (const door of DOORS) {
    set("one", "paused");
    const since = await lastEntry();
    const unasked = await run(door, ["resume", "one", "--json"]);
    expect(unasked).toMatchObject({ code: 2, stdout: expect.stringContaining("--yes") as string });
    expect(unasked.stderr).toContain("Resume Spring: paused now");
    const declined = await run(door, ["resume", "one"], { answers: "n\n" });
    expect(declined.stderr.indexOf("Resume Spring")).toBeLessThan(declined.stderr.indexOf("call people again?"));
    expect(statusOf("one")).toBe("paused");
    const refused = await run(door, ["resume", "closed", "--yes", "--reason", "monday", "--json"]);
    const checked = await run(door, ["resume", "closed", "--check", "--json"]);
    const done = await run(door, ["resume", "one", "--yes", "--reason", "monday", "--json"]);
    expect(done).toMatchObject({ code: 0 });
    expect(statusOf("one")).toBe("active");
    const again = await run(door, ["resume", "one", "--yes"]);
    found[door] = [
      ...[unasked, declined, refused, checked, done, again].map(({ code, stdout }) => alike([code, stdout], door)),
      ...(await audited(["one", "closed"], since)).map((entry) => alike(entry, door)),
    ];
  }
  expect(found.here).toEqual(found.there);
  expect(found.here.filter((one) => String(one).includes("campaign.resume.refused"))).toHaveLength(1);
});

test("before a question it is said whose campaigns they are: those of the service, not of this folder", async () => {
  set("one", "paused");
  const { tenant } = ((await at.get("/api/v1/me"))["service"] ?? {}) as { tenant: { address: string } };
  const asked = await run("there", ["resume", "one"], { answers: "n\n" });
  expect(asked.stderr).toContain(`tenant ${tenant.address} · service ${at.service.url}\n`);
  expect(asked.stderr).not.toContain("none configured");
});

test("a hand-over that completes is shown, told and recorded alike", async () => {
  const found: Record<Door, unknown[]> = { there: [], here: [] };
  for (const door of DOORS) {
    const [primary, backup] = [`${door}_1`, `${door}_2`];
    const policy = failoverPolicySchema.parse({ backup, everySeconds: 5 });
    const since = await lastEntry();
    await at.service.store.failovers.put({ primary, backup, policy, actor: "olga", audit: [] });
    clock.pace(5);
    const done = await run(door, ["failover", "start", primary, "--yes", "--json"]);
    clock.pace(1);
    expect([statusOf(primary), statusOf(backup)]).toEqual(["paused", "active"]);
    const {
      executor: _executor,
      lookedAt: _lookedAt,
      state: _state,
      alarms: _alarms,
      ...shown
    } = failoverPair.parse(JSON.parse(done.stdout));
    // That the tenant's clock and this one differ is the test's own doing.
    const entries = (await audited([primary, backup, `failover/${primary}`], since)).filter(
      ({ type = "FAILOVER_COMPLETED" }) => type === "FAILOVER_TRIGGERED" || type === "FAILOVER_COMPLETED",
    );
    found[door] = [done.code, ...[shown, ...entries].map((one) => alike(one, door))];
  }
  expect(found.here).toEqual(found.there);
  expect(found.there[0]).toBe(0);
});

// Last: the tenant's time goes on for it, and calls begin.
test("a pause waits for calls as long as --timeout says", async () => {
  const found: Record<Door, unknown> = { there: undefined, here: undefined };
  for (const door of DOORS) {
    set("one", "active");
    at.sandbox.control.simulateMetrics({ campaignId: "one", activeCalls: 3 });
    const { code, stdout } = await run(door, ["pause", "one", "--timeout", "0s"]);
    found[door] = [code, stdout];
  }
  expect(found.here).toEqual(found.there);
  expect(found.there).toEqual([4, expect.stringContaining("3 calls were still under way")]);
  // Longer than one request to a service waits.
  set("one", "active");
  const waiting = beginCli(["campaign", "pause", "one", "--timeout", "10m"], { clock, ...placeOf("there") });
  clock.pace(60);
  await until(() => waiting.stderr().includes("1 of 1 still have calls under way"));
  // Its figures are of the time of the service, which goes on.
  let isOver = false;
  void waiting.ended.finally(() => {
    isOver = true;
  });
  let advanced = 0;
  await until(async () => {
    const ahead = (clock.now() - Date.parse(OPEN)) / 1000 - advanced;
    advanced += ahead;
    await at.sandbox.control.advance(ahead);
    at.sandbox.control.simulateMetrics({ campaignId: "one", activeCalls: 0 });
    return isOver;
  });
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: "1 paused and confirmed\n" });
  clock.pace(1);
});
