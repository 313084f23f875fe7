// Creates the tenant of a configuration: profile, hosts, token, credentials, limits.

import { parseDuration } from "../kernel/index.ts";
import type { AcdTenant } from "../tenant/acd/index.ts";
import { createTenant, type Tenant, type TenantConfig, type TenantDependencies, type TenantHooks } from "../tenant/index.ts";
import type { Config } from "./config.ts";
import { type Credential, credentialFrom, credentialName } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { traceOf } from "./correlation.ts";
import { proxyOf } from "./egress.ts";

const OFF = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" } as const;
const ACD_OFF = { "acd-read": "off", "acd-write": "off", "acd-report": "off", "acd-extract": "off" } as const;

/** A tenant of either profile; `profile` says which, and so which operations it has as methods. */
export type ConnectedTenant = Tenant | AcdTenant;

export interface TenantOverrides {
  readonly limits?: "off";
  /** Takes precedence over the configuration. */
  readonly retry?: NonNullable<TenantConfig["retry"]>;
  /** Used when nothing is configured, instead of the client's defaults. */
  readonly usualRetry?: NonNullable<TenantConfig["retry"]>;
  readonly timeouts?: NonNullable<TenantConfig["timeouts"]>;
  readonly hooks?: TenantHooks;
  readonly correlation?: () => string | undefined;
  /** Whether a request may be sent. */
  readonly refusal?: TenantDependencies["refusal"];
  /** Shapes of the tenant's replies that were seen before, by operation. */
  readonly shapes?: (() => Readonly<Record<string, string>>) | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Creates the SDK's tenant from the configuration and the environment's credentials. Throws ConfigError when something is missing. */
export async function tenantFromConfig(
  config: Config,
  environment: Environment,
  overrides: TenantOverrides = {},
): Promise<ConnectedTenant> {
  const hosts = config.tenantUrl ?? config.file.tenant?.hosts;
  if (hosts === undefined) {
    throw new ConfigError(
      config.named === undefined ? "no tenant is configured" : `the tenant ${config.named.name} has no address`,
      config.named === undefined
        ? "Set tenant.hosts in outdial.yaml, or OUTDIAL_TENANT_URL, or pass --tenant-url. To try without an account: outdial sandbox."
        : `Set tenants.${config.named.name}.hosts in ${config.path}.`,
    );
  }
  return config.profile === "acd"
    ? acdTenant(config, hosts, environment, overrides)
    : restTenant(config, hosts, environment, overrides);
}

const variable = (config: Config, credential: Credential) => credentialName(config.named?.name, credential);

async function restTenant(
  config: Config,
  hosts: TenantConfig["hosts"],
  environment: Environment,
  { limits, retry, usualRetry, timeouts, hooks, correlation, refusal }: TenantOverrides,
): Promise<Tenant> {
  const [idName, secretName] = [variable(config, "CLIENT_ID"), variable(config, "CLIENT_SECRET")];
  const clientId = await credentialFrom(config, environment, "CLIENT_ID");
  const clientSecret = await credentialFrom(config, environment, "CLIENT_SECRET");
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigError(
      `${clientId === undefined ? idName : secretName} is not set`,
      `Set ${idName} and ${secretName}, or the paths of files that hold them: ${idName}_FILE, ${secretName}_FILE.`,
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
    credentials: { clientId, clientSecret: kept(config, environment, ["CLIENT_ID", clientId], ["CLIENT_SECRET", clientSecret]) },
    limits: limits === "off" ? OFF : limitsOf(config),
    retry: { ...usualRetry, ...retryOf(config), ...retry },
    timeouts,
  };
  const { compareClock } = config.file.tenant ?? {};
  const link = { clock: config.clock, compareClock, hooks, correlation: correlation ?? traced(environment), refusal };
  return createTenant(tenantConfig, { ...link, proxy: proxyOf(environment) });
}

async function acdTenant(
  config: Config,
  hosts: TenantConfig["hosts"],
  environment: Environment,
  { limits, retry, usualRetry, timeouts, hooks, correlation, refusal, shapes }: TenantOverrides,
): Promise<AcdTenant> {
  const issuer = typeof hosts === "string" ? hosts : hosts.default;
  if (issuer === undefined)
    throw new ConfigError(
      "tenant.hosts: a tenant of profile acd has one address, that of its token endpoint",
      "Such as https://cxone.niceincontact.com. The address of its API comes from discovery, or from tenant.acd.api.",
    );
  const [keyName, keySecretName] = [variable(config, "ACCESS_KEY_ID"), variable(config, "ACCESS_KEY_SECRET")];
  const accessKeyId = await credentialFrom(config, environment, "ACCESS_KEY_ID");
  const accessKeySecret = await credentialFrom(config, environment, "ACCESS_KEY_SECRET");
  if (accessKeyId === undefined || accessKeySecret === undefined)
    throw new ConfigError(
      `${accessKeyId === undefined ? keyName : keySecretName} is not set`,
      `Set ${keyName} and ${keySecretName} to an access key of an employee who has the rights, or ${keyName}_FILE and ${keySecretName}_FILE to files that hold them.`,
    );
  const [idName, secretName] = [variable(config, "CLIENT_ID"), variable(config, "CLIENT_SECRET")];
  const id = await credentialFrom(config, environment, "CLIENT_ID");
  const secret = await credentialFrom(config, environment, "CLIENT_SECRET");
  if ((id === undefined) !== (secret === undefined))
    throw new ConfigError(
      `${id === undefined ? idName : secretName} is not set`,
      "A client needs both. Without a client, the access key alone is used to get the token.",
    );
  const { token, compareClock, acd = {} } = config.file.tenant ?? {};
  const { createAcdTenant } = await import("../tenant/acd/index.ts");
  return createAcdTenant(
    {
      issuer,
      area: acd.area,
      tenantId: acd.tenantId,
      api: acd.api,
      credentials: {
        accessKeyId,
        accessKeySecret: kept(config, environment, ["ACCESS_KEY_ID", accessKeyId], ["ACCESS_KEY_SECRET", accessKeySecret]),
      },
      client:
        id === undefined || secret === undefined
          ? undefined
          : { id, secret, auth: token?.auth, basicEncoding: acd.basicEncoding },
      contactFields: { consent: acd.consentField, consentValues: acd.consentValues },
      doNotCallGroup: acd.doNotCallGroup === undefined ? undefined : String(acd.doNotCallGroup),
      limits: limits === "off" ? ACD_OFF : limitsOf(config),
      retry: { ...usualRetry, ...retryOf(config), ...retry },
      timeouts,
    },
    {
      clock: config.clock,
      compareClock,
      hooks,
      correlation: correlation ?? traced(environment),
      refusal,
      shapes,
      proxy: proxyOf(environment),
    },
  );
}

/** The configured limits of the families of the tenant's profile. */
export function limitsOf({ file: { limits }, profile }: Pick<Config, "file" | "profile">) {
  const families = profile === "acd" ? ACD_OFF : OFF;
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([family]) => family in families));
}

