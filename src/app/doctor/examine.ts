// Checks a workplace: what is right, doubtful or wrong, each with a remedy. Only reads and creates nothing. It asks the tenant for a
// token and for one page of its campaigns, opens connections to receivers and greets the mail server, and sends neither an event nor
// a mail.

import { freshnessOf } from "../../compliance/index.ts";
import { OPERATION_IDS, OPERATIONS, operationWords } from "../../contract/index.ts";
import { areasText, DAY_MS, messageOf, OutdialError } from "../../kernel/index.ts";
import {
  BRING_COMPANY_LIST,
  companyListWords,
  inventoryConcerns,
  livesOf,
  type MailReceiver,
  reachMail,
  reachWebhook,
  readInventory,
  usualTypes,
} from "../../operations/index.ts";
import type { SetupCheck } from "../../operations/views/index.ts";
import { Provider, SignInError } from "../../server/index.ts";
import { type Store, tenantWords } from "../../store/index.ts";
import type { TenantLink } from "../../tenant/index.ts";
import { readRules } from "../compliance.ts";
import { type Config, credentialFrom, type Flags, loadConfig } from "../config.ts";
import { readDatabase } from "../database.ts";
import { proxyOf, proxyText } from "../egress.ts";
import type { Environment } from "../environment.ts";
import { inboundSecrets } from "../inbound.ts";
import { tellingSilence } from "../over-service/silence.ts";
import { processLives, processSpace } from "../process-space.ts";
import { mailOf, receiversOf, variablePrefix } from "../receivers.ts";
import { conditionsOf } from "../service/replicas.ts";
import { signInOf } from "../sign-in.ts";
import { standingOf, storeName, tenantAddress } from "../standing.ts";
import { storeOf } from "../store-of-config.ts";
import { tenantFromConfig } from "../tenant-from-config.ts";
import { packageCommit, packageVersion } from "../version.ts";

/** Whoever has said nothing for so long is named, ms. */
const QUIET_MS = 5_000;

/** What is checked at the same time, in the order in which it is told. Store and tenant may take longest. */
const PARTS: readonly (readonly [check: string, of: (seen: Seen) => Promise<void>])[] = [
  ["receivers of events", ofReceivers],
  ["mail", ofMail],
  ["the vendor's events", ofInbound],
  ["sign-in", ofSignIn],
  ["store", ofStore],
  ["tenant", ofTenant],
];

/**
 * Checks everything; a check is left out when something that it needs has failed. Gives some at a time, as soon as they and those
 * before them are known. @param warn told who is waited for, when that takes a while
 */
export async function* examine(
  flags: Flags,
  environment: Environment,
  warn: (message: string) => void,
): AsyncGenerator<readonly Check[]> {
  const own = collect();
  const commit = packageCommit();
  own.add(
    "outdial",
    "ok",
    `${packageVersion()}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}, Node ${process.versions.node}`,
  );
  const config = await own.tried("configuration", () => loadConfig(flags, environment));
  if (config?.path !== undefined) own.add("configuration", "ok", config.path);
  else if (config !== undefined)
    own.add(
      "configuration",
      "warn",
      `no outdial.yaml in ${config.cwd} or above it: defaults and the environment decide`,
      "outdial init writes one.",
    );
  yield own.checks;
  if (config === undefined) return;
  const { clock } = config;
  const waiting: Seen["waiting"] = (who, work) =>
    tellingSilence(
      { clock, quietMs: QUIET_MS, tell: (since) => warn(`${who} has not answered since ${since}; waiting for it`) },
      work,
    );
  const parts = PARTS.map(async ([check, of]) => {
    const part = collect();
    await part.tried(check, () => of({ config, flags, environment, waiting, ...part }));
    return part.checks;
  });
  for (const part of parts) yield await part;
}

// Whom outdial sends events and mail to, whose events it takes, and through whom people sign in: each is tried, and sent nothing.

