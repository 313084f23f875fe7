// The tenant of a configuration: hosts, token, credentials, limits.

import { createTenant, type Tenant, type TenantConfig, type TenantHooks } from "../tenant/index.ts";
import { type Config, secretFrom } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { traceOf } from "./correlation.ts";

const OFF = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" } as const;

/** Creates the SDK's tenant from the configuration and the environment's credentials. Throws ConfigError when something is missing. */
export async function tenantFromConfig(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  overrides: {
    readonly limits?: "off";
    readonly retry?: NonNullable<TenantConfig["retry"]>;
    readonly hooks?: TenantHooks;
    readonly correlation?: () => string | undefined;
  } = {},
): Promise<Tenant> {
  const hosts = config.tenantUrl ?? config.file.tenant?.hosts;
  if (hosts === undefined) {
    throw new ConfigError(
      "no tenant is configured",
      "Set tenant.hosts in outdial.yaml, or OUTDIAL_TENANT_URL, or pass --tenant-url. To try without an account: outdial sandbox.",
    );
  }
  const clientId = await secretFrom(environment, "CXONE_CLIENT_ID");
  const clientSecret = await secretFrom(environment, "CXONE_CLIENT_SECRET");
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigError(
      `${clientId === undefined ? "CXONE_CLIENT_ID" : "CXONE_CLIENT_SECRET"} is not set`,
      "Set CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, or the paths of files that hold them: CXONE_CLIENT_ID_FILE, CXONE_CLIENT_SECRET_FILE.",
    );
  }
  const token = config.file.tenant?.token;
  const tenantConfig: TenantConfig = {
    hosts,
    token: {
      auth: token?.auth ?? "basic",
      ...(token?.url === undefined ? {} : { url: token.url }),
      ...(token?.scopes === undefined ? {} : { scopes: token.scopes }),
    },
    credentials: { clientId, clientSecret },
    limits: overrides.limits === "off" ? OFF : config.file.limits,
    retry: overrides.retry,
  };
  const outer = traceOf(environment);
  return createTenant(tenantConfig, {
    clock: config.clock,
    hooks: overrides.hooks,
    correlation: overrides.correlation ?? (() => outer),
  });
}
