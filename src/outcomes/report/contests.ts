// Comparisons of a report: groups with each other, and a period with the one before.

import type { Contest } from "../meaning/comparison.ts";
import { dailyGroups } from "../meaning/conversion.ts";
import { classifyIn } from "../meaning/outcome-map.ts";
import { DailyCounter, type DayCounts } from "../meaning/tally.ts";
import { dailyGroupsOf, type Tallies } from "./build.ts";
import { type CohortSpec, groupWords } from "./cohort.ts";
import type { TimeCount } from "./facts.ts";
import type { Dimension, ReportScope } from "./scope.ts";

/** The calls in counts by time that meet a group's conditions on local time. */
export function cohortTally(
  scope: ReportScope,
  times: readonly TimeCount[],
  cohort: Partial<Pick<CohortSpec, "hours" | "weekdays">> = {},
): DailyCounter {
  const counter = new DailyCounter();
  for (const { at, era, code, calls, seconds } of times) {
    const { day, hour, weekday } = scope.time.local(Math.max(at, scope.from));
    if (cohort.hours?.has(hour) === false || cohort.weekdays?.has(weekday) === false) continue;
    counter.addOn(day, classifyIn(scope.map.eras[era], code), calls, seconds);
  }
  return counter;
}

/** Each value of a dimension against all other calls. */
export function contestsOf(tallies: Tallies, dimension: Exclude<Dimension, "code">): Contest[] {
  const map: ReadonlyMap<string | null, DailyCounter> =
    dimension === "hour" ? tallies.hours : dimension === "weekday" ? tallies.weekdays : tallies.columns[dimension];
  const groups = dailyGroupsOf(map);
  return [...map.keys()]
    .sort((a, b) => ((a ?? "") < (b ?? "") ? -1 : 1))
    .map((key) => {
      const own = [groups.number(key)];
      return {
        variation: groups.variation,
        first: { name: groupWords(dimension, [key ?? "(none)"]), groups: own },
        second: { name: "all others", groups: { but: own } },
      };
    });
}

/** Two groups of a report's calls; the report's other calls contribute to the measured variation between days. */
export function contestOf(
  all: DayCounts,
  first: { readonly name: string; readonly days: DayCounts },
  second: { readonly name: string; readonly days: DayCounts },
): Contest {
  const rest = [...all].map(([day, { calls, successes }]) => {
    const [one, two] = [first.days.get(day), second.days.get(day)];
    return [
      day,
      {
        calls: calls - (one?.calls ?? 0) - (two?.calls ?? 0),
        successes: successes - (one?.successes ?? 0) - (two?.successes ?? 0),
      },
    ] as const;
  });
  const groups = dailyGroups(
    new Map<string, DayCounts>([
      ["first", first.days],
      ["second", second.days],
      ["rest", new Map(rest.filter(([, { calls }]) => calls > 0))],
    ]),
  );
  return {
    variation: groups.variation,
    first: { name: first.name, groups: [groups.number("first")] },
    second: { name: second.name, groups: [groups.number("second")] },
  };
}

/** A period against the one before. */
export function contestOfPeriods(period: DayCounts, before: DayCounts): Contest {
  const groups = dailyGroups(
    new Map([
      ["this", period],
      ["before", before],
    ]),
  );
  return {
    variation: groups.variation,
    first: { name: "this period", groups: [groups.number("this")] },
    second: { name: "the period before", groups: [groups.number("before")] },
  };
}
