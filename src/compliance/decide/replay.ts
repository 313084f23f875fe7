// Recorded decisions, decided again with another pack: which of last week's decisions would it change?

import { z } from "zod";
import { problemText } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { formatInstant } from "../time/civil.ts";
import type { CompiledPack } from "./compile.ts";
import { decide } from "./decide.ts";
import { parseQuestion } from "./input.ts";

const recorded = z.looseObject({
  line: z.int().optional(),
  id: z.union([z.string(), z.number()]).optional(),
  input: z.looseObject({}),
  decision: z.enum(["allow", "deny"]),
  rules: z.array(z.string()),
  next: z.iso.datetime({ offset: true }).nullable(),
});

/** A recorded decision and the decision of another pack. */
export interface Replayed {
  readonly id: string | number | undefined;
  /**
   * Undefined when nothing changes. `decision`: allow becomes deny or the reverse; `rules`: other rules are broken; `next`: only
   * the next allowed instant changes.
   */
  readonly change: "decision" | "rules" | "next" | undefined;
  readonly before: { readonly decision: "allow" | "deny"; readonly rules: readonly string[]; readonly next: string | null };
  readonly after: { readonly decision: "allow" | "deny"; readonly rules: readonly string[]; readonly next: string | null };
}

/**
 * Decides a recorded decision again. Throws `invalid_facts` when the value is not a record.
 * @param value a line that `outdial compliance check --record` or `gate --record` wrote: `{input, decision, rules, next, …}`
 */
export function replay(value: unknown, pack: CompiledPack): Replayed {
  const parsed = recorded.safeParse(value);
  if (!parsed.success) {
    throw new ComplianceError("invalid_facts", `not a recorded decision: ${problemText(recorded, value, parsed.error)}`, {
      advice: "record decisions with outdial compliance check --record, or gate --record FILE",
    });
  }
  const { id, input, decision, rules } = parsed.data;
  const { call, facts, at } = parseQuestion(input);
  const again = decide(call, facts, pack, at);
  const before = {
    decision,
    rules: [...rules].sort(),
    next: parsed.data.next === null ? null : formatInstant(Date.parse(parsed.data.next)),
  };
  const after = { decision: again.decision, rules: again.rules, next: again.next === null ? null : formatInstant(again.next) };
  const change =
    before.decision !== after.decision
      ? "decision"
      : before.rules.join() !== after.rules.join()
        ? "rules"
        : before.next !== after.next
          ? "next"
          : undefined;
  return { id, change, before, after };
}