/** The receivers of events. A path may contain a secret, so the address is shown without it. */
async function ofReceivers({ config, environment, add, waiting }: Seen): Promise<void> {
  const receivers = Object.entries(await receiversOf(config, environment));
  if (receivers.length === 0) add("receivers of events", "ok", "none configured");
  const tries = receivers.map(async ([name, receiver]) => {
    const part = collect();
    const check = `receiver ${name}`;
    await part.tried(check, async () => {
      const trouble = await waiting(`the receiver ${name}`, () => reachWebhook(name, receiver, config.clock));
      const { origin } = new URL(receiver.url);
      if (trouble === undefined) return part.add(check, "ok", `${origin} can be reached`);
      // Events wait for a receiver that is away; an alarm that waits is none.
      const isForAlarms = usualTypes("alarms").some((type) => receiver.types.includes(type));
      const [state, waits] = isForAlarms ? (["fail", "Alarms"] as const) : (["warn", "Events"] as const);
      const setting = `webhooks.${name}.url or ${variablePrefix(name)}_URL`;
      part.add(check, state, `${origin}: ${trouble}`, `${mendOf(trouble, "the receiver", setting)} ${waits} wait until then.`);
    });
    return part.checks;
  });
  for (const { check, state, text, mend } of (await Promise.all(tries)).flat()) add(check, state, text, mend);
}

/** The mail server for alarms. */
async function ofMail({ config, environment, add, waiting }: Seen): Promise<void> {
  const mail = await mailOf(config, environment);
  const receivers = Object.entries(await receiversOf(config, environment));
  const taking = receivers.filter(([, { types }]) => usualTypes("alarms").some((type) => types.includes(type)));
  const takers = [...(mail === undefined ? [] : ["mail"]), ...taking.map(([name]) => name)];
  if (takers.length > 0) add("alarms", "ok", `they go to ${takers.join(", ")}`);
  else
    add(
      "alarms",
      "todo",
      "nobody is told of one: outdial.yaml names neither a mail server nor a receiver of alarms",
      "Set alarms.mail, or a receiver in webhooks whose types are those of alarms.",
    );
  if (mail === undefined) return;
  const trouble = await waiting("the mail server", () => reachMail(mail, config.clock));
  const server = serverOf(mail);
  if (trouble === undefined) {
    const signsIn = mail.user === undefined ? "" : " and lets outdial in";
    add(
      "mail",
      "ok",
      `${server} greets${signsIn}; alarms go to ${mail.to.length} ${mail.to.length === 1 ? "address" : "addresses"}`,
    );
  } else
    add(
      "mail",
      "fail",
      `${server}: ${trouble}`,
      `${mendOf(trouble, "the mail server", "alarms.mail.server")} Alarms wait until then.`,
    );
}

/** `URL` gives no origin for a mail server's address. */
function serverOf({ url }: Pick<MailReceiver, "url">): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** What to do about one that cannot be reached, or does not let outdial in. */
function mendOf(trouble: string, who: string, setting: string): string {
  if (trouble.includes("NODE_EXTRA_CA_CERTS"))
    return `Name the certificate of the authority of ${who} in NODE_EXTRA_CA_CERTS, for the service as well.`;
  if (/certificate/i.test(trouble)) return `Have the certificate of ${who} renewed, or use the name that it is of in ${setting}.`;
  if (/\bEAUTH\b/.test(trouble)) return "Correct alarms.mail.user, or its password.";
  return `Check that ${who} runs, its address (${setting}), and the way there.`;
}

/** The vendor's events that are taken. */
async function ofInbound({ environment, add }: Seen): Promise<void> {
  const channels = Object.keys(await inboundSecrets(environment));
  add(
    "the vendor's events",
    "ok",
    channels.length === 0 ? "no secret is set: none are taken" : `taken from ${channels.join(", ")}`,
  );
}

