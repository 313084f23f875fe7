// What a change of dialer settings would do: the plan with its preview.

import { z } from "zod";
import {
  checkOverride,
  type GuardPlan,
  type PreparedChange,
  parseSettingsFile,
  type SettingsChanges,
  type SettingsFile,
} from "../../operations/index.ts";
import {
  basisOf,
  changesOf,
  confirmOf,
  type DialerPreview,
  type dialerProposal,
  judgementOf,
  type Planned,
  type Previewed,
} from "../../operations/views/index.ts";

/** The largest version that the database counts to. */
export const MAX_VERSION = 2_147_483_647;

export const rollbackOf = z.strictObject({
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .describe("The version to go back to; without it, to before the latest change"),
  overrides: z.array(z.string()).optional(),
});

/** What plans are made with. */
interface PlanningPort {
  readonly changes: Pick<SettingsChanges, "prepare" | "prepareRollback">;
  guardPlan(durationMs: number, campaigns: readonly string[]): Promise<GuardPlan>;
}

export interface DialerPlan {
  readonly prepared: PreparedChange;
  readonly guard: GuardPlan | null;
}

export async function plannedApply(port: PlanningPort, body: z.output<typeof dialerProposal>): Promise<Previewed<DialerPlan>> {
  const overrides = body.overrides ?? [];
  for (const name of overrides) checkOverride(name);
  const prepared = await port.changes.prepare("apply", await fileOf(body), { overrides, store: true });
  const guard =
    body.guardMinutes === undefined ? null : await port.guardPlan(body.guardMinutes * 60_000, body.guardCampaigns ?? []);
  return planned("dialer.apply", prepared, guard, body.retryRejected === true);
}

export async function plannedRollback(port: PlanningPort, body: z.output<typeof rollbackOf>): Promise<Previewed<DialerPlan>> {
  const overrides = body.overrides ?? [];
  for (const name of overrides) checkOverride(name);
  // Going back to settings that once did not hold is a person's own decision.
  return planned("dialer.rollback", await port.changes.prepareRollback(body.version, { overrides }), null, true);
}

function planned(operation: string, prepared: PreparedChange, guard: GuardPlan | null, retry: boolean): Previewed<DialerPlan> {
  const { snapshot, wanted, diff, judgement, rejection, sourceName, gate } = prepared;
  const { findings, prediction, overridden } = judgement;
  const refusals = [...judgement.refusals];
  if (diff.length === 0) refusals.push("these settings are in force already");
  if (rejection !== undefined && !retry)
    refusals.push(`version ${rejection.version} had the same settings and did not hold: retryRejected applies them again`);
  const fields = diff.length === 1 ? "1 field" : `${diff.length} fields`;
  const made: Planned<DialerPlan> = {
    operation,
    summary: `${operation === "dialer.rollback" ? "Go back to" : "Apply"} dialer settings ${sourceName}: ${fields}${overridden.length > 0 ? ", a gate overridden" : ""}`,
    // Equal settings and facts have the equal prediction: it moves only when what it is made of does.
    relies: { snapshot, wanted, guard, gate, findings, prediction, refusals, overridden, retry },
    refusals,
    plan: { prepared, guard },
  };
  return { ...made, shown: { kind: "dialer", preview: previewOf(made) } };
}

/** JSON is YAML: one reader finds every mistake. */
export function fileOf({
  file,
  sourceName,
}: {
  readonly file: object;
  readonly sourceName?: string | undefined;
}): Promise<SettingsFile> {
  return parseSettingsFile(JSON.stringify(file, undefined, 1), sourceName ?? "dashboard");
}

export function previewOf(made: Planned<DialerPlan>): DialerPreview {
  const { guard, prepared } = made.plan;
  const { kind, sourceName, diff, judgement, rejection, gate } = prepared;
  return {
    kind,
    confirm: confirmOf(made),
    sourceName,
    changes: changesOf(diff),
    ...judgementOf(judgement),
    refusals: [...made.refusals],
    rejectedBefore: rejection === undefined ? null : { version: rejection.version, message: rejection.message },
    basis: basisOf(gate),
    guard: guard === null ? null : { minutes: guard.durationMs / 60_000, campaigns: [...guard.campaigns] },
  };
}
