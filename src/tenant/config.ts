// The configuration of a tenant: as a caller writes it, and resolved once for all other code.

import { z } from "zod";
import {
  type HostFamily,
  RATE_FAMILIES,
  RATE_LIMITS,
  type RateFamily,
  TOKEN_AUTH_STYLES,
  type TokenAuthStyle,
} from "../contract/index.ts";
import { issueText, nearest } from "../kernel/index.ts";
import type { LimitSetting, WindowLimit } from "./budget.ts";
import { TenantError } from "./errors.ts";
import { type HostAddress, parseHost } from "./hosts.ts";
import type { FamilyLimits } from "./rate-limiter.ts";
import type { RetrySettings } from "./retry-timing.ts";
import type { CallSettings } from "./settings.ts";

/** How to reach one tenant. Example: `{ hosts: "https://api.example.com", token: { auth: "basic" }, credentials: { clientId, clientSecret } }`. */
export interface TenantConfig {
  /** One address for all API families, or one per family with `default` for the rest. https, or http on loopback. */
  readonly hosts: string | { readonly [Family in HostFamily | "default"]?: string | undefined };
  readonly token: {
    /** Address of the token endpoint. Default: the outbound host followed by `/oauth/token`. */
    readonly url?: string | undefined;
    /** How the client authenticates: HTTP Basic, fields of a form, or fields of a JSON body (contract §1). */
    readonly auth: TokenAuthStyle;
    /** Scopes to ask for. Default: none, which gives all that the client has. */
    readonly scopes?: readonly string[] | undefined;
  };
  readonly credentials: {
    readonly clientId: string;
    /**
     * The secret, or a function that fetches it (from a vault or a file); it is called for every token and the secret is never
     * stored.
     */
    readonly clientSecret: string | (() => Promise<string>);
  };
  /** Overrides of the documented limits by rate family, for example `{ "outbound-write": { perSecond: 50 }, campaigns: "off" }`. */
  readonly limits?: { readonly [Family in RateFamily]?: LimitSetting | undefined } | undefined;
  readonly retry?: { readonly [Name in keyof RetrySettings]?: RetrySettings[Name] | undefined } | undefined;
  readonly timeouts?:
    | {
        /** Time-out for establishing a connection, in ms. Default 10,000. */
        readonly connectMs?: number | undefined;
        /** Time-out from sending to the reply's headers, in ms. Default 30,000. */
        readonly headersMs?: number | undefined;
        /** Time-out between two pieces of a body, in ms. Default 30,000. */
        readonly bodyMs?: number | undefined;
      }
    | undefined;
  /** Largest reply in bytes. Default 16 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Most connections to one address. Default 64. */
  readonly maxConnections?: number | undefined;
}

/** The resolved configuration. It contains the credentials: do not log it. */
export interface ResolvedConfig extends CallSettings {
  readonly hosts: Readonly<Partial<Record<HostFamily, HostAddress>>>;
  readonly token: { readonly address: HostAddress; readonly auth: TokenAuthStyle; readonly scopes: readonly string[] };
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly limits: FamilyLimits;
  readonly connectMs: number;
  readonly maxConnections: number;
}

const HOST_FAMILIES = ["outbound", "interactions", "omnichannel", "dialer", "outcomes"] as const satisfies readonly HostFamily[];
const ms = z.number().min(1).max(86_400_000);
const rate = z.number().positive().max(1_000_000);
/** Schema of a limit on requests: a number per second or minute, or "off". */
export const limitSetting = z.union(
  [z.literal("off"), z.strictObject({ perSecond: rate }), z.strictObject({ perMinute: rate })],
  {
    error: 'give { perSecond: number }, { perMinute: number } or "off"',
  },
);
const hostText = z.string().min(1);
const namesOf = <Name extends string, Value extends z.ZodType>(names: readonly Name[], value: Value) =>
  Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>;

const hostsSchema = z.strictObject({ ...namesOf(HOST_FAMILIES, hostText.optional()), default: hostText.optional() });

const retrySchema = z.strictObject({
  maxAttempts: z.int().min(1).max(100).optional(),
  maxRateLimited: z.int().min(0).max(1000).optional(),
  baseDelayMs: ms.optional(),
  maxDelayMs: ms.optional(),
  maxRetryAfterMs: ms.optional(),
  totalMs: ms.optional(),
});
const timeoutsSchema = z.strictObject({ connectMs: ms.optional(), headersMs: ms.optional(), bodyMs: ms.optional() });

/** Fields about connections and limits, for every profile. */
export const transferFields = {
  retry: retrySchema.optional(),
  timeouts: timeoutsSchema.optional(),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(1024 ** 3)
    .optional(),
  maxConnections: z.int().min(1).max(4096).optional(),
};

