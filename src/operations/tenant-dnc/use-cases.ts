// The company's list and the tenant's own do-not-call groups: compare, add the missing numbers, prove each number. The company's
// list stays the master: nothing is removed from a group here.

import { z } from "zod";
import { DAY_MS, isWithin } from "../../kernel/index.ts";
import type { PhoneKey } from "../../store/index.ts";
import { type CallOptions, type DoNotCallGroupName, requireSupported, TenantError } from "../../tenant/port.ts";
import { phone } from "../compliance/values.ts";
import { OperationError } from "../error.ts";
import { compare, shorterWords } from "../known/index.ts";
import type { DncDifference, DncPush } from "../views/schemas/tenant.ts";
import { AGREED_MS, removeCallbacks, type TenantDncDeps } from "./callbacks.ts";

/** How many numbers are read from the store at once. */
const BATCH = 10_000;
/** Most numbers that a result names. */
const NAMED = 20;
const NORTH_AMERICAN = 11;

/**
 * A number as the tenant writes it: in North America without the country's 1. How the tenant writes other numbers is not known;
 * each is proven by a search.
 */
export function tenantNumber(number: PhoneKey): string {
  const text = String(number);
  return text.length === NORTH_AMERICAN && text.startsWith("1") ? text.slice(1) : text;
}

type CompareOptions = CallOptions & { readonly obeyed?: readonly DoNotCallGroupName[] };

interface Compared {
  readonly difference: DncDifference;
  readonly missing: readonly string[];
  /** All of the company's list. */
  readonly company: readonly string[];
  /** Numbers of the groups. */
  readonly numbers: number;
}

/** Of calling lists that people were taken off: since when the tenant does not have one, and when it said so last, ms; null where it had it last. */
const keptLists = z.record(z.string(), z.object({ absent: z.number(), asked: z.number() }).nullable());

/** A list that is gone is asked for again after so long, ms: the answer may have been wrong. */
const ASKED_AGAIN_MS = DAY_MS;

/**
 * Takes people off the tenant's calling lists, and deletes the callbacks that it has scheduled for them: beside the do-not-call groups, which only its
 * dialer obeys. `failed`: why some are, or may be, left; `unproven`: what rests on one answer alone. It can be repeated.
 * @param campaigns those with callbacks to look at
 */
export async function takeOut(
  { tenant, store, clock }: TenantDncDeps,
  { numbers, campaigns, by, why }: { numbers: readonly string[]; campaigns: readonly string[]; by: string; why: string },
  options: CallOptions = {},
): Promise<{
  readonly records: number;
  readonly callbacks: number;
  readonly failed: readonly string[];
  readonly unproven: readonly string[];
}> {
  const { contactSource, scheduledCallbacks: source } = tenant.capabilities;
  const keyOf = (number: string) => {
    const read = phone(number);
    return "ok" in read ? String(read.ok) : number;
  };
  const failed: string[] = [];
  const unproven: string[] = [];
  const refused = (thrown: unknown) => {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    failed.push(thrown.message);
    return undefined;
  };
  if (numbers.length === 0) return { records: 0, callbacks: 0, failed, unproven };
  const readings = store.tenantReadings;
  const key = { what: "calling-lists" } as const;
  const asked = clock.now();
  const kept = keptLists.safeParse((await readings.find(key))?.value).data ?? {};
  const isGone = (one: (typeof kept)[string] | undefined) =>
    !!one && one.asked - one.absent >= AGREED_MS && isWithin(ASKED_AGAIN_MS, one.asked, asked);
  const known = {
    lists: [...Object.keys(kept), ...(await store.knownCounts.subjects("contacts"))],
    gone: new Set(Object.keys(kept).filter((id) => isGone(kept[id]))),
  };
  const off = await contactSource.takeOff?.(new Set(numbers), known, options).catch(refused);
  if (off !== undefined) {
    const now = await readings.add(key, asked, (before) => {
      const lists = { ...keptLists.safeParse(before).data };
      for (const id of off.there) lists[id] = null;
      for (const id of off.absent) lists[id] = { absent: lists[id]?.absent ?? asked, asked };
      return lists;
    });
    for (const id of off.absent)
      if (asked - (now[id]?.absent ?? asked) < AGREED_MS)
        failed.push(
          `list ${id}: the tenant says that it does not have it, and one answer proves nothing; look again in a minute`,
        );
  }
  let callbacks = 0;
  if (source.capability.supported) {
    const wanted = new Set(numbers.map(keyOf));
    const isTheirs = (number: string) => wanted.has(keyOf(number));
    for (const campaignId of campaigns) {
      const removing = removeCallbacks(
        { source, readings, clock },
        { campaignId, isTheirs, why },
        { failed: (words) => failed.push(words), unproven: (words) => unproven.push(words) },
        options,
      );
      callbacks += (await removing.catch(refused)) ?? 0;
    }
  }
  failed.push(...(off?.failed ?? []));
  const { records = 0, lists = [] } = off ?? {};
  if (records > 0 || callbacks > 0 || failed.length > 0) {
    const details = { numbers: numbers.length, records, lists, callbacks, failed: failed.slice(0, NAMED), reason: why };
    await store.audit.append([{ actor: by, action: "dnc.taken_off", subject: "calling-lists", details }]);
  }
  return { records, callbacks, failed, unproven };
}

