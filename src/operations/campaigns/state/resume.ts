// Resuming a campaign: never past the pre-dial gate.

import type { AuditInput } from "../../../store/index.ts";
import { type ChangeDeps, type ChangeOptions, changeState, type StateChange } from "./change.ts";
import type { CampaignGate, CampaignGateOptions, CampaignGateVerdict } from "./gate.ts";

export interface ResumeDeps extends ChangeDeps {
  readonly gate: CampaignGate;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly actor: string;
}

/** How a resume ended; without a change the gate refused, and nothing was sent. */
export interface ResumeReport {
  readonly verdict: CampaignGateVerdict;
  readonly change: StateChange | null;
}

/** Resumes one campaign when its gate allows it. A refusal is recorded. Throws TenantError and StoreError of the gate: no answer, no resume. */
export async function resumeCampaign(
  deps: ResumeDeps,
  campaignId: string,
  options: Omit<ChangeOptions, "timeoutMs" | "details"> & CampaignGateOptions & { readonly timeoutMs?: number | undefined },
): Promise<ResumeReport> {
  const verdict = await deps.gate(campaignId, options);
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
  const given = { reason, signal, timeoutMs, details: { manifest } };
  return { verdict, change: await changeState(deps, campaignId, "active", given) };
}
