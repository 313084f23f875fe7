// Checks a workplace: what is right, doubtful or wrong, each with a remedy. Only reads and creates nothing; it asks the tenant
// for a token and for one page of its campaigns.

import { OPERATION_IDS, OPERATIONS, operationWords } from "../contract/index.ts";
import { messageOf, OutdialError } from "../kernel/index.ts";
import { BRING_COMPANY_LIST, companyListWords, MAIL } from "../operations/index.ts";
import { type Store, tenantWords } from "../store/index.ts";
import type { TenantLink } from "../tenant/index.ts";
import { readRules } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { proxyOf, proxyText } from "./egress.ts";
import { type Environment, secretFrom } from "./environment.ts";
import { inboundSecrets } from "./inbound.ts";
import { mailOf, receiversOf } from "./receivers.ts";
import { standingOf, storeName, tenantAddress } from "./standing.ts";
import { storeOf } from "./store-of-config.ts";
import { credentialName } from "./tenant-choice.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { packageCommit, packageVersion } from "./version.ts";

/** One thing that was checked. */
export interface Check {
  readonly check: string;
  /** `warn`: it works, but somebody should look at it. `todo`: a person has not given it yet, as in a workplace that was just made. */
  readonly state: "ok" | "warn" | "todo" | "fail";
  readonly text: string;
  /** What to do; null when nothing is to be done. */
  readonly mend: string | null;
}

const DAY_MS = 86_400_000;
/** The tenant's clock may differ by this much before windows and figures are judged wrongly, ms. */
const SKEW_MS = 5_000;
/** Number of days before a registry file is too old at which that is reported. */
const SOON_DAYS = 7;

/** Checks everything; a check is left out when something that it needs has failed. */
export async function examine(flags: Flags, environment: Environment): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const add = (check: string, state: Check["state"], text: string, mend: string | null = null) =>
    void checks.push({ check, state, text, mend });
  const tried: Seen["tried"] = async (check, work, trouble = "fail") => {
    try {
      return await work();
    } catch (thrown) {
      add(check, trouble, messageOf(thrown), thrown instanceof OutdialError ? (thrown.advice ?? null) : null);
      return undefined;
    }
  };

  const commit = packageCommit();
  add(
    "outdial",
    "ok",
    `${packageVersion()}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}, Node ${process.versions.node}`,
  );
  const config = await tried("configuration", () => loadConfig(flags, environment));
  if (config === undefined) return checks;
  if (config.path === undefined)
    add(
      "configuration",
      "warn",
      `no outdial.yaml in ${config.cwd} or above it: defaults and the environment decide`,
      "outdial init writes one.",
    );
  else add("configuration", "ok", config.path);

  const seen = { config, environment, add, tried };
  await ofTenant(seen);
  await ofStore(seen, flags);
  await tried("receivers of events", async () => {
    const names: string[] = Object.keys(await receiversOf(config, environment));
    const mail = await mailOf(config, environment);
    if (mail !== undefined) names.push(`${MAIL} (${mail.to.length} addresses over ${mail.url})`);
    add("receivers of events", "ok", names.length === 0 ? "none configured" : names.join(", "));
  });
  await tried("the vendor's events", async () => {
    const channels = Object.keys(await inboundSecrets(environment));
    add(
      "the vendor's events",
      "ok",
      channels.length === 0 ? "no secret is set: none are taken" : `taken from ${channels.join(", ")}`,
    );
  });
  return checks;
}

interface Seen {
  readonly config: Config;
  readonly environment: Environment;
  readonly add: (check: string, state: Check["state"], text: string, mend?: string | null) => void;
  /** @param trouble the state when the work fails; `fail` by default */
  readonly tried: <T>(check: string, work: () => Promise<T>, trouble?: "fail" | "todo") => Promise<T | undefined>;
}

async function ofTenant({ config, environment, add, tried }: Seen): Promise<void> {
  const trouble = (await isGiven(config, environment)) ? "fail" : "todo";
  const tenant = await tried("tenant", () => tenantFromConfig(config, environment), trouble);
  if (tenant === undefined) return;
  try {
    const { named } = config;
    const chosen = named === undefined ? "" : `, chosen by ${named.from}`;
    add("tenant", "ok", `${tenantWords(tenantAddress(config), named?.name)}${chosen}`);
    const proxy = proxyOf(environment);
    if (proxy !== undefined)
      add("proxy", "ok", `https goes through ${proxyText(proxy)}${proxy.except === "" ? "" : `, but for ${proxy.except}`}`);
    const granted = await tried("token", () => tenant.authenticate());
    if (granted === undefined) return;
    add("token", "ok", "the tenant gives one");
    if (tenant.profile === "rest") rights(granted.scopes, add);
    else
      add(
        "rights",
        "ok",
        "those of the employee who owns the access key; outdial tenant probe shows which operations they allow",
      );
    await tried("campaigns", async () => {
      let some = false;
      for await (const _ of tenant.capabilities.campaignProvisioning.campaigns()) {
        some = true;
        break;
      }
      add("campaigns", "ok", some ? "the tenant lists them" : "the tenant lists none");
    });
    const off = tenant.skewMs();
    if (config.file.tenant?.compareClock === false)
      add(
        "clock",
        "warn",
        "not compared with the tenant's: a wrong one would not be noticed",
        "Remove tenant.compareClock from outdial.yaml, unless the tenant is a sandbox whose time is not the present.",
      );
    else if (off === null) add("clock", "ok", "the tenant's replies tell no time to compare with");
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

/** What the tenant knows a client by, of each profile. */
const CREDENTIALS = { rest: ["CLIENT_ID", "CLIENT_SECRET"], acd: ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] } as const;

/** Whether a person has given the tenant's address and credentials, right or wrong. */
async function isGiven(config: Config, environment: Environment): Promise<boolean> {
  const names = CREDENTIALS[config.profile].map((credential) => credentialName(config.named?.name, credential));
  const given = await Promise.all(names.map((name) => secretFrom(environment, name).catch(() => "")));
  return tenantAddress(config) !== null && given.every((one) => one !== undefined);
}

/** An operation needs at least one of its scopes. */
function rights(scopes: readonly string[] | undefined, add: Seen["add"]): void {
  if (scopes === undefined) {
    add("rights", "ok", "the tenant does not say which; the first request that lacks one names it");
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

async function ofStore({ config, environment, add, tried }: Seen, flags: Flags): Promise<void> {
  const store = await tried("store", () => storeOf({ ...config, store: undefined }, environment));
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
  for (const { registry, asOf } of registries) {
    const days = Math.floor((now - Date.parse(asOf)) / DAY_MS);
    const most = ages.get(registry) ?? Number.POSITIVE_INFINITY;
    const left = most - days;
    const mend = `outdial dnc import FILE --list national --registry ${registry} --as-of DATE`;
    const text = `of ${asOf}, ${days} days old${Number.isFinite(most) ? `; good for ${most}` : ""}`;
    if (left < 0) add(`registry ${registry}`, "fail", `${text}: too old`, mend);
    else add(`registry ${registry}`, left < SOON_DAYS ? "warn" : "ok", text, left < SOON_DAYS ? mend : null);
  }
}