/** The numbers of the company's list. Throws StoreError. */
export async function companyNumbers({ store }: Pick<TenantDncDeps, "store">): Promise<readonly PhoneKey[]> {
  const all: PhoneKey[] = [];
  for (;;) {
    const batch = await store.facts.suppressedNumbers(all.at(-1) ?? 0, BATCH);
    for (const number of batch) all.push(number);
    if (batch.length < BATCH) return all;
  }
}

/** Keeps for people, and for the service, what people who opted out are still on, or may be; nothing when that is over. Throws StoreError. */
async function keepLeft({ store, clock }: TenantDncDeps, campaignId: string, failed: readonly string[]): Promise<void> {
  const key = { what: "opt-outs", subject: campaignId } as const;
  const [message, now] = [failed.slice(0, NAMED).join("; "), clock.now()];
  if (message !== "") return store.tenantReadings.fail(key, { code: "still_listed", message }, now);
  if ((await store.tenantReadings.find(key))?.problem) await store.tenantReadings.keep(key, null, { at: now, now });
}

/** What the audit entry of a push says: the group, and the numbers of all groups of the campaign after it. */
const pushedDetails = z.object({ group: z.string(), proven: z.int(), numbers: z.int().optional() });

/**
 * Compares the tenant's do-not-call groups with the company's list, and sends what is missing. Errors: TenantError `unsupported`,
 * StoreError.
 */
export class TenantDnc {
  readonly #deps: TenantDncDeps;

  constructor(deps: TenantDncDeps) {
    this.#deps = deps;
  }