/** The sign-in provider: whether it answers, and is the configured issuer. */
async function ofSignIn({ config, environment, add, waiting }: Seen): Promise<void> {
  const settings = await signInOf(config, environment, "127.0.0.1");
  if (settings === undefined) return;
  const { name, issuer } = settings;
  const trouble = await waiting(`the sign-in provider ${issuer}`, () => troubleOf(new Provider(settings, config.clock)));
  const mend = (said: string) => `${mendOf(said, "the provider", "service.signIn.issuer")} Tokens and links work meanwhile.`;
  if (trouble === undefined) add("sign-in", "ok", `${name}: ${issuer} answers`);
  else add("sign-in", "fail", trouble, mend(trouble));
}

/** Why nobody could sign in through a provider; undefined when somebody could. */
async function troubleOf(provider: Provider): Promise<string | undefined> {
  try {
    await provider.check();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SignInError) return thrown.message;
    throw thrown;
  }
}

// The tenant: its token, the rights with it, its clock, its limits.

/** What is waited for at most: whoever asks sits before it. */
const LIMITED = { retry: { totalMs: 15_000 }, timeouts: { headersMs: 15_000, bodyMs: 15_000 } };
const AWAY = { mend: "Check the tenant's address, and whether this machine reaches it (HTTPS_PROXY, NO_PROXY)." };

/** The tenant in use: its token, the rights with it, its clock, its limits. */
async function ofTenant({ config, environment, add, tried, waiting }: Seen): Promise<void> {
  const trouble = (await isGiven(config, environment)) ? "fail" : "todo";
  const tenant = await tried("tenant", () => tenantFromConfig(config, environment, LIMITED), { trouble });
  if (tenant === undefined) return;
  const named = `the tenant ${tenantAddress(config)}`;
  try {
    const chosen = config.named === undefined ? "" : `, chosen by ${config.named.from}`;
    add("tenant", "ok", `${tenantWords(tenantAddress(config), config.named?.name)}${chosen}`);
    const proxy = proxyOf(environment);
    if (proxy !== undefined)
      add("proxy", "ok", `https goes through ${proxyText(proxy)}${proxy.except === "" ? "" : `, but for ${proxy.except}`}`);
    const granted = await tried("token", () => waiting(named, () => tenant.authenticate()), AWAY);
    if (granted === undefined) return;
    add("token", "ok", "the tenant gives one");
    if (tenant.profile === "rest") rights(granted.scopes, add);
    else
      add(
        "rights",
        "warn",
        "those of the employee who owns the access key: which these are is not known yet",
        "outdial tenant probe shows which operations they allow.",
      );
    await tried(
      "campaigns",
      async () => {
        const some = await waiting(named, () => listsAny(tenant));
        add("campaigns", "ok", some ? "the tenant lists them" : "the tenant lists none");
      },
      AWAY,
    );
    const { contactSource } = tenant.capabilities;
    if (contactSource.inventory !== undefined)
      await tried(
        "calling lists",
        async () => {
          const found = inventoryConcerns(await waiting(named, () => readInventory(contactSource, {})));
          for (const { what, evidence, next } of found) add("calling lists", "warn", `${what} (${evidence.join("; ")})`, next);
          if (found.length === 0) add("calling lists", "ok", "nothing that the vendor's housekeeping takes within a week");
        },
        AWAY,
      );
    const off = tenant.skewMs();
    if (config.file.tenant?.compareClock === false)
      add(
        "clock",
        "warn",
        "not compared with the tenant's: a wrong one would not be noticed",
        "Remove tenant.compareClock from outdial.yaml, unless the tenant is a sandbox whose time is not the present.",
      );
    else if (off === null)
      add(
        "clock",
        "warn",
        "not known whether it is right: the tenant's replies tell no time to compare with",
        "Compare this machine's clock with another: it decides about calling hours.",
      );
    else if (Math.abs(off) <= SKEW_MS) add("clock", "ok", `as the tenant's, within ${SKEW_MS / 1000} s`);
    else
      add(
        "clock",
        "fail",
        `this machine's is ${(Math.abs(off) / 1000).toFixed(0)} s ${off > 0 ? "behind" : "ahead of"} the tenant's`,
        "Synchronise this machine's clock (NTP): it decides about calling hours.",
      );
    add("limits", "ok", limitWords(tenant));
  } finally {
    await tenant.close();
  }
}

