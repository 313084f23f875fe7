// What plots and tables of a campaign make of its readings.

import { expect, test } from "vitest";
import type { ApiTypes } from "../../../server/index.ts";
import { auditOf, coverageOf, effectsOf } from "./series.ts";

const T = Date.UTC(2026, 2, 2, 15);
const MINUTE = 60_000;
const point = (minute: number, successRate: number | null): ApiTypes.MetricPoint => ({
  at: new Date(T + minute * MINUTE).toISOString(),
  successRate,
  successes: 1,
  calls: 10,
  low: 0,
  high: 1,
  abandonmentRate: null,
  activeCalls: 3,
  agents: null,
});
const change = (minute: number, kind: ApiTypes.AxisEvent["kind"] = "settings") =>
  ({ at: new Date(T + minute * MINUTE).toISOString(), kind, text: `version ${minute}`, actor: null, audit: null }) as const;

test("a change has the last reading before it, and the first whose window lies wholly behind it, before the next change", () => {
  const series = [point(-5, 0.1), point(10, 0.5), point(31, 0.2), point(95, 0.3)];
  const effects = effectsOf(series, [change(0), change(5, "paused"), change(70)], 30);
  expect(effects.map(({ at, before, after }) => [(at - T) / MINUTE, before?.successRate, after?.successRate])).toEqual([
    [70, 0.2, undefined],
    [0, 0.1, 0.2],
  ]);
  expect(effectsOf([], [change(0)], 30)).toMatchObject([{ before: null, after: null }]);
});

test("what is drawn of a time that is longer than the readings is said", () => {
  const now = T + 10 * MINUTE;
  expect(coverageOf([point(-90, 0.1), point(10, 0.2)], 720, now)).toContain("cover 1 h 40 min of 30 d");
  expect(coverageOf([point(-49, 0.1), point(10, 0.2)], 1, now)).toBeNull();
  expect(coverageOf([point(0, 0.1)], 1, now)).toContain("one reading");
  expect(coverageOf([], 1, now)).toContain("no readings");
});

test("what happened leads to its entry of the audit, or to the minutes around it", () => {
  expect(auditOf({ at: "2026-03-02T15:00:30Z", audit: 7 })).toBe("/audit?seq=7");
  const query = new URLSearchParams(auditOf({ at: "2026-03-02T15:00:30Z", audit: null }).slice("/audit?".length));
  // As minutes of this machine's clock.
  expect([query.get("from"), query.get("to")].map((text) => new Date(text ?? "").toISOString())).toEqual([
    "2026-03-02T14:59:00.000Z",
    "2026-03-02T15:02:00.000Z",
  ]);
});
