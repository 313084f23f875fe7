// What can be done with the tenant's contact lists: find out who on them may be called.

import { campaignOverlay, mergePacks, type RulePack } from "../../../compliance/index.ts";
import type { CallOptions } from "../../../tenant/port.ts";
import { type ComplianceRules, compileRulePack, createGate, requireClock } from "../../compliance/index.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { campaignFacts } from "../state/campaign-facts.ts";
import { readSegment, type SegmentReport, type SegmentRequest, type SegmentSink } from "./segment.ts";

/** What use cases of contact lists need. */
export type ContactContext = Pick<Context, "tenant" | "store" | "clock" | "random">;

/** Finds out who on the tenant's contact lists may be called. Errors: OperationError, TenantError, ComplianceError. */
export class ContactUseCases {
  readonly #context: ContactContext;
  readonly #rules: Pick<ComplianceRules, "rules">;

  constructor(context: ContactContext, rules: Pick<ComplianceRules, "rules">) {
    this.#context = context;
    this.#rules = rules;
  }

  /**
   * Reads a list to its end and passes it through the gate: by the rules in force here, and the campaign's own when one is named.
   * The manifest is stored and the audit log has the queries. Throws TenantError, StoreError; OperationError `invalid_input` for
   * rules of the campaign that cannot be used.
   */
  async segment(
    request: Omit<SegmentRequest, "pack">,
    sink: SegmentSink,
    { by, ...options }: CallOptions & { readonly by: string },
  ): Promise<SegmentReport> {
    const { store, clock, random, tenant } = this.#context;
    const { facts, holds, audit } = store;
    const { contactSource: source } = tenant.capabilities;
    const { compiled, pack: base } = await this.#rules.rules();
    const { campaign } = request;
    const pack = campaign === undefined ? compiled : compileRulePack(await this.#campaignRules(base, campaign, options));
    const gate = createGate({ facts, holds, audit, clock, random, actor: by, requireClock: () => requireClock(tenant) });
    const deps = {
      source,
      store,
      gate,
      record: (entry: Parameters<typeof audit.append>[0][number]) => audit.append([entry]),
      actor: by,
      now: () => clock.now(),
    };
    return readSegment(deps, { ...request, pack }, sink, options);
  }

  /** Adds the rules that a campaign has at the tenant to a pack. */
  async #campaignRules(pack: RulePack, id: string, options: CallOptions): Promise<RulePack> {
    const { campaignRunner } = this.#context.tenant.capabilities;
    const { policy, policyProblem } = campaignFacts(id, await campaignRunner.status(id, options));
    if (policyProblem !== undefined)
      throw new OperationError(
        "invalid_input",
        `the rules that campaign ${id} has at the tenant cannot be used: ${policyProblem}`,
      );
    return policy === undefined ? pack : mergePacks(pack, campaignOverlay(id, policy));
  }
}
