// The configuration of a tenant of the profile `acd`, resolved once.

import { z } from "zod";
import { ACD_RATES, type AcdRate } from "../../contract/acd/index.ts";
import { isLoopback } from "../../kernel/index.ts";
import type { LimitSetting, WindowLimit } from "../budget.ts";
import { explainConfig, limitSetting, resolveSettings, type TenantConfig, transferFields } from "../config.ts";
import { TenantError } from "../errors.ts";
import type { HostAddress } from "../hosts.ts";
import { parseVendorHost } from "./hosts.ts";

/** How the client of the password grant authenticates: HTTP Basic, or fields of the body, as a form or as JSON. */
const ACD_CLIENT_STYLES = ["basic", "form", "json"] as const;
/**
 * Whether a client's secret is form-encoded for HTTP Basic: public clients differ. Without `/`, `+` and `=` both give the same.
 */
const BASIC_ENCODINGS = ["form", "raw"] as const;

/** How to reach one tenant of the profile `acd`. Its rights are those of the employee who owns the access key. */
export interface AcdTenantConfig extends Pick<TenantConfig, "retry" | "timeouts" | "maxBodyBytes" | "maxConnections"> {
  /** Address for tokens and discovery, for example `https://cxone.niceincontact.com`. */
  readonly issuer: string;
  /**
   * The area, such as `na1`: its host issues tokens for an access key alone. Needed for that grant, unless the issuer is on this
   * machine.
   */
  readonly area?: string | undefined;
  /** The tenant's UUID; default: from the token. */
  readonly tenantId?: string | undefined;
  /** Address of the API; default: by discovery. */
  readonly api?: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    /** The secret, or a function that fetches it for every token request; never stored. */
    readonly accessKeySecret: string | (() => Promise<string>);
  };
  /** The client of the password grant. Without one, the token is requested with the access key alone. */
  readonly client?:
    | {
        readonly id: string;
        readonly secret: string;
        /** Default: basic. */
        readonly auth?: (typeof ACD_CLIENT_STYLES)[number] | undefined;
        /** Default: form. */
        readonly basicEncoding?: (typeof BASIC_ENCODINGS)[number] | undefined;
      }
    | undefined;
  /** The limits that learning begins with; `off` disables limits. */
  readonly limits?: { readonly [Family in AcdRate]?: LimitSetting | undefined } | undefined;
  /** Names of the fields of a calling list that hold what lists of the profile `rest` have as standard fields. */
  readonly contactFields?:
    | {
        /**
         * A field whose value is one of `consentValues` when the person may be called. Without it nobody counts as having
         * consented.
         */
        readonly consent?: string | undefined;
        /** Default: true, yes, y, 1. */
        readonly consentValues?: readonly string[] | undefined;
      }
    | undefined;
  /**
   * Id of the do-not-call group to which missing numbers of the company's list are added before a campaign is started; default
   * none.
   */
  readonly doNotCallGroup?: string | undefined;
}

/** It contains the credentials: do not log it. */
export type ResolvedAcdConfig = Readonly<ReturnType<typeof resolveAcdConfig>>;

const families = Object.keys(ACD_RATES) as AcdRate[];
const text = z.string().min(1);
const schema = z.strictObject({
  issuer: text,
  area: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/i, "the name of an area, such as na1")
    .optional(),
  tenantId: z
    .string()
    .regex(/^[\w-]{1,64}$/, "the tenant's UUID")
    .optional(),
  api: text.optional(),
  credentials: z.strictObject({
    accessKeyId: text,
    accessKeySecret: z.union([text, z.custom<() => Promise<string>>((value) => typeof value === "function")], {
      error: "give the secret, or a function that returns a promise of it",
    }),
  }),
  client: z
    .strictObject({
      id: text,
      secret: text,
      auth: z.enum(ACD_CLIENT_STYLES).optional(),
      basicEncoding: z.enum(BASIC_ENCODINGS).optional(),
    })
    .optional(),
  limits: z.strictObject(Object.fromEntries(families.map((family) => [family, limitSetting.optional()]))).optional(),
  contactFields: z.strictObject({ consent: text.optional(), consentValues: z.array(z.string()).min(1).optional() }).optional(),
  doNotCallGroup: text.optional(),
  ...transferFields,
});

const CONSENT_VALUES = ["true", "yes", "y", "1"];
/** The backoff that public clients use with a throttled tenant: 1, 2, 4, 8 s. */
const STEPS = { baseDelayMs: 1000, maxDelayMs: 8000 };

/**
 * Checks a configuration and fills in the defaults.
 * @throws TenantError `invalid_config` with every wrong field, `host_not_allowed` for an address that must not get the token
 */
export function resolveAcdConfig(config: AcdTenantConfig) {
  const parsed = schema.safeParse(config);
  if (!parsed.success) throw new TenantError("invalid_config", explainConfig(parsed.error, Object.keys(schema.shape)));
  const { credentials, area, api, tenantId, client, contactFields } = parsed.data;
  const issuer = parseVendorHost(parsed.data.issuer, "tenant config: issuer");
  const { accessKeySecret: secret } = credentials;
  return {
    ...resolveSettings({ ...parsed.data, retry: { ...STEPS, ...parsed.data.retry } }),
    issuer,
    tokens: tokenHost(issuer, area, client !== undefined),
    tenantId,
    api: api === undefined ? undefined : parseVendorHost(api, "tenant config: api"),
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: typeof secret === "string" ? () => Promise.resolve(secret) : secret,
    client: client && { ...client, auth: client.auth ?? "basic", basicEncoding: client.basicEncoding ?? "form" },
    limits: Object.fromEntries(families.map((family) => [family, windowOf(family, config.limits?.[family])])),
    consent:
      contactFields?.consent === undefined
        ? undefined
        : {
            field: contactFields.consent,
            values: (contactFields.consentValues ?? CONSENT_VALUES).map((value) => value.toLowerCase()),
          },
    companyGroup: parsed.data.doNotCallGroup,
  };
}

/** The host for tokens: with an access key alone the area's host, with a client the issuer. */
function tokenHost(issuer: HostAddress, area: string | undefined, hasClient: boolean): HostAddress {
  const { hostname } = new URL(issuer.origin);
  if (hasClient || isLoopback(hostname)) return issuer;
  if (area !== undefined) return parseVendorHost(`https://${area.toLowerCase()}.nice-incontact.com`, "tenant config: area");
  if (/^[a-z]{2}\d\.nice-incontact\.com$/.test(hostname)) return issuer;
  throw new TenantError("invalid_config", "tenant config: area: needed to get a token for an access key without a client", {
    advice: "Set the area, such as na1, eu1, au1 or uk1; or give the id and secret of a client for the password grant.",
  });
}

function windowOf(family: AcdRate, setting: LimitSetting | undefined): WindowLimit | undefined {
  if (setting === "off") return undefined;
  // A limit given by the operator is fixed; unpublished limits are learned.
  if (setting !== undefined)
    return "perSecond" in setting ? { requests: setting.perSecond, seconds: 1 } : { requests: setting.perMinute, seconds: 60 };
  const { requests, seconds } = ACD_RATES[family];
  return { requests, seconds, learned: family !== "acd-extract" };
}