  /**
   * Compares; changes nothing. Throws TenantError `unsupported`, StoreError.
   * @param options.obeyed the groups that the campaign obeys, when they are known
   */
  async difference(campaignId: string, options: CompareOptions = {}): Promise<DncDifference> {
    return (await this.#compare(campaignId, options)).difference;
  }

  /**
   * Compares before a start; when the operator has configured it, missing numbers are first added and proven.
   * @param asked.start names the start in the audit log
   * @throws OperationError as of `push`, `not_available` as well when a number is not proven; TenantError
   */
  async beforeStart(
    campaignId: string,
    { start, by, ...options }: { readonly start: string; readonly by: string } & CallOptions,
  ): Promise<DncDifference> {
    const compared = await this.#compare(campaignId, options);
    const { companyGroup } = this.#deps.tenant.capabilities.doNotCallGroups;
    if (companyGroup === undefined || compared.missing.length === 0) return compared.difference;
    const { unproven, missing, group, examples } = await this.#bring(compared, { group: companyGroup, by, start, ...options });
    if (unproven === 0) return { ...compared.difference, missing: 0 };
    const [first] = examples;
    const why = first === undefined ? "" : `: ${first.number}: ${first.message}`;
    throw new OperationError(
      "not_available",
      `${unproven} of ${missing} numbers that were added to the do-not-call group ${group} are not found there${why}`,
    );
  }

  /**
   * Adds to a group the numbers that are missing in all groups that the campaign obeys, and proves each number by the tenant's
   * search. Numbers that were added before are found again, so that this may be repeated at any time.
   * @param asked.group one of the obeyed groups; may be left out where there is one
   * @throws OperationError `not_available` when the campaign obeys no group, `invalid_input` when none or another one is named;
   * TenantError
   */
  async push(
    campaignId: string,
    asked: {
      readonly group?: string | undefined;
      /** Most numbers that are added and searched for; all by default. */
      readonly most?: number | undefined;
      /** Campaigns whose callbacks are looked at; this one by default. */
      readonly campaigns?: readonly string[];
      readonly by: string;
      /** Called with the number of numbers that are settled, proven or not, and the number of all. */
      readonly onProgress?: (done: number, all: number) => void;
    } & CallOptions,
  ): Promise<DncPush> {
    return this.#bring(await this.#compare(campaignId, asked), asked);
  }

  async #bring(
    { difference, missing: all, company, numbers: before }: Compared,
    {
      group,
      campaigns,
      most = Number.POSITIVE_INFINITY,
      by,
      start,
      onProgress = () => {},
      ...options
    }: Parameters<TenantDnc["push"]>[1] & { readonly start?: string },
  ): Promise<DncPush> {
    const { doNotCallGroups: groups } = this.#deps.tenant.capabilities;
    const { campaignId } = difference;
    const missing = all.slice(0, most);
    const target = targetOf(difference, group);
    const of = start === undefined ? {} : { start };
    const record = (action: string, details: Readonly<Record<string, unknown>>) =>
      this.#deps.store.audit.append([{ actor: by, action, subject: `campaign/${campaignId}`, details: { ...details, ...of } }]);
    // Written before, so that it is known what a process had begun if it dies.
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
      left: all.length - missing.length,
      examples,
    };
    const { added, unproven, suppressed } = result;
    const numbers = before + proven;
    await record("dnc.pushed", { group: target, suppressed, missing: missing.length, added, proven, unproven, numbers });
    // A start has no time for reading whole lists.
    if (start !== undefined) return { ...result, takenOff: 0, callbacks: 0, stillListed: 0, reasons: [] };
    // Not the missing ones alone: an earlier push may have left some that are in the group since.
    const asked = { numbers: company, campaigns: campaigns ?? [campaignId], by, why: "on the company's do-not-call list" };
    const { records, callbacks, failed, unproven: first } = await takeOut(this.#deps, asked, options);
    await keepLeft(this.#deps, campaignId, failed);
    const reasons = [...failed, ...first].slice(0, NAMED);
    return { ...result, takenOff: records, callbacks, stillListed: failed.length, reasons };
  }

  async #compare(campaignId: string, { obeyed, ...options }: CompareOptions): Promise<Compared> {
    const { doNotCallGroups: source } = this.#deps.tenant.capabilities;
    requireSupported("show do-not-call groups", source.capability);
    const theirs = new Set<string>();
    const groups: { id: string; name: string; numbers: number }[] = [];
    for (const group of obeyed ?? (await source.obeyed(campaignId, options))) {
      let numbers = 0;
      for await (const number of source.numbers(group.id, options)) {
        const read = phone(number);
        theirs.add("ok" in read ? tenantNumber(read.ok) : number);
        numbers += 1;
      }
      groups.push({ ...group, numbers });
    }
    const company: string[] = [];
    const missing: string[] = [];
    for (const number of await companyNumbers(this.#deps)) {
      const written = tenantNumber(number);
      company.push(written);
      if (!theirs.has(written) && !theirs.has(String(number))) missing.push(written);
    }
    const [suppressed, shared, numbers] = [company.length, company.length - missing.length, theirs.size];
    const shorter = await this.#shorter(campaignId, groups, numbers);
    const difference = { campaignId, groups, suppressed, missing: missing.length, theirs: numbers - shared, shorter };
    return { difference, missing, company, numbers };
  }

  /** What the answer lacks of what the last push proved; null where that is nothing. */
  async #shorter(campaignId: string, groups: readonly { readonly id: string }[], count: number): Promise<string | null> {
    const asked = { action: "dnc.pushed", subject: `campaign/${campaignId}`, newestFirst: true, limit: 1 };
    const [last] = await this.#deps.store.audit.list(asked);
    const { data: pushed } = pushedDetails.safeParse(last?.details);
    if (last === undefined || pushed === undefined) return null;
    const at = Date.parse(last.time);
    const what = `the tenant's answer about the do-not-call groups of campaign ${campaignId}`;
    const things = [{ id: pushed.group, name: pushed.group, at }];
    const numbers = [{ count: pushed.numbers ?? pushed.proven, by: "outdial's last push", at, share: 1 }];
    const lacks = shorterWords(compare({ ids: new Set(groups.map(({ id }) => id)) }, { things }), what, "group");
    return lacks ?? shorterWords(compare({ count }, { numbers }), what, "number") ?? null;
  }
}

/**
 * The group that gets the missing numbers. Throws OperationError `not_available` when the campaign obeys none, `invalid_input`
 * when it is not clear which.
 */
export function targetOf(
  { campaignId, groups, shorter }: Pick<DncDifference, "campaignId" | "groups" | "shorter">,
  named: string | undefined,
): string {
  const [first, ...others] = groups;
  if (first === undefined)
    throw new OperationError("not_available", shorter ?? `campaign ${campaignId} obeys no do-not-call group of the tenant`, {
      advice:
        "Name one under doNotCallGroups of its campaign file and apply the file, or make the campaign obey a group in the vendor's administration.",
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
