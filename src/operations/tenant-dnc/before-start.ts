// How the tenant's do-not-call groups compare with the company's list, checked before a campaign starts. When the operator has
// configured a group for it, a start first adds the missing numbers; `notHeld` says when the result forbids a start.

import type { CallOptions } from "../../tenant/port.ts";
import { TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { DncDifference } from "../views/schemas/tenant.ts";
import type { TenantDncDeps } from "./callbacks.ts";
import { TenantDnc, targetOf } from "./use-cases.ts";

/** Time limit of a look, ms, because a person waits; a separate command compares large groups. */
const LOOK_MS = 15_000;
/**
 * Time limit when numbers are added to the group and then searched for. Numbers that were added stay, so that the next attempt
 * has less to do.
 */
const START_MS = 60_000;

/**
 * The result, or why there is none. `group`: the one that gets the missing numbers before a start; absent when none are added.
 */
export type DncBeforeStart = (DncDifference | { readonly problem: string }) & { readonly group?: string };

/** A start in the form for the audit log, and who ordered it. */
export interface NamedStart {
  readonly what: string;
  readonly by: string;
}

/**
 * Compares and, for a start, adds the missing numbers when a group is configured for that. Null where the tenant has no groups of
 * its own.
 * @param start absent for a look, which changes nothing
 */
export async function dncBeforeStart(
  deps: TenantDncDeps,
  campaignId: string,
  call: CallOptions = {},
  start?: NamedStart,
): Promise<DncBeforeStart | null> {
  const { capability, companyGroup } = deps.tenant.capabilities.doNotCallGroups;
  if (!capability.supported) return null;
  const ms = start === undefined ? LOOK_MS : START_MS;
  const late = AbortSignal.timeout(ms);
  const signal = call.signal === undefined ? late : AbortSignal.any([call.signal, late]);
  const of = companyGroup === undefined ? {} : { group: companyGroup };
  const dnc = new TenantDnc(deps);
  const options = { ...call, signal };
  try {
    if (start !== undefined)
      return { ...(await dnc.beforeStart(campaignId, { start: start.what, by: start.by, ...options })), ...of };
    const found = await dnc.difference(campaignId, options);
    if (found.missing > 0 && companyGroup !== undefined) targetOf(found, companyGroup);
    return { ...found, ...of };
  } catch (thrown) {
    if (call.signal?.aborted === true || !(thrown instanceof TenantError || thrown instanceof OperationError)) throw thrown;
    const then = start === undefined ? "compare" : "push";
    if (thrown instanceof OperationError && !late.aborted)
      return { problem: `${thrown.message}${thrown.advice === undefined ? "" : `. ${thrown.advice}`}`, ...of };
    const verb = start === undefined ? "could not be compared" : "could not be brought up to the company's list";
    const why = late.aborted ? `not within ${ms / 1000} s` : thrown.message;
    return { problem: `${verb}: ${why}; outdial dnc ${then} --campaign ${campaignId} takes its time`, ...of };
  }
}

/** The result as text. */
export function dncWords(found: DncBeforeStart): string {
  if ("problem" in found) return found.problem;
  const { groups, suppressed, missing, campaignId, group, shorter } = found;
  if (shorter !== null) return `${shorter}; ${dncWords({ ...found, shorter: null })}`;
  if (groups.length === 0) {
    const mend =
      suppressed === 0
        ? ""
        : `; let it obey one (doNotCallGroups of its campaign file, or the vendor's administration), then outdial dnc push --campaign ${campaignId}`;
    return `the campaign obeys none of the tenant's groups, and ${suppressed} numbers are on the company's list${mend}`;
  }
  const names = groups.map(({ name }) => name).join(", ");
  if (missing === 0) return `all ${suppressed} numbers of the company's list are in ${names}`;
  const then = group === undefined ? `outdial dnc push --campaign ${campaignId}` : `a start adds them to ${group} first`;
  return `${missing} of ${suppressed} numbers of the company's list are not in ${names}: ${then}`;
}

/** The contacts of a campaign, as far as its gate has read them. */
interface ReadContacts {
  readonly onCompanyList: number;
  readonly read: number;
  readonly announced: number | null;
  readonly whole: boolean;
}

/**
 * Why a start is forbidden, null when it is not: the dialer calls everybody on its list of contacts except those whom a group of
 * the tenant blocks.
 * @param most number of contacts that the gate of a start reads; contacts further down the list are not known
 */
export function notHeld(contacts: ReadContacts, groups: DncBeforeStart | null, most: number): string | null {
  if (groups === null) return null;
  const isFailed = "problem" in groups;
  if (!isFailed && groups.missing === 0) return null;
  const { onCompanyList, read, announced, whole } = contacts;
  const words = `nothing shows that the tenant holds them back: ${dncWords(groups)}`;
  if (groups.group !== undefined) return isFailed ? `of the tenant's do-not-call groups: ${groups.problem}` : null;
  if (onCompanyList > 0) return `${onCompanyList} of ${read} contacts read are on the company's do-not-call list, and ${words}`;
  // A look that reads fewer contacts than a start does not decide about the rest.
  if (whole || read < most) return null;
  const all = announced === null ? "" : ` of ${announced}`;
  return `a start reads the first ${most}${all} contacts; others may be on the company's do-not-call list, and ${words}`;
}
