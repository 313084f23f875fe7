// The part of outdial.yaml about the tenant, how to talk to it, and its store.

import { z } from "zod";
import { DEVICE_NAME, parseDuration } from "../kernel/index.ts";

const limit = z.union([
  z.strictObject({ perSecond: z.number().positive() }),
  z.strictObject({ perMinute: z.number().positive() }),
  z.literal("off"),
]);

const hosts = z.strictObject({
  default: z.url().optional(),
  outbound: z.url().optional(),
  interactions: z.url().optional(),
  omnichannel: z.url().optional(),
  dialer: z.url().optional(),
  outcomes: z.url().optional(),
});

const acd = z
  .strictObject({
    accessKeyIdFile: z
      .string()
      .min(1)
      .optional()
      .describe("File that holds the id of the access key, when no variable gives one"),
    accessKeySecretFile: z.string().min(1).optional().describe("File that holds its secret"),
    area: z
      .string()
      .regex(/^[a-z0-9-]{1,20}$/i, "the name of an area, such as na1")
      .optional()
      .describe("Area of the tenant, such as na1: where an access key alone gets its token"),
    tenantId: z.string().min(1).optional().describe("The tenant's UUID; by default that of the token"),
    api: z.url().optional().describe("Address of the API, instead of what discovery says"),
    basicEncoding: z
      .enum(["form", "raw"])
      .optional()
      .describe("Whether the client's secret is form-encoded before it stands in HTTP Basic; form by default"),
    consentField: z
      .string()
      .min(1)
      .optional()
      .describe("Field of calling lists that says whether a person may be called; without it nobody has consented"),
    consentValues: z.array(z.string()).min(1).optional().describe("What it says then; by default true, yes, y or 1"),
    doNotCallGroup: z
      .union([z.string().min(1), z.int().min(1)])
      .optional()
      .describe(
        "Id of a do-not-call group that the campaigns obey: before a start (resume, apply --activate, hand-over) outdial adds to it what the groups lack of the company's list, and reads it back; by default nothing is added, and a start is refused when somebody might be called who is on that list",
      ),
  })
  .refine(
    ({ accessKeyIdFile, accessKeySecretFile }) => (accessKeyIdFile === undefined) === (accessKeySecretFile === undefined),
    "accessKeyIdFile and accessKeySecretFile need each other",
  );

export const span = z.string().refine((text) => parseDuration(text) !== undefined, "a span of time such as 90s, 30m or 2h");

export const tenant = z.strictObject({
  profile: z
    .enum(["rest", "acd"])
    .optional()
    .describe("Which of the vendor's interfaces the tenant answers: rest, that of the published guides, or acd; rest by default"),
  hosts: z
    .union([z.url(), hosts])
    .optional()
    .describe("One origin for all API families, or one per family; of profile acd the one where tokens and discovery are"),
  compareClock: z
    .boolean()
    .optional()
    .describe(
      "Whether nobody may be called while this machine's clock differs from that of the tenant's replies; true by default. False for a sandbox whose time is not the present, or behind a proxy that writes a wrong Date",
    ),
  token: z
    .strictObject({
      url: z.url().optional().describe("Token endpoint; by default /oauth/token on the outbound host"),
      auth: z
        .enum(["basic", "form", "json"])
        .optional()
        .describe("How the client names itself to the token endpoint; basic by default"),
      scopes: z.array(z.string()).optional().describe("Scopes to ask for; by default all that the client holds"),
      clientIdFile: z.string().min(1).optional().describe("File that holds the client's id, when no variable gives a client"),
      clientSecretFile: z.string().min(1).optional().describe("File that holds its secret"),
    })
    .refine(
      ({ clientIdFile, clientSecretFile }) => (clientIdFile === undefined) === (clientSecretFile === undefined),
      "clientIdFile and clientSecretFile need each other",
    )
    .optional(),
  retry: z
    .strictObject({
      attempts: z
        .int()
        .min(1)
        .max(20)
        .optional()
        .describe(
          "Requests at most for one call, the first included, where it may be repeated; 5 by default, 2 for a page of calls and for reads by hand",
        ),
      baseDelay: span.optional().describe("Pause before the first repetition, 250ms by default; it doubles, with jitter"),
      longestDelay: span.optional().describe("Longest pause between two repetitions, 10s by default"),
    })
    .optional()
    .describe("How calls that failed are repeated; a pause that the tenant asks for is kept beside it"),
  acd: acd.optional().describe("What only a tenant of profile acd needs"),
});

export const limits = z
  .strictObject({
    "outbound-write": limit.optional(),
    "outbound-read": limit.optional(),
    campaigns: limit.optional(),
    "dialer-write": limit.optional(),
    other: limit.optional(),
    "acd-read": limit.optional(),
    "acd-write": limit.optional(),
    "acd-report": limit.optional(),
    "acd-extract": limit.optional(),
  })
  .describe(
    "Requests per rate family; by default the documented limits of the tenant, and of profile acd, which documents none, what is learned",
  );

/** Where the store is. */
export const store = z.strictObject({
  url: z.string().optional().describe("PostgreSQL to use; by default a server of outdial's own under .outdial"),
  directUrl: z
    .string()
    .optional()
    .describe(
      "The same PostgreSQL without PgBouncer, when url leads through one in transaction mode: for what needs a session of its own",
    ),
});

/** Lower case, so that a name and the variables of its credentials correspond. */
const TENANT_NAME = /^[a-z](?:[a-z0-9-]{0,39}[a-z0-9])?$/;

/** Tenants by their names. */
export const tenants = z
  .record(
    z
      .string()
      .regex(
        TENANT_NAME,
        "a name of up to 41 small letters, digits and hyphens is needed, with a letter first and no hyphen last, such as prod or staging-us",
      )
      .refine((name) => !DEVICE_NAME.test(name), "this name is not allowed: no folder can have it on Windows"),
    tenant.extend({
      limits: limits.optional(),
      store: store
        .extend({
          dir: z
            .string()
            .min(1)
            .optional()
            .describe(
              "Folder of this tenant's store; by default .outdial/tenants/<name>. A store from before there were names is in .outdial",
            ),
        })
        .optional(),
    }),
  )
  .describe(
    "Several tenants by their names, in place of tenant. --tenant, OUTDIAL_TENANT or outdial context use say which one is worked with; each has a store of its own",
  );