/**
 * A secret that is read again for each token, so that its file may get another one: the last one that could be read beside the id that
 * this tenant works with.
 */
function kept(
  config: Config,
  environment: Environment,
  [idName, id]: readonly [Credential, string],
  [name, first]: readonly [Credential, string],
): () => Promise<string> {
  let last = first;
  return async () => {
    const [isSame, secret] = await Promise.all([
      credentialFrom(config, environment, idName).then((now) => now === id),
      credentialFrom(config, environment, name),
    ]).catch(() => [false, undefined] as const);
    if (isSame && secret !== undefined && secret !== "") last = secret;
    return last;
  };
}

function traced(environment: Environment): () => string | undefined {
  const outer = traceOf(environment);
  return () => outer;
}

/** The configured repetitions; the client has defaults for the rest. */
function retryOf({ file }: Config): TenantOverrides["retry"] {
  const { attempts, baseDelay, longestDelay } = file.tenant?.retry ?? {};
  const baseDelayMs = baseDelay === undefined ? undefined : parseDuration(baseDelay);
  const maxDelayMs = longestDelay === undefined ? undefined : parseDuration(longestDelay);
  return {
    ...(attempts === undefined ? {} : { maxAttempts: attempts }),
    ...(baseDelayMs === undefined ? {} : { baseDelayMs }),
    ...(maxDelayMs === undefined ? {} : { maxDelayMs }),
  };
}
