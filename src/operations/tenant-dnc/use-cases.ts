// The company's list and the tenant's own do-not-call groups: compared, brought over, proven number by number. The company's list stays the master: nothing
// is taken off a group here.

import type { PhoneKey, Store } from "../../store/index.ts";
import { type CallbackView, type CallOptions, requireSupported, type TenantLink } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";

/** Numbers that are read of the store at once. */
const BATCH = 10_000;
/** Numbers that a result names. */
const NAMED = 20;
const NORTH_AMERICAN = 11;

/** A number as the tenant writes it: without the country's 1 in North America. How others are written is not known; each is proven by a search. */
function tenantNumber(number: PhoneKey): string {
  const text = String(number);
  return text.length === NORTH_AMERICAN && text.startsWith("1") ? text.slice(1) : text;
}

/** How a campaign's groups stand to the company's list. */
export interface DncDifference {
  readonly campaignId: string;
  readonly groups: readonly { readonly id: string; readonly name: string; readonly numbers: number }[];
  /** Numbers on the company's list. */
  readonly suppressed: number;
  /** Of these, those in none of the groups: the tenant's dialer would call them. */
  readonly missing: number;
  /** Numbers of the groups that are not on the company's list. */
  readonly theirs: number;
}

/** What became of a push. */
export interface DncPush extends DncDifference {
  readonly group: string;
  readonly added: number;
  /** Of the missing, those that the tenant's own search finds in the group now. */
  readonly proven: number;
  /** The others, some of them by their last digits with the tenant's words. */
  readonly unproven: number;
  readonly examples: readonly { readonly number: string; readonly message: string }[];
}

export interface TenantDncDeps {
  readonly tenant: Pick<TenantLink, "capabilities">;
  readonly store: Pick<Store, "facts" | "audit">;
}

interface Compared {
  readonly difference: DncDifference;
  readonly missing: readonly string[];
}

export class TenantDnc {
  readonly #deps: TenantDncDeps;

  constructor(deps: TenantDncDeps) {
    this.#deps = deps;
  }

  /** Compares; changes nothing. Throws TenantError `unsupported`, StoreError. */
  async difference(campaignId: string, options: CallOptions = {}): Promise<DncDifference> {
    return (await this.#compare(campaignId, options)).difference;
  }

  /**
   * Adds to a group what is missing in all groups that the campaign obeys, and proves each number by the tenant's search. What was added before is found
   * again, so that it may be repeated after anything.
   * @param asked.group one of the obeyed groups; may be left out where there is one
   * @throws OperationError `not_available` when the campaign obeys no group, `invalid_input` when none or another one is named; TenantError
   */
  async push(
    campaignId: string,
    {
      group,
      by,
      onProgress = () => {},
      ...options
    }: {
      readonly group?: string | undefined;
      readonly by: string;
      /** Told how many numbers are proven or not, of how many. */
      readonly onProgress?: (done: number, all: number) => void;
    } & CallOptions,
  ): Promise<DncPush> {
    const { doNotCallGroups: groups } = this.#deps.tenant.capabilities;
    const { difference, missing } = await this.#compare(campaignId, options);
    const target = targetOf(difference, group);
    const record = (action: string, details: Readonly<Record<string, unknown>>) =>
      this.#deps.store.audit.append([{ actor: by, action, subject: `campaign/${campaignId}`, details }]);
    // What a process that dies in the middle had begun is known.
    await record("dnc.push", { group: target, suppressed: difference.suppressed, missing: missing.length });
    const refused = new Map<string, string>();
    for (let at = 0; at < missing.length; at += groups.mostAtOnce)
      for (const { number, message } of await groups.add(target, missing.slice(at, at + groups.mostAtOnce), options))
        refused.set(number, message);
    const examples: { number: string; message: string }[] = [];
    let proven = 0;
    for (const [index, number] of missing.entries()) {
      onProgress(index, missing.length);
      const isFound = (await groups.find(number, options)).includes(target);
      if (isFound) proven += 1;
      else if (examples.length < NAMED)
        examples.push({ number: `…${number.slice(-4)}`, message: refused.get(number) ?? "the tenant's search does not find it" });
    }
    const result = {
      ...difference,
      group: target,
      added: missing.length - refused.size,
      proven,
      unproven: missing.length - proven,
      examples,
    };
    const { added, unproven, suppressed } = result;
    await record("dnc.pushed", { group: target, suppressed, missing: missing.length, added, proven, unproven });
    return result;
  }

  async #compare(campaignId: string, options: CallOptions): Promise<Compared> {
    const { doNotCallGroups: source } = this.#deps.tenant.capabilities;
    requireSupported("show do-not-call groups", source.capability);
    const theirs = new Set<string>();
    const groups: { id: string; name: string; numbers: number }[] = [];
    for (const group of await source.obeyed(campaignId, options)) {
      let numbers = 0;
      for await (const number of source.numbers(group.id, options)) {
        theirs.add(number);
        numbers += 1;
      }
      groups.push({ ...group, numbers });
    }
    const missing: string[] = [];
    let suppressed = 0;
    let shared = 0;
    for (let after = 0, batch: readonly PhoneKey[] = []; ; after = batch.at(-1) ?? after) {
      batch = await this.#deps.store.facts.suppressedNumbers(after, BATCH);
      for (const number of batch) {
        const written = tenantNumber(number);
        if (theirs.has(written) || theirs.has(String(number))) shared += 1;
        else missing.push(written);
      }
      suppressed += batch.length;
      if (batch.length < BATCH) break;
    }
    const difference = { campaignId, groups, suppressed, missing: missing.length, theirs: theirs.size - shared };
    return { difference, missing };
  }
}