async function listsAny(tenant: TenantLink): Promise<boolean> {
  for await (const _ of tenant.capabilities.campaignProvisioning.campaigns()) return true;
  return false;
}

/** What the tenant knows a client by, of each profile. */
const CREDENTIALS = { rest: ["CLIENT_ID", "CLIENT_SECRET"], acd: ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] } as const;

/** Whether a person has given the tenant's address and credentials, right or wrong. */
async function isGiven(config: Config, environment: Environment): Promise<boolean> {
  const names = CREDENTIALS[config.profile];
  const given = await Promise.all(names.map((name) => credentialFrom(config, environment, name).catch(() => "")));
  return tenantAddress(config) !== null && given.every((one) => one !== undefined);
}

/** An operation needs at least one of its scopes. */
function rights(scopes: readonly string[] | undefined, add: Seen["add"]): void {
  if (scopes === undefined) {
    add(
      "rights",
      "warn",
      "not known: the tenant does not say which",
      "outdial tenant probe tries the reads; the first request that lacks a right names it.",
    );
    return;
  }
  const held = new Set(scopes);
  const lacking = OPERATION_IDS.filter((id) => !OPERATIONS[id].scopes.some((scope) => held.has(scope)));
  const all = OPERATION_IDS.length;
  if (lacking.length === 0) {
    add("rights", "ok", `for all ${all} operations`);
    return;
  }
  const wanted = [...new Set(lacking.map((id) => OPERATIONS[id].scopes[0]))].join(", ");
  const what = lacking.map(operationWords).join("; ");
  add("rights", "warn", `not for: ${what}`, `Have these scopes granted to the client, as far as you need them: ${wanted}.`);
}

function limitWords(tenant: TenantLink): string {
  const parts = Object.entries(tenant.limits()).map(([family, { limitPerSecond: limit }]) =>
    limit === undefined ? `${family} without limit` : `${family} ${Number(limit.toPrecision(3))}/s`,
  );
  return parts.join(", ");
}

// The store: its audit log, its clock, and the lists and rules that gates decide by.

/** Number of days before a registry file is too old at which that is reported. */
const SOON_DAYS = 7;

/** The store, its audit log, and what the gates decide by. */
async function ofStore({ config, environment, flags, add, tried, waiting }: Seen): Promise<void> {
  // Also where no store was made yet. One that does not answer is told of as the store.
  const database = readDatabase(flags, environment).catch(() => undefined);
  const store = await tried("store", () =>
    waiting(`the store ${storeName(config)}`, () => storeOf({ ...config, store: undefined }, environment)),
  );
  const standing = await database;
  if (standing !== undefined) add("database", "ok", standing.server);
  for (const { check, state, text, mend } of standing?.troubles ?? []) add(`database's ${check}`, state, text, mend);
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
    if ((await store.health.lookForRoom(true)) === false)
      add(
        "room",
        "fail",
        store.health.shortage?.message ?? "the database has no room",
        "Make room on the database server (disk, memory). Opt-outs and imports are refused, and jobs wait.",
      );
    await tried("audit key", async () => {
      await store.audit.requireKey();
      add("audit key", "ok", "signs this store's log");
    });
    await tried("audit log", () => headsOf(store, add));
    await lists(config, store, flags, { add, tried, environment });
    await colleagues(config, store, add);
    if (standing !== undefined) backup(standing.archivedAt, config.clock.now(), add);
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

/** Who can sign in besides whoever sits at the machine. */
async function colleagues(config: Config, { access }: Store, add: Seen["add"]): Promise<void> {
  const now = config.clock.now();
  const tokens = await access.listTokens();
  const good = tokens.filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now)).length;
  const provider = config.file.service?.signIn === undefined ? [] : ["the sign-in provider"];
  const ways = [...provider, ...(good === 0 ? [] : [`${good} ${good === 1 ? "token" : "tokens"}`])];
  if (ways.length > 0) add("colleagues", "ok", `they sign in by ${ways.join(" and ")}`);
  else
    add(
      "colleagues",
      "todo",
      "nobody can sign in but who starts the service: no token is good, and no sign-in provider is configured",
      "outdial serve token add NAME --role viewer, or service.signIn in outdial.yaml",
    );
}

