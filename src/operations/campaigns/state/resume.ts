// Resumes a campaign, only when the pre-dial gate allows it.

import type { AuditInput } from "../../../store/index.ts";
import { type DncBeforeStart, type NamedStart, notHeld } from "../../tenant-dnc/index.ts";
import { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";
import { type CampaignGate, type CampaignGateOptions, type CampaignGateVerdict, FIRST, type GateRefusal } from "./gate.ts";

/** What decides whether a campaign may be resumed. */
export interface ResumeDeps extends ChangeDeps {
  readonly gate: CampaignGate;
  /** Why the failover pair forbids it, as a sentence; null when it does not. */
  readonly pairAgainst: (campaignId: string, call: CampaignGateOptions["call"]) => Promise<string | null>;
  /** How the tenant's own do-not-call groups compare with the company's list; null where it has none. See `dncBeforeStart`. */
  readonly doNotCall: (
    campaignId: string,
    call: CampaignGateOptions["call"],
    start?: NamedStart,
  ) => Promise<DncBeforeStart | null>;
  readonly record: (entry: AuditInput) => Promise<void>;
  /** The latest emergency stop now: see `StopLedger.mark`. */
  readonly stopMark: () => Promise<number>;
  readonly actor: string;
}

/**
 * What forbids a resume beside the gate's refusals.
 * - `pair_dials`: the failover pair that the campaign is in.
 * - `company_list_not_held`: somebody on the list is, or may be, on the company's do-not-call list, and the tenant's groups,
 *   which its dialer obeys, lack numbers of it; or those numbers could not be added.
 */
export type ResumeRefusal = GateRefusal | { readonly code: "pair_dials" | "company_list_not_held"; readonly text: string };

/** What the dialer model says before a start. `enough`: the ratio in force is not above what it allows; null: not known. */
export interface Staffing {
  readonly enough: boolean | null;
  readonly text: string;
}

/** The verdict of the gate and of the campaign's failover pair. */
export interface ResumeVerdict extends Omit<CampaignGateVerdict, "refusals"> {
  readonly refusals: readonly ResumeRefusal[];
  /** Absent when it was not asked for, or the tenant has no groups. */
  readonly doNotCall?: DncBeforeStart | undefined;
  /** Of a preview: what the dialer model says of agents and dial ratio; it forbids nothing. */
  readonly staffing?: Staffing | undefined;
}

/**
 * The verdict of the gate, together with what the campaign's failover pair and the tenant's do-not-call groups have against a
 * start.
 * @param asked.start the start that it is asked for: numbers that the groups lack are added then, when that is configured and
 * nothing else forbids the start
 * @throws TenantError: no answer is no permission
 */
export async function resumeVerdict(
  { pairAgainst, doNotCall }: Partial<Pick<ResumeDeps, "pairAgainst" | "doNotCall">>,
  verdict: CampaignGateVerdict,
  { call, start }: { readonly call?: CampaignGateOptions["call"]; readonly start?: NamedStart } = {},
): Promise<ResumeVerdict> {
  const { id } = verdict.campaign;
  const pair = (await pairAgainst?.(id, call)) ?? null;
  const isOpen = pair === null && verdict.refusals.length === 0;
  const groups = (await doNotCall?.(id, call, isOpen ? start : undefined)) ?? null;
  const held = notHeld(verdict, groups, FIRST);
  const refusals: ResumeRefusal[] = [
    ...(pair === null ? [] : [{ code: "pair_dials", text: pair } as const]),
    ...(held === null ? [] : [{ code: "company_list_not_held", text: held } as const]),
    ...verdict.refusals,
  ];
  return { ...verdict, ...(groups === null ? {} : { doNotCall: groups }), allowed: refusals.length === 0, refusals };
}

const doNotCallDetails = ({ doNotCall: found }: ResumeVerdict) =>
  found === undefined
    ? {}
    : { doNotCall: "problem" in found ? found.problem : { missing: found.missing, groups: found.groups.length } };

interface Refused {
  readonly refusals: readonly ResumeRefusal["code"][];
  /** Of the contacts that were judged; null when it was refused by a preview, whose look is not kept. */
  readonly manifest: string | null;
  readonly reason: string | undefined;
  readonly by: string;
}

/** What the audit log says of a resume that was asked for and refused. */
export function refusalEntry(campaignId: string, { refusals, manifest, reason, by }: Refused): AuditInput {
  const details = { refusals, manifest, ...(reason === undefined ? {} : { reason }) };
  return { actor: by, action: "campaign.resume.refused", subject: campaignId, details };
}

/** How a resume ended; without `change` the gate refused, and nothing was sent. */
export interface ResumeReport {
  readonly verdict: ResumeVerdict;
  readonly change: StateChange | null;
}

/**
 * Resumes one campaign when its gate and its failover pair allow it. A refusal is recorded. Throws TenantError and StoreError of
 * the gate: without an answer there is no resume.
 */
export async function resumeCampaign(
  deps: ResumeDeps,
  campaignId: string,
  options: Omit<ChangeOptions, "timeoutMs" | "details"> & CampaignGateOptions & { readonly timeoutMs?: number | undefined },
): Promise<ResumeReport> {
  // What was stopped while the gate read the list stays stopped.
  const stopMark = options.stopMark ?? (await deps.stopMark());
  const { call } = options;
  const start = { what: "resume", by: deps.actor };
  const verdict = await resumeVerdict(deps, await deps.gate(campaignId, options), { call, start });
  const manifest = verdict.manifest?.id ?? null;
  if (!verdict.allowed) {
    const refusals = verdict.refusals.map(({ code }) => code);
    await deps.record(refusalEntry(campaignId, { refusals, manifest, reason: options.reason, by: deps.actor }));
    return { verdict, change: null };
  }
  const { reason, signal, timeoutMs = 10_000 } = options;
  const given = {
    reason,
    signal,
    timeoutMs,
    stopMark,
    details: { manifest, ...doNotCallDetails(verdict) },
  };
  return { verdict, change: await changeState(deps, campaignId, "active", given) };
}
