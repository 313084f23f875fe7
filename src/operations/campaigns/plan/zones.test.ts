// A window of hours by the clocks of other zones, against what Intl shows on both clocks for every quarter of an hour.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Zone } from "../../../compliance/index.ts";
import { windowElsewhere } from "./law.ts";

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const NAMES = [
  "America/New_York",
  "America/Los_Angeles",
  "America/Phoenix",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Europe/London",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
] as const;
type Name = (typeof NAMES)[number];
/** Days on which a clock of one of these zones changes in 2026. */
const CHANGES = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"];
const [FROM, TO] = [Date.UTC(2026, 1, 25), Date.UTC(2027, 10, 20)];

/** What each clock shows at each quarter of an hour, in quarters since 1970 on that clock. */
const shown = new Map<Name, Float64Array>();
beforeAll(() => {
  for (const name of NAMES) {
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: name,
      dateStyle: "short",
      timeStyle: "short",
      hourCycle: "h23",
    });
    const at = (n: number) => Date.parse(`${format.format(FROM + n * QUARTER_MS).replace(" ", "T")}Z`) / QUARTER_MS;
    shown.set(
      name,
      Float64Array.from({ length: (TO - FROM) / QUARTER_MS }, (_, n) => at(n)),
    );
  }
});

/** The same by looking: each stretch of quarters within the window in which neither clock changes. */
function looked(home: Name, place: Name, opens: number, closes: number, weekdays: ReadonlySet<number>, now: number): Set<string> {
  const [here, there] = [shown.get(home), shown.get(place)];
  const found = new Set<string>();
  if (here === undefined || there === undefined) return found;
  const today = Math.floor((here[Math.floor((now - FROM) / QUARTER_MS)] ?? 0) / 96);
  for (let n = 0; n < here.length; n++) {
    const local = here[n] ?? 0;
    const day = Math.floor(local / 96);
    const weekday = new Date(day * DAY_MS).getUTCDay();
    const open = (quarter: number) => Math.floor(quarter / 96) === day && quarter % 96 >= opens && quarter % 96 < closes;
    if (day < today || day >= today + 371 || !weekdays.has(weekday) || !open(local)) continue;
    const first = n;
    while (open(here[n + 1] ?? 0) && here[n + 1] === (here[n] ?? 0) + 1 && there[n + 1] === (there[n] ?? 0) + 1) n += 1;
    const minute = (quarter: number) => (quarter - day * 96) * 15;
    found.add(
      JSON.stringify({
        weekday,
        opens: minute(local),
        closes: minute((here[n] ?? 0) + 1),
        from: minute(there[first] ?? 0),
        to: minute((there[n] ?? 0) + 1),
      }),
    );
  }
  return found;
}

/** Instants of the weeks around the changes. */
const instants = fc
  .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -7 * DAY_MS, max: 8 * DAY_MS }))
  .map(([day, ms]) => Date.parse(day) + ms);

test("a window is told as the clocks show it within its hours, whatever the instant in the weeks in which clocks change", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NAMES),
      fc.constantFrom(...NAMES),
      fc.integer({ min: 0, max: 95 }),
      fc.integer({ min: 1, max: 96 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
      instants,
      (home, place, one, other, days, now) => {
        const [opens, closes] = [Math.min(one, other - 1), Math.max(one + 1, other)];
        const weekdays = new Set(days);
        const window = { opens: opens * 15, closes: closes * 15 };
        const told = windowElsewhere(new Zone(home), new Zone(place), window, { weekdays, now });
        expect(new Set(told.map((found) => JSON.stringify(found)))).toEqual(looked(home, place, opens, closes, weekdays, now));
      },
    ),
    { numRuns: 80, seed: 8 },
  );
});

test("hours of the day are the same distance apart in New York and Los Angeles all year, hours of the night are not", () => {
  const [home, place] = [new Zone("America/New_York"), new Zone("America/Los_Angeles")];
  const sunday = { weekdays: new Set([0]), now: Date.UTC(2026, 10, 22, 8) };
  const shifts = (opens: number, closes: number) =>
    windowElsewhere(home, place, { opens, closes }, sunday).map(({ opens: at, from }) => from - at);
  expect(shifts(12 * 60, 20 * 60)).toEqual([-180]);
  expect(new Set(shifts(3 * 60, 4 * 60))).toEqual(new Set([-180, -240, -120]));
});
