// Starts of campaigns on their way to the tenant: each is noted before it is sent, and until the tenant has answered it. A process may die
// meanwhile, a proxy may hold the request, a reply may be lost: as long as no answer is known, what the tenant shows of the campaign is not final. Nor is
// it for a while after a tenant has accepted a start that it carries out later.

import type { StateIntents } from "../../../store/index.ts";
import {
  type CallOptions,
  type CallReport,
  type CampaignProvisioning,
  type CampaignRunner,
  TenantError,
} from "../../../tenant/port.ts";

/** A tenant that makes a change later than it accepts it shows the old state for so long, ms. */
export const LATE_MS = 10_000;

interface Starting {
  readonly campaignRunner: CampaignRunner;
  readonly campaignProvisioning: CampaignProvisioning;
}

/** The capabilities that let a campaign dial, each such request noted. One that cannot be noted is not sent: rejects with StoreError. */
export function notedStarts(
  { capabilities: { campaignRunner: runner, campaignProvisioning: provisioning } }: { readonly capabilities: Starting },
  { stateIntents: notes }: { readonly stateIntents: Pick<StateIntents, "startSent" | "startAccepted" | "startAnswered"> },
): Starting {
  const { place } = provisioning;
  const noted = async <T extends object>(
    id: string,
    key: string,
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted();
    const note = await notes.startSent(id, key);
    let isAnswered = false;
    let isAccepted = false;
    let answers: string | undefined;
    try {
      const result: T & Partial<CallReport> = await send();
      // One answer to a key is the answer to all requests with it. A tenant without keys may still carry out an earlier one.
      isAccepted = runner.capability.asynchronous;
      if (!isAccepted) answers = key;
      isAnswered = answers !== undefined || result.earlierUnknown !== true;
      return result;
    } catch (thrown) {
      isAnswered = thrown instanceof TenantError && !thrown.outcomeUnknown && !thrown.report.earlierUnknown;
      throw thrown;
    } finally {
      // A note that stays makes a stop look longer, no more.
      const tell = () => (isAccepted ? notes.startAccepted(note, LATE_MS) : notes.startAnswered(note, answers));
      if (isAnswered) await tell().catch(() => undefined);
    }
  };
  return {
    campaignRunner: {
      ...runner,
      setStatus: (id, status, options: CallOptions = {}) => {
        const send = () => runner.setStatus(id, status, options);
        return status === "paused" ? send() : noted(id, options.idempotencyKey ?? "", options.signal, send);
      },
    },
    campaignProvisioning: {
      ...provisioning,
      // The document of a campaign that dials says so: written late, it lets it dial again.
      replace: (id, campaign, lock, key, options) => {
        const send = () => provisioning.replace(id, campaign, lock, key, options);
        return campaign.status === "paused" ? send() : noted(id, key, options?.signal, send);
      },
      ...(place === undefined
        ? {}
        : {
            place: (document, id, placing, options) => {
              const send = () => place(document, id, placing, options);
              return placing.status === "paused" || id === null ? send() : noted(id, placing.fileName, options?.signal, send);
            },
          }),
    },
  };
}
