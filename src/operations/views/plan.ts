// The plan of a dangerous verb, and the hash that binds a confirmation to exactly that plan.

import { createHash } from "node:crypto";
import { canonicalJson } from "../../kernel/index.ts";
import type { ApprovalPlan } from "./schemas/approvals.ts";

/** A plan that can be carried out. */
export interface Planned<Plan> {
  /** The operation, for example `dialer.apply`: a confirmation is valid for one operation only. */
  readonly operation: string;
  /** One line for the person who approves. */
  readonly summary: string;
  /** Everything that was shown and that the plan relies on; JSON. When any of it changes, the confirmation is void. */
  readonly relies: unknown;
  /** Why it must not be carried out, as sentences. */
  readonly refusals: readonly string[];
  readonly plan: Plan;
}

/** A plan with its preview: a second person is shown the same as the first one saw. */
export interface Previewed<Plan> extends Planned<Plan> {
  readonly shown: ApprovalPlan;
}

/** A plan with its preview. */
export async function previewed<Plan>(
  made: Promise<Planned<Plan>>,
  show: (made: Planned<Plan>) => ApprovalPlan,
): Promise<Previewed<Plan>> {
  const plan = await made;
  return { ...plan, shown: show(plan) };
}

/** SHA-256 over the operation and what it relies on, hex. */
export function confirmOf({ operation, relies }: Pick<Planned<unknown>, "operation" | "relies">): string {
  // Converted through JSON: undefined members are not part of what was shown.
  const plain: unknown = JSON.parse(JSON.stringify({ operation, relies }));
  return createHash("sha256").update(canonicalJson(plain)).digest("hex");
}
