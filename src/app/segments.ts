// Wiring of contact lists: segments that passed the gate, and the pre-dial gate of campaigns, over a store and a tenant.

import { randomUUID } from "node:crypto";
import type { CallType, RulePack } from "../compliance/index.ts";
import { createRandom } from "../kernel/index.ts";
import { type CampaignGate, ContactUseCases, compileRulePack, createCampaignGate, endOfDay } from "../operations/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import { type FactsRuntime, type RulesAsked, rulesOf } from "./compliance.ts";
import { opening } from "./opening.ts";
import type { Workplace } from "./workplace.ts";

/** Opens what segments need. */
export const openSegments = opening(
  async (
    { config, tenant, store },
    { "no-limits": off, ...asked }: RulesAsked & { readonly "no-limits"?: true | undefined } = {},
  ) => {
    const random = createRandom(randomUUID(), "facts");
    const parts = { tenant: await tenant(off === undefined ? {} : { limits: "off" }), store: await store() };
    return { contacts: contactsOn({ config, ...parts, clock: config.clock, random }, asked), actor: config.actor };
  },
);

/** Contact lists of a workplace. */
export function contactsOn(
  context: Pick<Workplace, "config" | "tenant" | "store" | "clock" | "random">,
  asked: RulesAsked = {},
): ContactUseCases {
  return new ContactUseCases(context, { rules: rulesOf(context.config, asked) });
}

/** The pre-dial gate of a configuration over an open store. */
export async function campaignGateOf(
  tenant: TenantLink,
  { facts, audit, counts, gate, clock, settings, rules }: FactsRuntime,
  given: {
    readonly pack?: RulePack | undefined;
    readonly callType?: CallType | undefined;
    readonly skewMs?: TenantLink["skewMs"] | undefined;
  } = {},
): Promise<CampaignGate> {
  return createCampaignGate({
    runner: tenant.capabilities.campaignRunner,
    contacts: tenant.capabilities.contactSource,
    metrics: tenant.capabilities.metricsSource,
    gate,
    facts,
    audit,
    counts,
    pack: given.pack ?? (await rules()).pack,
    compile: compileRulePack,
    clock,
    dayEnds: (now) => endOfDay(now, settings.timeZone),
    countEarlyHangups: settings.countEarlyHangups,
    callType: given.callType,
    skewMs: given.skewMs ?? (() => tenant.skewMs()),
  });
}