function targetOf({ campaignId, groups }: DncDifference, named: string | undefined): string {
  const [first, ...others] = groups;
  if (first === undefined)
    throw new OperationError("not_available", `campaign ${campaignId} obeys no do-not-call group of the tenant`, {
      advice: "Have it obey one in the vendor's administration; outdial attaches none by itself.",
    });
  const ids = groups.map(({ id, name }) => `${id} (${name})`).join(", ");
  if (named === undefined && others.length > 0)
    throw new OperationError("invalid_input", `campaign ${campaignId} obeys several do-not-call groups: name one of ${ids}`, {
      advice: "Give --group ID.",
    });
  const target = named ?? first.id;
  if (groups.some(({ id }) => id === target)) return target;
  throw new OperationError("invalid_input", `campaign ${campaignId} does not obey the do-not-call group ${target}, but ${ids}`);
}

/** Callbacks that the tenant will place by itself: seen and taken away. */
export class TenantCallbacks {
  readonly #deps: TenantDncDeps;

  constructor(deps: TenantDncDeps) {
    this.#deps = deps;
  }

  /** Throws TenantError `unsupported`, `not_found`. */
  list(campaignId: string, options: CallOptions = {}): Promise<readonly CallbackView[]> {
    const { scheduledCallbacks } = this.#deps.tenant.capabilities;
    requireSupported("show scheduled callbacks", scheduledCallbacks.capability);
    return scheduledCallbacks.list(campaignId, options);
  }

  /** Deletes one, with the reason, which goes to the tenant and into the audit log. */
  async remove(id: string, { why, by, ...options }: { readonly why: string; readonly by: string } & CallOptions) {
    const { scheduledCallbacks } = this.#deps.tenant.capabilities;
    requireSupported("delete scheduled callbacks", scheduledCallbacks.capability);
    const { already } = await scheduledCallbacks.remove(id, why, options);
    const details = { reason: why, already };
    await this.#deps.store.audit.append([{ actor: by, action: "callback.deleted", subject: `callback/${id}`, details }]);
    return { id, already };
  }
}
