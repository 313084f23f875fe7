// Wiring of contact lists: segments that pass the gate, and the pre-dial gate of campaigns, over a store and a tenant.

import type { CallType, RulePack } from "../compliance/index.ts";
import {
  type CampaignGate,
  compileRulePack,
  createCampaignGate,
  endOfDay,
  readSegment,
  type SegmentReport,
} from "../operations/index.ts";
import type { CallOptions, Tenant } from "../tenant/index.ts";
import { type FactsRuntime, factsOf } from "./compliance.ts";
import { type Flags, loadConfig } from "./config.ts";
import { readRulePack, withTenantRules } from "./rule-pack.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type Environment, storeOf, type Workplace } from "./workplace.ts";

type SegmentArguments = Parameters<typeof readSegment>;

/** What a segment is asked by, the rules apart. */
export type SegmentQuestion = Omit<SegmentArguments[1], "pack"> & { readonly packFile?: string | undefined };

/** Contact lists over an open store. */
export interface SegmentRuntime extends AsyncDisposable {
  /** The queries are judged on the rules of the configuration, and the campaign's own when one is named. */
  segment(question: SegmentQuestion, sink: SegmentArguments[2], options: CallOptions): Promise<SegmentReport>;
}

/** Opens what segments need. @param limits "off" lifts every request limit */
export async function openSegments(flags: Flags, environment: Environment, limits?: "off"): Promise<SegmentRuntime> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment, limits === undefined ? {} : { limits });
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const segments = segmentsOn({ config, tenant, store });
  const owned = stack.move();
  return { ...segments, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Segments of a workplace, in the name of its actor. */
export function segmentsOn({
  config,
  tenant,
  store,
}: Pick<Workplace, "config" | "tenant" | "store">): Pick<SegmentRuntime, "segment"> {
  const runtime = factsOf(config, store);
  const { contactSource: source, campaignRunner } = tenant.capabilities;
  return {
    async segment({ packFile, ...question }, sink, options) {
      const base = await readRulePack(packFile ?? runtime.settings.pack);
      const { campaign } = question;
      const rules =
        campaign === undefined ? base : withTenantRules(base, campaign, await campaignRunner.status(campaign, options));
      const deps = { source, gate: runtime.gate, record: runtime.record, actor: runtime.actor };
      return readSegment(deps, { ...question, pack: compileRulePack(rules) }, sink, options);
    },
  };
}

/** The pre-dial gate of a configuration over an open store. */
export async function campaignGateOf(
  tenant: Tenant,
  { facts, gate, clock, settings }: Pick<FactsRuntime, "facts" | "gate" | "clock" | "settings">,
  given: { readonly pack?: RulePack | undefined; readonly callType?: CallType | undefined } = {},
): Promise<CampaignGate> {
  return createCampaignGate({
    runner: tenant.capabilities.campaignRunner,
    contacts: tenant.capabilities.contactSource,
    gate,
    facts,
    pack: given.pack ?? (await readRulePack(settings.pack)),
    compile: compileRulePack,
    clock,
    dayEnds: (now) => endOfDay(now, settings.timeZone),
    countEarlyHangups: settings.countEarlyHangups,
    callType: given.callType,
  });
}
