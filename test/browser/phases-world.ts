// What the tests of phases stand on: a service in which the machines are held where they stand, and a browser on its pages. Of the machines of all files a
// run walks two, by its seed; at the full scale it walks all.

import { expect } from "vitest";
import { type HastenedClock, hastenedClock } from "../support/hastened-clock.ts";
import { PAGES } from "../support/pages-setup.ts";
import { picked } from "../support/scale.ts";
import type { StartedService } from "../support/service.ts";
import { startService } from "../support/service.ts";
import { type Holds, openHolds } from "./holds.ts";
import { type Opened, openDashboardBrowser, WIDE } from "./world.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";
export const [PRIMARY, BACKUP] = ["camp_primary", "camp_backup"] as const;
/** The watch looks every five seconds. */
const SPEED = 10;

/** The machines of this run. */
export const WALKED = picked(
  ["pair", "unread tenant", "settings", "apply", "jobs", "retrieval", "approval"],
  2,
  "machines on the pages",
);

const people = (id: string, area: number) => ({
  id,
  contacts: Array.from({ length: 60 }, (_, i) => ({
    id: `${id}-${i}`,
    phoneNumber: `+1${area}${3_450_000 + i}`,
    consentFlags: { outbound: { call: true } },
  })),
  talk: 2,
  wrap: 1,
});
const SCENARIO = {
  campaigns: [
    { id: PRIMARY, name: "Spring", status: "active", contactListId: "list_a" },
    {
      id: BACKUP,
      name: "Spring, second list",
      status: "paused",
      contactListId: "list_b",
      dispositionCodes: [{ id: "DISP_001", name: "Sale" }],
    },
  ],
  generateCalls: [{ campaignId: BACKUP, count: 20, days: 7, prefix: "call_", digits: 7 }],
  contactLists: [people("list_a", 212), people("list_b", 646), people("list_c", 917)],
  limits: "off",
  // Longer than a look at the pages takes.
  activation: { seconds: 40 },
};

export interface PhasesWorld extends AsyncDisposable {
  readonly whole: StartedService;
  readonly holds: Holds;
  readonly clock: HastenedClock;
  /** Opens a page whose time is the service's, for a person of its own: at this pace a session has another cookie soon, which no other profile would know. */
  readonly open: (path: string) => Promise<Opened>;
  /** Asks for what is dangerous, as it was previewed, and lets a second person agree. @returns what the agreed request was answered with */
  readonly agreed: (path: string, body?: object, preview?: string) => Promise<Record<string, unknown>>;
  /** Of a campaign at the tenant. */
  readonly statusOf: (id: string) => string;
}

export async function openPhases(): Promise<PhasesWorld> {
  await using stack = new AsyncDisposableStack();
  const clock = hastenedClock(Date.parse(OPEN));
  clock.pace(SPEED);
  const whole = stack.use(
    await startService({
      clock,
      pages: PAGES,
      sandbox: { scenario: SCENARIO, now: OPEN, clock: { speed: SPEED } },
      yaml: "service: { fourEyes: true }\ncompliance: {}\ndialer: { activation: { first: 200ms, most: 1s, looks: 1000, settle: 2s } }\n",
    }),
  );
  const registry = { method: "POST", headers: { "content-type": "text/csv" }, body: "2125550199\n" };
  await whole.ask("/api/v1/facts/registry?registry=US&asOf=2026-06-10&covers=all", registry);
  const holds = stack.use(await openHolds(whole.databaseUrl));
  const browser = stack.use(await openDashboardBrowser(whole.service));
  let persons = 0;
  const owned = stack.move();
  return {
    whole,
    holds,
    clock,
    async open(path) {
      const opened = await browser.open(WIDE, "operator", whole.service.url, `person-${++persons}`);
      await opened.page.clock.install({ time: clock.now() });
      await opened.page.goto(`${whole.service.url}${path}`);
      await opened.drawn();
      return opened;
    },
    async agreed(path, body = {}, preview = `${path}/preview`) {
      const shown = await whole.post(preview, body);
      expect([preview, shown.status, shown.body]).toMatchObject([preview, 200, { refusals: [] }]);
      const asked = await whole.post(path, { ...body, confirm: shown.body["confirm"] });
      const { approval } = asked.body as { approval: { id: string; confirm: string } };
      const done = await whole.post(`/api/v1/approvals/${approval.id}/approve`, { confirm: approval.confirm }, "second");
      expect([path, done.status, done.body]).toMatchObject([path, 200, {}]);
      return done.body["answer"] as Record<string, unknown>;
    },
    statusOf: (id) => whole.sandbox.control.state().campaigns.find((one) => one.id === id)?.status ?? "",
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
