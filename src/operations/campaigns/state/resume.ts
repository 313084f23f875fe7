// Resumes a campaign, only when the pre-dial gate allows it.

import type { AuditInput } from "../../../store/index.ts";
import { type DncBeforeStart, dncWords } from "../../tenant-dnc/index.ts";
import { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";
import type { CampaignGate, CampaignGateOptions, CampaignGateVerdict, GateRefusal } from "./gate.ts";

export interface ResumeDeps extends ChangeDeps {
  readonly gate: CampaignGate;
  /** Why its failover pair is against it, in words; null when it is not. */
  readonly pairAgainst: (campaignId: string, call: CampaignGateOptions["call"]) => Promise<string | null>;
  /** How the tenant's own do-not-call groups stand to the company's list; null where it has none. */
  readonly doNotCall: (campaignId: string, call: CampaignGateOptions["call"]) => Promise<DncBeforeStart | null>;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
}

/**
 * What stands against a resume beside the gate's reasons.
 * - `pair_dials`: the failover pair that the campaign is in.
 * - `company_list_not_held`: somebody on the list is on the company's do-not-call list, and the tenant's groups, which its dialer obeys, lack numbers of it.
 */
export type ResumeRefusal = GateRefusal | { readonly code: "pair_dials" | "company_list_not_held"; readonly text: string };

/** What the gate says, and the campaign's failover pair. */
export interface ResumeVerdict extends Omit<CampaignGateVerdict, "refusals"> {
  readonly refusals: readonly ResumeRefusal[];
  /** Absent where it was not asked, or the tenant has no groups. */
  readonly doNotCall?: DncBeforeStart | undefined;
}

/** The verdict of the gate with what the campaign's failover pair has against it. Throws TenantError: no answer is no permission. */
export async function resumeVerdict(
  { pairAgainst, doNotCall }: Pick<ResumeDeps, "pairAgainst"> & Partial<Pick<ResumeDeps, "doNotCall">>,
  verdict: CampaignGateVerdict,
  call?: CampaignGateOptions["call"],
): Promise<ResumeVerdict> {
  const text = await pairAgainst(verdict.campaign.id, call);
  const compared = await doNotCall?.(verdict.campaign.id, call);
  const told = compared === undefined || compared === null ? verdict : { ...verdict, doNotCall: compared };
  const refusals: ResumeRefusal[] = [
    ...(text === null ? [] : [{ code: "pair_dials", text } as const]),
    ...notHeld(verdict, compared ?? undefined),
    ...verdict.refusals,
  ];
  return { ...told, allowed: refusals.length === 0, refusals };
}

/** The dialer calls whoever is on its list of contacts, except those whom a group of the tenant holds back. */
function notHeld({ onCompanyList, read }: CampaignGateVerdict, groups: DncBeforeStart | undefined): ResumeRefusal[] {
  if (onCompanyList === 0 || groups === undefined || (!("problem" in groups) && groups.missing === 0)) return [];
  const text = `${onCompanyList} of ${read} contacts read are on the company's do-not-call list, and nothing shows that the tenant holds them back: ${dncWords(groups)}`;
  return [{ code: "company_list_not_held", text }];
}

const doNotCallDetails = ({ doNotCall: found }: ResumeVerdict) =>
  found === undefined
    ? {}
    : { doNotCall: "problem" in found ? found.problem : { missing: found.missing, groups: found.groups.length } };

/** How a resume ended; without a change the gate refused, and nothing was sent. */
export interface ResumeReport {
  readonly verdict: ResumeVerdict;
  readonly change: StateChange | null;
}

/** Resumes one campaign when its gate and its failover pair allow it. A refusal is recorded. Throws TenantError and StoreError of the gate: no answer, no resume. */
export async function resumeCampaign(
  deps: ResumeDeps,
  campaignId: string,
  options: Omit<ChangeOptions, "timeoutMs" | "details"> & CampaignGateOptions & { readonly timeoutMs?: number | undefined },
): Promise<ResumeReport> {
  const verdict = await resumeVerdict(deps, await deps.gate(campaignId, options), options.call);
  const manifest = verdict.manifest?.id ?? null;
  if (!verdict.allowed) {
    const refusals = verdict.refusals.map(({ code }) => code);
    await deps.record({
      actor: deps.actor,
      action: "campaign.resume.refused",
      subject: campaignId,
      details: { refusals, manifest, ...(options.reason === undefined ? {} : { reason: options.reason }) },
    });
    return { verdict, change: null };
  }
  const { reason, signal, timeoutMs = 10_000 } = options;
  const given = { reason, signal, timeoutMs, details: { manifest, ...doNotCallDetails(verdict) } };
  return { verdict, change: await changeState(deps, campaignId, "active", given) };
}
