// Keeps the tenant's do-not-call group up to date with the company's list while campaigns dial: the tenant's dialer obeys its
// groups, not the store.

import { z } from "zod";
import { type Instant, messageOf } from "../../kernel/index.ts";
import type { Store, TenantReading } from "../../store/index.ts";
import { type CallOptions, TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { DncDifference } from "../views/schemas/tenant.ts";
import type { TenantDncDeps } from "./callbacks.ts";
import { beganAt, type DncReading, unheldWords } from "./reading.ts";
import { companyNumbers, TenantDnc, takeOut, tenantNumber } from "./use-cases.ts";

/** Entries of transactions that were open during the last look may have lower numbers than those already seen. */
const OVERLAP = 1_000;
/** The reason in the audit log. */
const WHY = "an opt-out while campaigns may dial";

interface KeeperDeps extends TenantDncDeps {
  readonly store: TenantDncDeps["store"] & Pick<Store, "knownCampaigns">;
  readonly actor: string;
}

/** The reading that says up to which entry people were taken off lists and callbacks, and what was left. */
const CARRIED_OUT = { what: "opt-outs", subject: "" } as const;
const carriedOut = z.object({ after: z.int() });

/** How often outdial reads which campaigns obey the group, ms. */
const OBEYING_MS = 60_000;
/** The reading that says when that was. */
const CHECK = { what: "do-not-call", subject: "" } as const;
/**
 * After how long another process may check, too, because the one that began has not ended its check, ms. It may stand still: people
 * may be called meanwhile who must not be. Both may go on, a reading that began earlier changes nothing.
 */
const CLAIM_MS = OBEYING_MS;

/** Looks for new entries of the company's list, and adds them to the group that the operator configured (`doNotCallGroup`). */
export class GroupKeeper {
  readonly #deps: KeeperDeps;
  /** The last entry that was seen; undefined before the first look. */
  #after: number | undefined;
  /** Whether the whole group was compared since this process began. */
  #isWhole = false;
  /** Whether people may be on lists, or have callbacks, since an earlier process, or since a push. */
  #isLeft = false;
  /** What this process said is left; another one, or an earlier one, said anything else. */
  #told: string | undefined;
  /** The dialing campaigns at the time when none of them was found to obey the group. */
  #asked = "";
  /** Entries of the overlap that were seen. */
  #seen = new Set<number>();

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /**
   * One look. As soon as a campaign dials that obeys the group, the whole group is compared once, for entries made while no
   * process looked. What failed is tried again at the next look.
   * @returns how many numbers were added
   * @throws TenantError, StoreError; OperationError `not_available` when the tenant's search does not find what was added
   */
  async look(options: CallOptions = {}): Promise<number> {
    const { store, tenant, clock } = this.#deps;
    const { capability, companyGroup: group, mostAtOnce } = tenant.capabilities.doNotCallGroups;
    if (!capability.supported || group === undefined) return 0;
    const readings = await store.tenantReadings.list([CARRIED_OUT.what]);
    const { value, problem } = readings.find(({ subject }) => subject === "") ?? {};
    const kept = carriedOut.safeParse(value).data?.after ?? 0;
    const told = readings.filter((one) => one.problem !== null && one.problem.message !== this.#told);
    if (this.#after === undefined) {
      const last = await store.facts.lastSuppression();
      this.#see([{ id: last }, ...(await store.facts.suppressedSince(Math.max(0, last - OVERLAP), OVERLAP))]);
      this.#isLeft = kept < last;
    }
    this.#isLeft ||= told.length > 0;
    try {
      if (this.#isLeft) await this.#takeOutAll(told, options);
      const added = this.#isWhole ? 0 : await this.#whole(group, options);
      const found = await store.facts.suppressedSince(Math.max(0, (this.#after ?? 0) - OVERLAP), mostAtOnce);
      const fresh = found.filter(({ id }) => !this.#seen.has(id));
      if (fresh.length > 0) await this.#add(group, [...new Set(fresh.map(({ number }) => tenantNumber(number)))], options);
      this.#see(found);
      const [after, now] = [this.#after ?? 0, clock.now()];
      if (problem || kept < after) await store.tenantReadings.keep(CARRIED_OUT, { after }, { at: now, now });
      this.#told = undefined;
      return added + fresh.length;
    } catch (thrown) {
      if (options.signal?.aborted === true) throw thrown;
      // It waits for the next look, also for that of a later process.
      this.#told = messageOf(thrown);
      await store.tenantReadings.fail(CARRIED_OUT, { code: "still_listed", message: this.#told }, clock.now());
      throw thrown;
    }
  }

  /**
   * Takes all people of the company's list off lists and callbacks: some may be left since an earlier process, or a push.
   * @param told what says so
   */
  async #takeOutAll(told: readonly TenantReading[], options: CallOptions): Promise<void> {
    const { store, clock } = this.#deps;
    const numbers = (await companyNumbers(this.#deps)).map(tenantNumber);
    const campaigns = (await store.knownCampaigns.list()).map(({ id }) => id);
    await this.#takeOut(numbers, campaigns, options);
    this.#isLeft = false;
    const now = clock.now();
    for (const { subject } of told)
      if (subject !== "") await store.tenantReadings.keep({ ...CARRIED_OUT, subject }, null, { at: now, now });
  }

  /**
   * Checks, once a minute and in one process of a database, whether every dialing campaign still obeys the group, or other groups
   * that have the whole list; the tenant's administrators may have changed that. The result is stored for pages and the attention
   * list. @returns sentences about campaigns whose dialer may call people on the company's list; undefined when it was not checked
   */
  async unheld(options: CallOptions = {}): Promise<readonly string[] | undefined> {
    const { store, tenant, clock } = this.#deps;
    const { capability, companyGroup: group } = tenant.capabilities.doNotCallGroups;
    const at = clock.now();
    if (!capability.supported || group === undefined) return undefined;
    const claimed = await store.tenantReadings.claim(CHECK, { now: at, unless: at - OBEYING_MS, until: at + CLAIM_MS });
    if (!claimed) return undefined;
    try {
      const words = await this.#check(group, at, { lane: "watch", ...options });
      await store.tenantReadings.keep(CHECK, null, { at, now: clock.now() });
      return words;
    } catch (thrown) {
      // Tried again at the next look.
      await store.tenantReadings.release(CHECK);
      throw thrown;
    }
  }

  async #check(group: string, at: Instant, options: CallOptions): Promise<readonly string[]> {
    const { store, tenant, clock } = this.#deps;
    const { doNotCallGroups: groups } = tenant.capabilities;
    const dialing = (await store.knownCampaigns.list()).filter(({ status }) => status === "active");
    const held = dialing.length === 0 ? new Set<string>() : await groups.obeying(group, options);
    const others = dialing.every(({ id }) => held.has(id)) ? undefined : await groups.obeyedByAll(options);
    const before = new Map((await store.tenantReadings.list([CHECK.what])).map((one) => [one.subject, one]));
    const dnc = new TenantDnc(this.#deps);
    /** By the groups that are obeyed: the same ones are compared once. */
    const compared = new Map<string, DncDifference>();
    const words: string[] = [];
    for (const { id } of dialing) {
      const obeyed = others?.get(id) ?? [];
      const key = JSON.stringify(obeyed);
      const found = held.has(id) ? undefined : (compared.get(key) ?? (await dnc.difference(id, { ...options, obeyed })));
      if (found !== undefined) compared.set(key, found);
      const { missing = 0, suppressed = 0, groups: names = [] } = found ?? {};
      const since = missing === 0 ? {} : { since: beganAt(before.get(id)) ?? at };
      const value: DncReading = { missing, suppressed, groups: names.map(({ name }) => name), group, ...since };
      await store.tenantReadings.keep({ what: "do-not-call", subject: id }, value, { at, now: clock.now() });
      if (missing > 0) words.push(`campaign ${id} dials and ${unheldWords(value)}`);
    }
    return words;
  }

  /** Takes people out until two answers agree that nothing of them is left. */
  async #takeOut(numbers: readonly string[], campaigns: readonly string[], options: CallOptions): Promise<void> {
    const { failed, unproven } = await takeOut(this.#deps, { numbers, campaigns, by: this.#deps.actor, why: WHY }, options);
    const left = [...failed, ...unproven].slice(0, 3).join("; ");
    if (left !== "")
      throw new OperationError("not_available", `people may be still on the tenant's lists, or have a callback: ${left}`);
  }

  #see(rows: readonly { readonly id: number }[]): void {
    for (const { id } of rows) this.#seen.add(id);
    this.#after = Math.max(this.#after ?? 0, ...this.#seen);
    const from = this.#after - OVERLAP;
    this.#seen = new Set([...this.#seen].filter((id) => id > from));
  }

  /**
   * Adds everything that the group lacks, through a campaign that dials and obeys it. Which campaigns dial is known only some
   * time after their start.
   */
  async #whole(group: string, options: CallOptions): Promise<number> {
    const { store, actor } = this.#deps;
    const dnc = new TenantDnc(this.#deps);
    const dialing = (await store.knownCampaigns.list()).flatMap(({ id, status }) => (status === "active" ? [id] : []));
    const asked = dialing.join(" ");
    if (asked === this.#asked) return 0;
    const obeying =
      dialing.length === 0 ? new Set<string>() : await this.#deps.tenant.capabilities.doNotCallGroups.obeying(group, options);
    for (const id of dialing.filter((one) => obeying.has(one)))
      try {
        const { added } = await dnc.push(id, { group, by: actor, ...options });
        this.#isWhole = true;
        return added;
      } catch (thrown) {
        // The campaign obeys another group, or none, or does not exist any more.
        const isOther = thrown instanceof OperationError || (thrown instanceof TenantError && thrown.code === "not_found");
        if (!isOther) throw thrown;
      }
    this.#asked = asked;
    return 0;
  }

  async #add(group: string, numbers: readonly string[], options: CallOptions): Promise<void> {
    const { store, tenant, actor } = this.#deps;
    const { doNotCallGroups: groups } = tenant.capabilities;
    const record = (action: string, details: Readonly<Record<string, unknown>>) =>
      store.audit.append([{ actor, action, subject: `do-not-call-group/${group}`, details: { group, ...details, start: WHY } }]);
    await record("dnc.push", { missing: numbers.length });
    const refused = await groups.add(group, numbers, options);
    let proven = 0;
    for (const number of numbers) if ((await groups.find(number, options)).includes(group)) proven += 1;
    const unproven = numbers.length - proven;
    await record("dnc.pushed", { missing: numbers.length, added: numbers.length - refused.length, proven, unproven });
    const campaigns = (await store.knownCampaigns.list()).map(({ id }) => id);
    if (unproven === 0) return await this.#takeOut(numbers, campaigns, options);
    await takeOut(this.#deps, { numbers, campaigns, by: actor, why: WHY }, options);
    const why = refused[0] === undefined ? "" : `: ${refused[0].message}`;
    throw new OperationError(
      "not_available",
      `${unproven} of ${numbers.length} numbers are not found in the do-not-call group ${group}${why}`,
    );
  }
}
