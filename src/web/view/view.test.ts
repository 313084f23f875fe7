// The view logic: what figures become in words, colours and places.

import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { PAIR_CASES } from "../../../test/support/failover-states.ts";
import type { ApiTypes } from "../../server/index.ts";
import { approvalCalled, approvalNews } from "./approval.ts";
import { auditWords } from "./audit-words.ts";
import { budgetView } from "./budget.ts";
import { leavesOf, readPath, sameSettings } from "./changes.ts";
import { csvOf } from "./csv.ts";
import { pairBadge, pairCounts, pairNews } from "./failover.ts";
import { ago, decimal, interval, levelText, needsYear, percent, readIn, span, timeFormat, whole, words } from "./format.ts";
import { found } from "./palette.ts";
import { scale, scaleOf, ticks } from "./scale.ts";
import { pausedOf, stoppedOf, toldOf } from "./stop.ts";
import { toneOf } from "./tone.ts";
import { windowGroups, windowLines, windowsInShort } from "./windows.ts";

describe("numbers", () => {
  test("have fixed decimals and groups of thousands", () => {
    expect(percent(0.12345)).toBe("12.3%");
    expect(percent(0.0296, 2)).toBe("2.96%");
    expect(interval(0.041, 0.0632)).toBe("4.1–6.3%");
    expect(whole(1234567)).toBe("1,234,567");
    expect(whole(999)).toBe("999");
    expect(decimal(1.25, 1)).toMatch(/^1\.[23]$/);
  });

  test("are the reader's", () => {
    readIn("de-DE");
    onTestFinished(() => readIn("en-GB"));
    expect([percent(0.12345), whole(1234567), decimal(1.25, 2), interval(0.041, 0.0632)]).toEqual([
      "12,3\u00a0%",
      "1.234.567",
      "1,25",
      "4,1–6,3\u00a0%",
    ]);
    expect(timeFormat("Europe/Berlin").day("2026-11-21T17:03:10Z")).toBe("Sa., 21. Nov., 18:03");
    expect([levelText(0.95), levelText(0.99375)]).toEqual(["95\u00a0%", "99,375\u00a0%"]);
  });

  test("are read by what stands before the rest of an odd locale, and as before where none can be read", () => {
    onTestFinished(() => readIn("en-GB"));
    for (const [given, as] of [
      ["de-DE@posix", "1.234.567"],
      ["de_DE.UTF-8", "1.234.567"],
      ["", "1.234.567"],
      ["*", "1.234.567"],
      ["en-US@posix", "1,234,567"],
    ] as const) {
      readIn(given);
      expect([given, whole(1234567)]).toEqual([given, as]);
      expect(timeFormat("Europe/Berlin").day("2026-11-21T17:03:10Z")).toContain("21");
    }
  });

  test("that are not there are a dash, never NaN", () => {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      for (const text of [percent(nothing), whole(nothing), decimal(nothing)]) expect(text).toBe("–");
  });

  test("groups leave the digits as they are", () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(whole(value).replaceAll(",", "")).toBe(String(value));
      }),
    );
  });
});