/** What the database server tells of a backup; dumps and copies of the machine are not seen by it. */
function backup(archivedAt: string | null, now: number, add: Seen["add"]): void {
  const mend = "Dump the database regularly, and keep the key of the audit log apart from it (docs/backup.md).";
  if (archivedAt === null) add("backup", "todo", "none is seen: the server archives no log, and dumps are not seen by it", mend);
  else if (now - Date.parse(archivedAt) > DAY_MS)
    add("backup", "warn", `the server archived its log last at ${archivedAt}, more than a day ago`, mend);
  else add("backup", "ok", `the server archives its log, last at ${archivedAt}`);
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

/** Rules that were last read longer ago are told. */
const READ_AGAIN_DAYS = 180;
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
  const { rules: stale, calendars, unread } = freshnessOf(rules.pack, config.clock.now(), READ_AGAIN_DAYS);
  const isStale = stale.length + calendars.length > 0;
  add(
    "sources of rules",
    isStale ? "warn" : "ok",
    `${stale.length} of ${rules.pack.rules.length} rules were last read more than ${READ_AGAIN_DAYS} days ago, ${calendars.length} calendars end; of ${unread.length} the law itself was not read`,
    isStale ? "outdial compliance pack stale lists them: read them again, or fetch a newer pack." : null,
  );
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

// What was checked, and how checks are collected.

/** One thing that was checked. */
export type Check = SetupCheck;

/** Whether the workplace is ready: nothing is wrong, and what is left are choices of a person. Without its tenant, checked and given, nothing works. */
export const isReady = (checks: readonly Check[]): boolean =>
  checks.some(({ check }) => check === "tenant") &&
  checks.every(({ check, state }) => state !== "fail" && (check !== "tenant" || state !== "todo"));

/** Clocks may differ by this much before windows and figures are judged wrongly, ms. */
const SKEW_MS = 5_000;

/** Collects checks that belong together. */
interface Collected {
  readonly checks: readonly Check[];
  readonly add: (check: string, state: Check["state"], text: string, mend?: string | null) => void;
  /**
   * Does something, and adds a check when it fails.
   * @param failing.trouble the state of that check; `fail` by default
   * @param failing.mend what to do when the error does not say it
   */
  readonly tried: <T>(
    check: string,
    work: () => Promise<T>,
    failing?: { readonly trouble?: "fail" | "todo" | "warn"; readonly mend?: string },
  ) => Promise<T | undefined>;
}

/** What a part of the workplace is checked with. */
interface Seen extends Collected {
  readonly config: Config;
  readonly flags: Flags;
  readonly environment: Environment;
  /** Does what another program must answer, and tells who when that takes a while. */
  readonly waiting: <T>(who: string, work: () => Promise<T>) => Promise<T>;
}

function collect(): Collected {
  const checks: Check[] = [];
  const add: Collected["add"] = (check, state, text, mend = null) => void checks.push({ check, state, text, mend });
  return {
    checks,
    add,
    async tried(check, work, { trouble = "fail", mend } = {}) {
      try {
        return await work();
      } catch (thrown) {
        const advice = thrown instanceof OutdialError ? thrown.advice : undefined;
        add(check, trouble, messageOf(thrown), advice ?? mend);
        return undefined;
      }
    },
  };
}
