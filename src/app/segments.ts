// Wiring of contact lists: segments that passed the gate, and the pre-dial gate of campaigns, over a store and a tenant.

import { randomUUID } from "node:crypto";
import type { CallType, RulePack } from "../compliance/index.ts";
import { createRandom } from "../kernel/index.ts";
import { type CampaignGate, ContactUseCases, compileRulePack, createCampaignGate, endOfDay } from "../operations/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import { type FactsRuntime, type RulesAsked, rulesOf } from "./compliance.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import type { Workplace } from "./workplace.ts";

/** Contact lists over an open store. */
export interface SegmentRuntime extends AsyncDisposable {
  readonly contacts: ContactUseCases;
  /** The actor. */
  readonly actor: string;
}

/** Opens what segments need. @param options.limits "off" removes every request limit */
export async function openSegments(
  flags: Flags,
  environment: Environment,
  { limits, ...asked }: RulesAsked & { readonly limits?: "off" | undefined } = {},
): Promise<SegmentRuntime> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment, limits === undefined ? {} : { limits });
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const random = createRandom(randomUUID(), "facts");
  const contacts = contactsOn({ config, tenant, store, clock: config.clock, random }, asked);
  const owned = stack.move();
  return { contacts, actor: config.actor, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

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
  {
    facts,
    audit,
    counts,
    gate,
    clock,
    settings,
    rules,
  }: Pick<FactsRuntime, "facts" | "audit" | "counts" | "gate" | "clock" | "settings" | "rules">,
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