describe("times", () => {
  test.each([
    [0, "0 s"],
    [45_400, "45 s"],
    [725_000, "12 min 5 s"],
    [3_600_000, "1 h"],
    [90_061_000, "1 d 1 h"],
    [-5, "0 s"],
  ])("a span of %d ms is %s", (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  test("are those of the zone", () => {
    const there = timeFormat("America/New_York");
    expect(there.clock("2026-11-21T17:03:10Z")).toBe("12:03:10");
    expect(there.day("2026-11-21T02:00:00Z")).toBe("Fri 20 Nov, 21:00");
    expect(there.clock("never")).toBe("–");
    expect(there.longDay("2024-11-21T02:00:00Z")).toBe("20 Nov 2024, 21:00");
    const now = Date.parse("2026-01-10T00:00:00Z");
    expect(["2025-12-28T00:00:00Z", "2025-01-28T00:00:00Z", "never"].map((at) => needsYear(at, now))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

test("ages are told in words, and nothing of the future is", () => {
  const now = Date.UTC(2026, 2, 2, 15);
  const at = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
  expect([-60, 0, 4, 5, 59, 60, 3599, 3600, 172_799, 172_800].map(at)).toEqual([
    "just now",
    "just now",
    "just now",
    "5 s ago",
    "59 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "47 h ago",
    "2 days ago",
  ]);
  expect([null, undefined, "no time"].map((text) => ago(text, now))).toEqual(["not read yet", "not read yet", "not read yet"]);
});

test("words of states are read as people write them", () => {
  expect(words("partly_failed")).toBe("Partly failed");
  expect(words("averageWaitTime")).toBe("Average wait time");
  expect(words("")).toBe("");
});

test("a state that is not known has no colour, so that it cannot look good by accident", () => {
  expect(toneOf("Running")).toBe("good");
  expect(toneOf("rollback_failed")).toBe("bad");
  expect(toneOf("partly failed")).toBe("warn");
  expect(toneOf("gloriously_well")).toBe("none");
});

describe("a failover pair", () => {
  const standing = (role: "primary" | "backup", { state, dials }: (typeof PAIR_CASES)[number]) => {
    const needs = state.phase === "halted" || Object.keys(state["standing"] ?? {}).length > 0;
    const said = { words: "", reason: null, nextStep: needs ? "Activate one of the two." : null };
    return { role, partner: "other", phase: state.phase, dials, triggered: false, ...said };
  };

  test.each(PAIR_CASES)("$name", (one) => {
    const badges = (["primary", "backup"] as const).map((role) => pairBadge(standing(role, one)));
    const said = badges.map((badge) => badge?.text ?? "");
    if (one.dials === "backup") expect(said).toEqual(["failed over", "stands in"]);
    else expect(said.join(" ")).not.toMatch(/failed over|stands in/);
    const stuck = one.state.phase === "halted" || one.state.phase === "securing" || standing("primary", one).nextStep !== null;
    expect(badges.map((badge) => badge?.tone === "bad")).toEqual([stuck, stuck]);
    const items = [{ failover: standing("primary", one) }, { failover: standing("backup", one) }, { failover: null }];
    expect(pairCounts(items)).toEqual({ over: one.dials === "backup" ? 1 : 0, stuck: stuck ? 1 : 0 });
  });

  test("news of it: that it was halted is bad news", () => {
    expect(pairNews("a", "b", "halted")).toEqual({
      tone: "bad",
      text: "Failover pair a with b: halted, neither dials: a person must decide",
    });
    expect(pairNews("a", "b", "handing-over")).toEqual({
      tone: "info",
      text: "Failover pair a with b: holding back the contacts that the campaign that hands over has called",
    });
    expect(pairNews("a", "b", "in_a_later_version").text).toBe("Failover pair a with b: in a later version");
  });
});

type BudgetRate = ApiTypes.AbandonmentBudget["rate"];
function rateOf(change: Partial<BudgetRate>): BudgetRate {
  const found = { rate: 0.0206, low: 0.018, high: 0.024, numerator: 188, denominator: 9120 };
  return { ...found, confidence: 0.95, days: 22, withheld: null, ...change };
}

function budget(change: Partial<ApiTypes.AbandonmentBudget>): ApiTypes.AbandonmentBudget {
  return {
    by: "imports",
    importing: null,
    rule: "us-abandonment",
    jurisdiction: "US",
    limit: 0.03,
    windowHours: 720,
    rate: rateOf({}),
    used: 0.687,
    left: 85,
    until: "2026-11-30T05:00:00Z",
    burnRate: 0.7,
    exhaustedAt: null,
    withinLimit: true,
    ...change,
  };
}

describe("the abandonment budget", () => {
  test("says what is left and how fast it goes", () => {
    expect(budgetView(budget({}))).toEqual({
      tone: "good",
      width: 69,
      headline: "85 left",
      rate: "2.06% of 3%",
      pace: "pace 0.7× the limit",
    });
  });

  test("warns when the pace would use it up, and says when", () => {
    const view = budgetView(budget({ burnRate: 1.8, exhaustedAt: "2026-11-23T15:00:00Z" }), "UTC");
    expect(view.tone).toBe("warn");
    expect(view.pace).toBe("used up Mon 23 Nov, 15:00, pace 1.8× the limit");
  });

  test("of nothing has no share, and is passed by the first call", () => {
    expect(budgetView(budget({ limit: 0, used: null, left: 0 }))).toMatchObject({ tone: "good", width: 0 });
    expect(budgetView(budget({ limit: 0, used: null, left: 0, withinLimit: false }))).toMatchObject({ tone: "bad", width: 100 });
  });

  test("is bad once the limit is passed, however little was used of late", () => {
    const view = budgetView(budget({ withinLimit: false, used: 1.2, left: 0, burnRate: 0 }));
    expect(view).toMatchObject({ tone: "bad", width: 100 });
    expect(view).toMatchObject({ headline: "over the limit", rate: "2.06%" });
  });

  test("of which nothing was used is not called used up, however few answers it allows", () => {
    const rate = rateOf({ rate: 0, low: 0, high: 0.15, numerator: 0, denominator: 22 });
    expect(budgetView(budget({ rate, used: 0, left: 0 }))).toMatchObject({ tone: "good", headline: "none abandoned", rate: "" });
  });

  test("says so when nothing was counted, instead of that nothing is left", () => {
    const view = budgetView(
      budget({
        rate: rateOf({ rate: null, low: null, high: null, numerator: 0, denominator: 0, days: 0, withheld: "too few days" }),
        windowHours: 24,
        left: null,
        used: null,
        burnRate: null,
        withinLimit: null,
      }),
    );
    expect(view).toEqual({
      tone: "none",
      width: 0,
      headline: "not known",
      rate: "",
      pace: "no answers imported · limit 3% over 1 d",
    });
  });

  test("the bar never leaves its track", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.boolean(), (used, withinLimit) => {
        const { width } = budgetView(budget({ used, withinLimit }));
        expect(width).toBeGreaterThanOrEqual(0);
        expect(width).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe("calling windows", () => {
  const window = (zone: string, open: boolean, changesAt: string | null = null) => ({
    zone,
    open,
    changesAt,
    contacts: 12,
    openContacts: open ? 12 : 0,
  });

  test("are told with the clock of the zone", () => {
    const [line] = windowLines([window("America/Los_Angeles", true, "2026-11-22T05:00:00Z")]);
    expect(line).toEqual({ zone: "Los Angeles", tone: "good", text: "open until 21:00", contacts: 12 });
    expect(windowLines([window("Asia/Tokyo", false)])[0]?.text).toBe("closed");
    const alike = [
      window("Asia/Tokyo", false),
      window("Europe/London", true, "2026-11-22T21:00:00Z"),
      window("Asia/Seoul", false),
    ];
    expect(windowGroups(alike)).toEqual([
      { zones: ["Tokyo", "Seoul"], text: "closed" },
      { zones: ["London"], text: "open until 21:00" },
    ]);
  });

  test("a zone that the browser does not know is told in UTC", () => {
    expect(windowLines([window("Mars/Olympus", true, "2026-11-22T05:00:00Z")])[0]?.text).toBe("open until 05:00");
  });

  test("in short", () => {
    expect(windowsInShort([])).toBe("no zones known");
    expect(windowsInShort([window("UTC", true)])).toBe("open");
    expect(windowsInShort([window("UTC", true), window("Asia/Tokyo", false)])).toBe("1 of 2 open");
    expect(windowsInShort([window("UTC", false), window("Asia/Tokyo", false)])).toBe("all 2 closed");
  });
});

describe("scales", () => {
  test("ticks are round, ascending and within", () => {
    expect(ticks(0, 0.12, 6)).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (low, width, count) => {
          const found = ticks(low, low + width, count);
          expect(found.length).toBeLessThanOrEqual(2 * count + 2);
          // A tick may miss an end by what nobody sees: 0 on a scale that begins at a millionth and is a million wide.
          const unseen = 1e-8 * (Math.abs(low) + width);
          for (const tick of found) {
            expect(tick).toBeGreaterThanOrEqual(low - unseen);
            expect(tick).toBeLessThanOrEqual(low + width + unseen);
          }
          expect([...found].sort((a, b) => a - b)).toEqual(found);
        },
      ),
      { examples: [[2e-6, 1e6, 1]] },
    );
  });

  test("ends are at the ends, also of a scale without a width", () => {
    const place = scale(10, 20, 100, 300);
    expect([place(10), place(15), place(20)]).toEqual([100, 200, 300]);
    expect(scale(5, 5, 0, 100)(5)).toBe(0);
  });

  test("shares share a scale that holds all their intervals", () => {
    expect(scaleOf([{ rate: 0.1, high: 0.2 }, null, { rate: null, high: 1 }])).toBeCloseTo(0.21);
    expect(scaleOf([])).toBe(0.01);
  });
});

test("settings are the same whatever their order and tag", () => {
  const one = { versionTag: "a", name: "x", algorithm: { dial_ratio: 2, warm: null } };
  expect(sameSettings(one, { algorithm: { dial_ratio: 2 }, name: "x", versionTag: "b" })).toBe(true);
  expect(sameSettings(one, { ...one, name: "y" })).toBe(false);
});

test("rows become CSV with a column for each value that any of them has; formulas are text", () => {
  const rows = [
    { id: 1, name: "=1+1", at: null, share: { rate: 0.5 } },
    { id: 2, zones: ["a", "b"], name: 'say "x",\ny' },
  ];
  expect(csvOf(rows)).toBe('id,name,at,share.rate,zones\r\n1,\'=1+1,,0.5,\r\n2,"say ""x"",\ny",,,"[""a"",""b""]"\r\n');
  expect(csvOf([])).toBe("\r\n");
});

test("the palette finds by every word, what begins so first, and what an id names", () => {
  const entries = [
    { path: "/campaigns/spring%201", name: "Renewals in spring", kind: "campaign" },
    { path: "/", name: "Spring", kind: "page" },
  ] as const;
  expect(found("spring", entries).map(({ kind }) => kind)).toEqual(["page", "campaign"]);
  expect(found("spring 1", entries).map(({ kind }) => kind)).toEqual(["campaign"]);
  expect(found(" job_01m84 ", [])).toEqual([{ path: "/jobs/job_01m84", name: "job_01m84", kind: "job" }]);
  expect(found("41", [])).toMatchObject([{ path: "/audit?seq=41" }]);
  expect(found("renwals", entries).map(({ kind }) => kind)).toEqual(["campaign"]);
  expect(found("+1 212 555 0123", [])).toMatchObject([{ kind: "number", path: "/compliance#%2B1%20212%20555%200123" }]);
});

test("entries of the audit are sentences, also those of actions that are not known here", () => {
  expect(auditWords({ actor: "olga", action: "campaign.pause", details: { reason: "lunch" } })).toBe(
    "olga paused a campaign: lunch",
  );
  expect(auditWords({ actor: "olga", action: "api.compliance.explain", details: {} })).toBe(
    "olga asked the API: compliance explain",
  );
  expect(auditWords({ actor: "demo", action: "failover.phase", details: { from: "failed-over", to: "watching" } })).toBe(
    "demo moved a failover pair on (primary is to dial, backup stands by)",
  );
  expect(auditWords({ actor: "demo", action: "consent.import", details: {} })).toBe("demo imported consent");
  expect(auditWords({ actor: "x", action: "toString", details: {} })).toBe("x to string");
});

test("who asked hears what became of it, others that it waits", () => {
  const approval = { id: "a", operation: "dialer.apply", confirm: "", requestedAt: "", expiresAt: "", decidedAt: null } as const;
  const waiting = {
    ...approval,
    summary: "Apply x",
    requestedBy: "olga",
    state: "pending",
    decidedBy: null,
    message: null,
    job: null,
  } as const;
  expect(approvalNews(waiting, "olga")).toBeUndefined();
  expect(approvalNews(waiting, "oscar")).toEqual({ tone: "info", text: "Waits for approval: Apply x (olga)" });
  const rejected = { ...waiting, state: "rejected", decidedBy: "oscar", message: "not now" } as const;
  expect(approvalNews(rejected, "olga")).toEqual({ tone: "bad", text: "Rejected by oscar, Apply x: not now" });
  expect(approvalNews(rejected, "oscar")).toBeUndefined();
  const lost = { ...waiting, state: "outcome_unknown", decidedBy: "oscar", message: "no answer" } as const;
  expect(approvalNews(lost, "olga")).toEqual({
    tone: "bad",
    text: "Approved by oscar, Apply x: but it is not known whether it was carried out: no answer",
  });
  expect([approvalCalled(lost.state), toneOf(lost.state)]).toEqual(["Approved, outcome unknown", "bad"]);
});

test("leaves of settings are found by their paths", () => {
  const settings = { algorithm: { dial_ratio: 2.8, tags: [] }, name: "x", list: [1, { a: null }] };
  expect(leavesOf(settings)).toEqual([
    ["algorithm.dial_ratio", 2.8],
    ["algorithm.tags", []],
    ["name", "x"],
    ["list.0", 1],
    ["list.1.a", null],
  ]);
  expect(readPath(settings, "algorithm.dial_ratio")).toBe(2.8);
  expect(readPath(settings, "algorithm.nothing.there")).toBeUndefined();
  expect(readPath(settings, "constructor.name")).toBeUndefined();
});

test("a stop is called complete only when the list was whole and each campaign is confirmed", () => {
  const change = (status: "paused" | "pending" | "resumed", confirmed: boolean) =>
    ({ status, confirmed }) as ApiTypes.StopResult["changes"][number];
  const told = (changes: ApiTypes.StopResult["changes"], listProblem: ApiTypes.StopResult["listProblem"] = null) =>
    toldOf({ changes, seenPaused: ["x"], alreadyPaused: [], listProblem, endedAt: null });
  expect(told([change("paused", true)])).toEqual({ tone: "good", text: "Stop: every campaign is confirmed paused" });
  expect(
    toldOf({ changes: [change("paused", true)], seenPaused: [], alreadyPaused: ["y"], listProblem: null, endedAt: null }),
  ).toEqual({
    tone: "bad",
    text: "Stop: 1 only listed as paused, looked at next; 1 confirmed paused",
  });
  expect(told([change("paused", true), change("pending", false), change("resumed", false)])).toEqual({
    tone: "bad",
    text: "Stop: 1 not confirmed paused yet; the page shows which; 1 resumed by somebody since; 2 confirmed paused",
  });
  expect(told([], { code: "x", message: "page 2 did not come" })).toEqual({
    tone: "bad",
    text: "Stop: the list of campaigns is not whole, others may be dialing: page 2 did not come; 1 confirmed paused",
  });
});

test("nothing is good of a stop that has not seen anything: the list may not be read yet", () => {
  const nothing = { changes: [], seenPaused: [], alreadyPaused: [], listProblem: null };
  expect(toldOf({ ...nothing, endedAt: null })).toEqual({ tone: "bad", text: "Stop: 0 confirmed paused" });
  // A tenant without campaigns.
  expect(toldOf({ ...nothing, endedAt: "2026-06-16T16:30:00Z" }).tone).toBe("good");
});

test("a pause of several says how many, whose calls, and of which pairs nobody dials afterwards", () => {
  const one = (id: string, change: object = {}) =>
    ({ id, name: id, status: "active", activeCalls: 3, failover: null, ...change }) as unknown as ApiTypes.CampaignSummary;
  const primary = (partner: string) => ({ failover: { role: "primary", partner } });
  const backup = (partner: string) => ({ failover: { role: "backup", partner } });
  const items = [
    one("alone"),
    one("p", primary("b")),
    one("b", { ...backup("p"), status: "paused", activeCalls: 0 }),
    one("q", { ...primary("gone"), activeCalls: null }),
    one("r", primary("s")),
    one("s", backup("r")),
  ];
  const said = (...ids: string[]) => pausedOf({ of: "Acme", campaigns: ids.map((id) => ({ id, name: id })), list: { items } });
  expect(said("alone")).toBe("Pause 1 campaign of Acme: 3 calls are under way.");
  expect(said("p")).toBe(
    "Pause 1 campaign of Acme: 3 calls are under way. Nobody dials for p afterwards: its backup is paused too.",
  );
  expect(said("r", "s")).toContain("6 calls are under way. Nobody dials for r afterwards: its backup is paused with it.");
  expect(said("r")).toBe("Pause 1 campaign of Acme: 3 calls are under way.");
  expect(said("q", "alone")).toBe(
    "Pause 2 campaigns of Acme: at least 3 calls are under way. Whether the backup of q dials is not known.",
  );
  expect(pausedOf({ of: "Acme", campaigns: [{ id: "x", name: "x" }], list: undefined })).toBe(
    "Pause 1 campaign of Acme: how many calls are under way is not known.",
  );
});

test("a stop of all says how many, and of calls that are not all known that they are at least so many", () => {
  const said = (...calls: (number | null)[]) =>
    stoppedOf({ of: "Acme", list: { items: calls.map((activeCalls) => ({ activeCalls })) as ApiTypes.CampaignSummary[] } });
  expect(said(3, 4)).toBe("Stop all 2 campaigns of Acme: 7 calls are under way.");
  expect(said(3, null)).toBe("Stop all 2 campaigns of Acme: at least 3 calls are under way.");
  expect(said(null)).toBe("Stop all 1 campaigns of Acme: how many calls are under way is not known.");
  expect(said()).toBe("Stop all 0 campaigns of Acme: 0 calls are under way.");
  expect(stoppedOf({ of: "Acme", list: undefined })).toBe(
    "Stop all campaigns of Acme: how many calls are under way is not known.",
  );
});
