// How the tenant's do-not-call groups stand to the company's list, told before a campaign starts. It forbids nothing: the company's list is asked by the gate.

import type { CallOptions } from "../../tenant/port.ts";
import { TenantError } from "../../tenant/port.ts";
import type { DncDifference } from "../views/schemas/tenant.ts";
import { TenantDnc, type TenantDncDeps } from "./use-cases.ts";

/** Somebody waits for it: large groups are compared by a command of its own. */
const LONGEST_MS = 15_000;

/** What was found, or why nothing was. */
export type DncBeforeStart = DncDifference | { readonly problem: string };

/** Null where the tenant has no groups of its own. */
export async function dncBeforeStart(
  deps: TenantDncDeps,
  campaignId: string,
  call: CallOptions = {},
): Promise<DncBeforeStart | null> {
  if (!deps.tenant.capabilities.doNotCallGroups.capability.supported) return null;
  const late = AbortSignal.timeout(LONGEST_MS);
  const signal = call.signal === undefined ? late : AbortSignal.any([call.signal, late]);
  try {
    return await new TenantDnc(deps).difference(campaignId, { ...call, signal });
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || call.signal?.aborted === true) throw thrown;
    const why = late.aborted ? `not within ${LONGEST_MS / 1000} s` : thrown.message;
    return { problem: `could not be compared: ${why}; outdial dnc compare --campaign ${campaignId} takes its time` };
  }
}

/** The same in words. */
export function dncWords(found: DncBeforeStart): string {
  if ("problem" in found) return found.problem;
  const { groups, suppressed, missing, campaignId } = found;
  if (groups.length === 0)
    return `the campaign obeys none of the tenant's groups, and ${suppressed} numbers are on the company's list`;
  const names = groups.map(({ name }) => name).join(", ");
  if (missing === 0) return `all ${suppressed} numbers of the company's list are in ${names}`;
  return `${missing} of ${suppressed} numbers of the company's list are not in ${names}: outdial dnc push --campaign ${campaignId}`;
}
