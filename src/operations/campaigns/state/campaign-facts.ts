// The facts that decide about a campaign's state, taken from the vendor's loose document; fields that cannot be read are
// reported. Pure.

import { z } from "zod";
import type { CampaignPolicy } from "../../../compliance/index.ts";
import { problemsOf } from "../../../kernel/index.ts";
import type { CampaignView } from "../../../tenant/port.ts";

const policy = z.looseObject({
  timeZone: z.string(),
  dialingRules: z.looseObject({ startTime: z.string(), endTime: z.string(), allowedDays: z.array(z.string()) }).nullish(),
  rateLimits: z
    .looseObject({
      maxCallsPerContactPerDay: z.int().min(0),
      maxCallsPerContactPerWeek: z.int().min(0),
      maxCallsPerDay: z.int().min(0),
    })
    .nullish(),
});

const dialer = z.looseObject({
  predictiveSettings: z.looseObject({
    answerRatio: z.number().optional().catch(undefined),
    maxCallsInFlight: z.number().optional().catch(undefined),
    callRate: z.number().optional().catch(undefined),
    abandonmentThreshold: z.number().optional().catch(undefined),
  }),
});

/** The dialer's settings of a campaign, in short; what is not given is absent. */
interface DialerInShort {
  readonly answerRatio?: number | undefined;
  readonly maxCallsInFlight?: number | undefined;
  /** Calls a second. */
  readonly callRate?: number | undefined;
  readonly abandonmentThreshold?: number | undefined;
}

/** The facts about a campaign that its state depends on. */
export interface CampaignFacts {
  readonly id: string;
  readonly name: string | null;
  /** The vendor's word, such as `active` or `paused`. */
  readonly status: string;
  readonly listId: string | null;
  readonly queueId: string | null;
  readonly dialer: DialerInShort | null;
  /** Its own calling rules; undefined when it has none. */
  readonly policy: CampaignPolicy | undefined;
  /** What is wrong with its calling rules: nothing may be started when its rules cannot be read. */
  readonly policyProblem: string | undefined;
}

/** The facts that the gate and the status need; fields that cannot be read are reported as such. */
export function campaignFacts(id: string, document: CampaignView): CampaignFacts {
  const { complianceConfig: own, dialerConfig, queueId } = document;
  const read = own === undefined || own === null ? undefined : policy.safeParse(own);
  const short = dialer.safeParse(dialerConfig);
  return {
    id,
    name: document.name ?? null,
    status: document.status,
    listId: document.contactListId || null,
    queueId: typeof queueId === "string" ? queueId : null,
    dialer: short.success ? short.data.predictiveSettings : null,
    policy: read?.success === true ? policyOf(read.data) : undefined,
    policyProblem:
      read?.success === false
        ? problemsOf(policy, own, read.error)
            .map(({ path, message }) => `complianceConfig.${path}: ${message}`)
            .join("; ")
        : undefined,
  };
}

function policyOf({ timeZone, dialingRules, rateLimits }: z.output<typeof policy>): CampaignPolicy {
  return { timeZone, dialingRules: dialingRules ?? undefined, rateLimits: rateLimits ?? undefined };
}