const configSchema = z.strictObject({
  hosts: z.union([hostText, hostsSchema], {
    error: `give one address, or an object of addresses by family (${HOST_FAMILIES.join(", ")}, default)`,
  }),
  token: z.strictObject({
    url: hostText.optional(),
    auth: z.enum(TOKEN_AUTH_STYLES),
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "a scope has no spaces or quotes")).optional(),
  }),
  credentials: z.strictObject({
    clientId: z.string().min(1),
    clientSecret: z.union([z.string().min(1), z.custom<() => Promise<string>>((value) => typeof value === "function")], {
      error: "give the secret, or a function that returns a promise of it",
    }),
  }),
  limits: z.strictObject(namesOf(RATE_FAMILIES, limitSetting.optional())).optional(),
  ...transferFields,
});

/** Every wrong field of a configuration. @param fields the allowed names at the top level */
export function explainConfig(error: z.ZodError, fields: readonly string[]): string {
  return error.issues.map((issue) => explain(issue, fields)).join("; ");
}

function explain(issue: z.core.$ZodIssue, fields: readonly string[]): string {
  const where = issue.path.length === 0 ? "tenant config" : `tenant config: ${issue.path.join(".")}`;
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    const hints = issue.keys.map((key) => {
      const near = nearest(key, fields);
      return near === undefined ? `"${key}"` : `"${key}" (did you mean "${near}"?)`;
    });
    return `${where}: unknown ${hints.join(", ")}; allowed: ${fields.join(", ")}`;
  }
  return `${where}: ${issueText(issue)}`;
}

function windowOf(family: RateFamily, setting: LimitSetting | undefined): WindowLimit | undefined {
  if (setting === undefined) return RATE_LIMITS[family];
  if (setting === "off") return undefined;
  return "perSecond" in setting ? { requests: setting.perSecond, seconds: 1 } : { requests: setting.perMinute, seconds: 60 };
}

/**
 * Checks a configuration and fills in the defaults.
 * @throws TenantError `invalid_config` with every wrong field, `host_not_allowed` for an address that must not get the token
 */
export function resolveConfig(config: TenantConfig): ResolvedConfig {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw new TenantError("invalid_config", explainConfig(parsed.error, Object.keys(configSchema.shape)));
  const { token, credentials, limits, ...rest } = parsed.data;

  const texts: z.output<typeof hostsSchema> = typeof rest.hosts === "string" ? { default: rest.hosts } : rest.hosts;
  const hosts: Partial<Record<HostFamily, HostAddress>> = {};
  for (const family of HOST_FAMILIES) {
    const own = texts[family];
    const text = own ?? texts.default;
    if (text !== undefined) hosts[family] = parseHost(text, `tenant config: hosts.${own === undefined ? "default" : family}`);
  }
  if (Object.keys(hosts).length === 0)
    throw new TenantError("invalid_config", "tenant config: hosts: at least one address is needed");

  const outbound = hosts.outbound;
  if (token.url === undefined && outbound === undefined) {
    throw new TenantError(
      "invalid_config",
      "tenant config: token.url: needed, because no outbound host is given to derive it from",
    );
  }
  const address =
    token.url === undefined && outbound !== undefined
      ? { origin: outbound.origin, prefix: `${outbound.prefix}/oauth/token` }
      : parseHost(token.url ?? "", "tenant config: token.url");
  const { clientSecret } = credentials;

  return {
    hosts,
    token: { address: { ...address, prefix: address.prefix || "/" }, auth: token.auth, scopes: token.scopes ?? [] },
    clientId: credentials.clientId,
    clientSecret: typeof clientSecret === "string" ? () => Promise.resolve(clientSecret) : clientSecret,
    limits: Object.fromEntries(RATE_FAMILIES.map((family) => [family, windowOf(family, limits?.[family])])) as FamilyLimits,
    ...resolveSettings(rest),
  };
}

/** The retry and time-out settings with defaults. */
export function resolveSettings({
  retry,
  timeouts,
  maxBodyBytes,
  maxConnections,
}: Pick<TenantConfig, "retry" | "timeouts" | "maxBodyBytes" | "maxConnections">): CallSettings & {
  readonly connectMs: number;
  readonly maxConnections: number;
} {
  return {
    retry: {
      maxAttempts: retry?.maxAttempts ?? 5,
      maxRateLimited: retry?.maxRateLimited ?? 10,
      baseDelayMs: retry?.baseDelayMs ?? 250,
      maxDelayMs: retry?.maxDelayMs ?? 10_000,
      maxRetryAfterMs: retry?.maxRetryAfterMs ?? 60_000,
      totalMs: retry?.totalMs ?? 120_000,
    },
    connectMs: timeouts?.connectMs ?? 10_000,
    headersMs: timeouts?.headersMs ?? 30_000,
    bodyMs: timeouts?.bodyMs ?? 30_000,
    maxBodyBytes: maxBodyBytes ?? 16 * 1024 ** 2,
    maxConnections: maxConnections ?? 64,
  };
}
