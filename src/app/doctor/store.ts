// The store: its audit log, its clock, and the lists and rules that gates decide by.

import { areasText, DAY_MS } from "../../kernel/index.ts";
import { BRING_COMPANY_LIST, companyListWords, livesOf } from "../../operations/index.ts";
import type { Store } from "../../store/index.ts";
import { readRules } from "../compliance.ts";
import type { Config, Flags } from "../config.ts";
import { processLives, processSpace } from "../process-space.ts";
import { conditionsOf } from "../service/replicas.ts";
import { standingOf, storeName } from "../standing.ts";
import { storeOf } from "../store-of-config.ts";
import { type Seen, SKEW_MS } from "./check.ts";

/** Number of days before a registry file is too old at which that is reported. */
const SOON_DAYS = 7;

/** The store, its audit log, and what the gates decide by. */
export async function ofStore({ config, environment, flags, add, tried, waiting }: Seen): Promise<void> {
  const store = await tried("store", () =>
    waiting(`the store ${storeName(config)}`, () => storeOf({ ...config, store: undefined }, environment)),
  );
  if (store === undefined) return;
  try {
    const asked = config.clock.now();
    const { at, schemaVersion } = await store.health.state();
    add("store", "ok", `${storeName(config)}, schema ${schemaVersion}`);
    const ahead = Math.abs(at - (asked + config.clock.now()) / 2);
    if (ahead > SKEW_MS)
      add(
        "database's clock",
        "warn",
        `differs from this machine's by ${(ahead / 1000).toFixed(0)} s`,
        "Synchronise both clocks (NTP).",
      );
    await tried("audit key", async () => {
      await store.audit.requireKey();
      add("audit key", "ok", "signs this store's log");
    });
    await tried("audit log", () => headsOf(store, add));
    await lists(config, store, flags, { add, tried, environment });
    await tried("processes on this store", async () => {
      const live = await livesOf(store.replicas, { host: processSpace(), processLives }).live();
      const { refused, differ } = conditionsOf(live);
      const found = [...refused, ...(differ === undefined ? [] : [differ])];
      for (const { message, advice } of found) add("processes on this store", "warn", message, advice);
      if (found.length === 0) add("processes on this store", "ok", live.length === 0 ? "none" : `${live.length}, set up alike`);
    });
    const off = (await store.endpoints.list()).flatMap(({ name, offSince }) => (offSince === null ? [] : [name]));
    if (off.length > 0)
      add("receivers switched off", "warn", off.join(", "), "Correct them, then: outdial webhooks on NAME. Their events wait.");
  } finally {
    await store.close();
  }
}

async function headsOf({ audit }: Store, add: Seen["add"]): Promise<void> {
  const findings = await audit.compareHeads({ keep: false });
  const [held] = audit.held;
  const outside = findings.filter((one) => one.outside);
  const unreachable = outside.find(({ state }) => state === "unreachable");
  if (held !== undefined)
    add("audit log", "fail", held.message, "Restore the right database, or: outdial audit accept-head --reason TEXT");
  else if (unreachable !== undefined)
    add(
      "audit log",
      "warn",
      `${unreachable.place} cannot be compared: ${unreachable.message}`,
      "Correct the place, or audit.heads in outdial.yaml.",
    );
  else if (outside.length === 0)
    add("audit log", "warn", "no head of it is kept outside the store", "Set places in audit.heads of outdial.yaml.");
  else add("audit log", "ok", `its head is kept in ${outside.map(({ place }) => place).join(", ")}`);
}

const NEWER_NODE = "Install the newest release of Node, and start outdial and its services with it.";

async function lists(
  config: Config,
  store: Store,
  flags: Flags,
  { add, tried, environment }: Pick<Seen, "add" | "tried" | "environment">,
): Promise<void> {
  const { companyList: own, registries } = await standingOf(config, store);
  if (own === null)
    add("company's list", "todo", "neither loaded nor declared empty: no gate lets anybody be dialed", BRING_COMPANY_LIST);
  else add("company's list", "ok", companyListWords(own));
  const rules = await tried("calling rules", () => readRules(flags, environment, {}));
  if (rules === undefined) return;
  add("calling rules", "ok", rules.compiled.packVersion);
  const trouble = rules.compiled.zoneTrouble();
  add(
    "time-zone data",
    trouble === null ? "ok" : "warn",
    trouble ?? rules.compiled.timeZoneData,
    trouble === null ? null : NEWER_NODE,
  );
  const ages = new Map<string, number>();
  for (const rule of rules.pack.rules)
    if (rule.kind === "registry-age" || rule.kind === "do-not-call-list")
      ages.set(rule.jurisdiction, Math.min(rule.maxAgeDays, ages.get(rule.jurisdiction) ?? Number.POSITIVE_INFINITY));
  if (registries.length === 0)
    add(
      "registries",
      "warn",
      "none loaded: nobody may be called where the law asks for one",
      "outdial dnc import FILE --list national --as-of DATE",
    );
  const now = config.clock.now();
  // The oldest first: of area codes of several dates that one is told.
  for (const { registry, covers } of registries) {
    const [oldest] = covers;
    if (oldest === undefined) continue;
    const days = Math.floor((now - Date.parse(oldest.asOf)) / DAY_MS);
    const most = ages.get(registry) ?? Number.POSITIVE_INFINITY;
    const left = most - days;
    const mend = `outdial dnc import FILE --list national --registry ${registry} --as-of DATE`;
    const which = covers.length === 1 ? "covers" : "the oldest file covers";
    const text = `of ${oldest.asOf}, ${days} days old${Number.isFinite(most) ? `; good for ${most}` : ""}; ${which} ${areasText(oldest)}`;
    if (left < 0) add(`registry ${registry}`, "fail", `${text}: too old`, mend);
    else add(`registry ${registry}`, left < SOON_DAYS ? "warn" : "ok", text, left < SOON_DAYS ? mend : null);
  }
}
