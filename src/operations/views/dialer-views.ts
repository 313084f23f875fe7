// Dialer settings as the API shows them.

import type { z } from "zod";
import type { ListedDialerChange } from "../../store/index.ts";
import type { SettingsFile } from "../settings/file.ts";
import type { Judgement } from "../settings/gate.ts";
import type { MeasuredAnswers } from "../settings/in-force.ts";
import type { FieldChange } from "../settings/model.ts";
import type { ChangeReport } from "../settings/service.ts";
import { differing } from "./field-changes.ts";
import type { Standing } from "./schemas/common.ts";
import type { DialerChange as ChangeView, DialerPreview, dialerVersion } from "./schemas/dialer.ts";
import { timeText } from "./texts.ts";

export function judgementOf(
  judgement: Judgement,
): Pick<DialerPreview, "findings" | "checks" | "prediction" | "inForce" | "refusals" | "overridden"> {
  const { findings, checks, prediction, inForce, refusals, overridden } = judgement;
  return {
    findings: findings.map((one) => ({ ...one })),
    checks: [...checks],
    prediction: typeof prediction === "string" ? prediction : predictionOf(prediction),
    inForce: inForce === null || typeof inForce === "string" ? inForce : predictionOf(inForce),
    refusals: [...refusals],
    overridden: [...overridden],
  };
}

export function predictionOf(prediction: Exclude<Judgement["prediction"], string>) {
  const { abandonment, occupancy, attemptsPerHour, chanceAboveLimit, basis } = prediction;
  const band = ({ low, median, high }: { low: number; median: number; high: number }) => ({ low, median, high });
  return {
    abandonment: band(abandonment),
    occupancy: band(occupancy),
    attemptsPerHour: band(attemptsPerHour),
    chanceAboveLimit,
    basis: basis.map(({ at, ...fact }) => ({ ...fact, at: at === null ? null : timeText(at) })),
  };
}

/** The answer rate that was measured, with the counts behind it. */
export const measuredOf = ({ answered, placed, from, to }: MeasuredAnswers) => ({
  numerator: answered,
  denominator: placed,
  from: timeText(from),
  to: timeText(to),
});

export const changesOf = (diff: readonly FieldChange[]) =>
  diff.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }));

/** A version of the settings as lists show it. */
export function versionOf(one: ListedDialerChange): z.input<typeof dialerVersion> {
  return {
    version: one.version,
    campaign: one.subject || null,
    kind: one.kind,
    sourceName: one.sourceName,
    actor: one.actor,
    settings: one.settings,
    phase: one.phase,
    status: one.status,
    outcome: one.outcome,
    message: one.message,
    rejected: one.rejected,
    changes: one.settingsBefore === null ? [] : differing(one.settingsBefore, one.settings),
    createdAt: timeText(one.createdAt),
    endedAt: timeText(one.endedAt),
  };
}

/** A change with its phase, failure and fields. */
export function changeOf(
  { change, state }: ChangeReport,
  who: { readonly standing: Standing; readonly running: boolean },
): ChangeView {
  return {
    version: change.version,
    job: change.jobId,
    phase: state.phase,
    purpose: state.purpose,
    outcome: state.outcome,
    message: change.message ?? state.message,
    failure: state.failure === null ? null : { ...state.failure },
    stop: state.stop === null ? null : { ...state.stop },
    looks: state.looks,
    guard: state.guard === null ? null : { ...state.guard },
    conflicts: state.conflicts.map(({ path, base, ours, theirs }) => ({
      path,
      base: base ?? null,
      ours: ours ?? null,
      theirs: theirs ?? null,
    })),
    taken: [...state.taken],
    settingsBefore: state.snapshot.settings,
    settings: state.target,
    seen: state.seen === null ? null : { ...state.seen },
    ...who,
  };
}

/** What the checks and the prediction are made with besides the settings. */
export function basisOf({ carrier, expected }: Pick<SettingsFile, "carrier" | "expected">): DialerPreview["basis"] {
  return { carrier_capacity: numbersOf(carrier), expected: numbersOf(expected) };
}

const numbersOf = (fields: object): Record<string, number> =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, number] => typeof field[1] === "number"));
