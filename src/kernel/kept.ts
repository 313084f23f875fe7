// How long the company keeps what it may decide about. The configuration takes its defaults and limits from here, the store's table of lives what it removes.

import { DAY_MS } from "./durations.ts";

/** How long the company keeps what it may decide about, as `kept` of outdial.yaml has it; days. */
export const KEPT = {
  jobs: {
    days: 90,
    least: 7,
    most: 3653,
    of: "jobs that have ended, with their rows, the files' lines, workflows and approvals",
  },
  deliveredEvents: { days: 7, least: 0, most: 7, of: "events that their receiver has taken, with their bodies and attempts" },
  deadLetters: { days: 90, least: 1, most: 3653, of: "events that were given up, and the vendor's that were put aside" },
  callRecords: {
    days: 1827,
    least: 1827,
    most: 18_263,
    of: "placed calls, outcomes as they came and the gate's manifests; the rules ask for five years (16 CFR 310.5)",
  },
} as const;

export type KeptSetting = keyof typeof KEPT;

/** How long is kept what a setting is about, ms. */
export type Kept = Readonly<Record<KeptSetting, number>>;

/** The spans of a configuration, with the defaults. @param set ms */
export function keptOf(set: Partial<Kept> = {}): Kept {
  const of = (name: KeptSetting) => set[name] ?? KEPT[name].days * DAY_MS;
  return {
    jobs: of("jobs"),
    deliveredEvents: of("deliveredEvents"),
    deadLetters: of("deadLetters"),
    callRecords: of("callRecords"),
  };
}
