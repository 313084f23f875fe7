// What can be done with a closed interaction: show it, and what a correction would store. Corrections themselves are jobs.

import type { Context } from "../context.ts";
import type { PlanReport, PlanSink } from "../jobs/index.ts";
import type { CorrectionView, InteractionView } from "../views/schemas/interactions.ts";
import type { Policy } from "./entry.ts";
import { type CorrectionSource, previewCorrection, readInteraction, readTree, validateCorrections } from "./service.ts";
import type { ExclusiveRules } from "./tree.ts";

/** A correction as it is asked for. `timestamp` in ISO 8601, the present when it is left out; `policy` is append when left out. */
export interface Correction {
  readonly code: string;
  readonly agentId: string;
  readonly description?: string | undefined;
  readonly timestamp?: string | undefined;
  readonly policy?: Policy | undefined;
}

export class InteractionUseCases {
  readonly #context: Pick<Context, "tenant" | "clock">;
  readonly #exclusive: ExclusiveRules;

  /** @param exclusive codes that must not stand together */
  constructor(context: Pick<Context, "tenant" | "clock">, exclusive: ExclusiveRules) {
    this.#context = context;
    this.#exclusive = exclusive;
  }

  /** The dispositions of an interaction, with the codes that explain them. Throws TenantError. */
  async show(id: string): Promise<InteractionView> {
    const { tag, dispositions } = await readInteraction(this.#desk, id);
    const tree = await readTree(this.#desk);
    return {
      interactionId: id,
      tag,
      dispositions: dispositions.map((one) => ({ ...one })),
      codes: Object.fromEntries([...tree].map(([code, node]) => [code, { ...node }])),
    };
  }

  /** What a correction would store now; writes nothing. Throws TenantError. */
  async preview(
    id: string,
    { code, agentId, description = "", timestamp, policy = "append" }: Correction,
  ): Promise<CorrectionView> {
    const at = timestamp ?? new Date(this.#context.clock.now()).toISOString();
    const row = { line: 1, interactionId: id, code, description, agentId, timestamp: at, policy };
    const { now, merge, problems } = await previewCorrection(this.#desk, row, this.#exclusive);
    const after = merge?.kind === "write" ? merge.dispositions : now.dispositions;
    return {
      interactionId: id,
      before: now.dispositions.map((one) => ({ ...one })),
      after: after.map((one) => ({ ...one })),
      problems: problems.map((one) => ({ ...one })),
    };
  }

  /** Checks a whole input against the tree of codes; sends nothing and reads no interaction. */
  async check(source: CorrectionSource, sink: PlanSink = {}): Promise<PlanReport> {
    return validateCorrections(source, await readTree(this.#desk), sink);
  }

  get #desk() {
    return this.#context.tenant.capabilities.interactionDispositions;
  }
}
