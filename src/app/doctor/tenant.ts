// The tenant: its token, the rights with it, its clock, its limits.

import { OPERATION_IDS, OPERATIONS, operationWords } from "../../contract/index.ts";
import { tenantWords } from "../../store/index.ts";
import type { TenantLink } from "../../tenant/index.ts";
import type { Config } from "../config.ts";
import { proxyOf, proxyText } from "../egress.ts";
import { type Environment, secretFrom } from "../environment.ts";
import { tenantAddress } from "../standing.ts";
import { credentialName } from "../tenant-choice.ts";
import { tenantFromConfig } from "../tenant-from-config.ts";
import { type Seen, SKEW_MS } from "./check.ts";

/** What is waited for at most: whoever asks sits before it. */
const LIMITED = { retry: { totalMs: 15_000 }, timeouts: { headersMs: 15_000, bodyMs: 15_000 } };
const AWAY = { mend: "Check the tenant's address, and whether this machine reaches it (HTTPS_PROXY, NO_PROXY)." };

/** The tenant in use: its token, the rights with it, its clock, its limits. */
export async function ofTenant({ config, environment, add, tried, waiting }: Seen): Promise<void> {
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
        "ok",
        "those of the employee who owns the access key; outdial tenant probe shows which operations they allow",
      );
    await tried(
      "campaigns",
      async () => {
        const some = await waiting(named, () => listsAny(tenant));
        add("campaigns", "ok", some ? "the tenant lists them" : "the tenant lists none");
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

async function listsAny(tenant: TenantLink): Promise<boolean> {
  for await (const _ of tenant.capabilities.campaignProvisioning.campaigns()) return true;
  return false;
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
