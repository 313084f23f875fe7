// The schema of outdial.yaml. It contains no secrets: they come from the environment or from files.

import { z } from "zod";
import { KEPT, type KeptSetting } from "../kernel/index.ts";
import { alarms, webhooks } from "./config-schema-receivers.ts";
import { limits, span, store, tenant, tenants } from "./config-schema-tenant.ts";

// The service in outdial.yaml: where it listens, proxies before it, and how people sign in.

/** The service. */
const service = z.strictObject({
  host: z.string().optional().describe("Address to listen on; 127.0.0.1 by default, any other needs tokens"),
  port: z.int().min(0).max(65_535).optional().describe("Port to listen on; 8383 by default, 0 takes a free one"),
  publicUrl: z
    .url()
    .optional()
    .describe("The address people use when a proxy stands before the service; https makes cookies secure"),
  proxy: z
    .strictObject({
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/, "the name of a header is needed, such as X-Forwarded-For")
        .refine(
          (name) => name.toLowerCase() !== "forwarded",
          "Forwarded is of another form; a header that is a list of addresses is needed",
        )
        .describe("Header into which your proxies add the address that they were asked from, such as X-Forwarded-For"),
      hops: z.int().min(1).max(10).default(1).describe("How many of your proxies add to it; 1 by default"),
    })
    .optional()
    .describe(
      "Proxies that tell the caller's address; without it no header is believed, and the address is that of the connection",
    ),
  metrics: z
    .strictObject({
      host: z.string().optional().describe("Address to listen on; 127.0.0.1 by default"),
      port: z.int().min(0).max(65_535).describe("Port; 0 takes a free one"),
    })
    .optional()
    .describe(
      "A port of its own for /metrics, which the service's port has then no more; by default they are on the service's port",
    ),
  signIn: z
    .strictObject({
      name: z
        .string()
        .min(1)
        .max(60)
        .optional()
        .describe("What the button of the login page says after 'Sign in with'; the issuer's host by default"),
      issuer: z
        .url({ protocol: /^https?$/ })
        .describe("Issuer of the provider, as its own configuration has it; https, or http on loopback"),
      clientId: z.string().min(1).describe("Client that outdial is registered as at the provider"),
      clientSecretEnv: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Environment variable that holds the client's secret; OUTDIAL_SIGN_IN_SECRET by default. <name>_FILE names a file with it. A client without a secret needs none",
        ),
      clientSecretFile: z.string().min(1).optional().describe("Path of a file that holds the client's secret"),
      scopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "a scope is one word"))
        .optional()
        .describe("Scopes that are asked for beside openid, such as profile, email or groups; profile and email by default"),
      subject: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Claim that names a person for good, in the audit and for four eyes; sub by default. It must never change or be given to another person",
        ),
      roleClaim: z
        .string()
        .min(1)
        .describe("Claim that holds a person's groups or roles, by its name or by a path such as realm_access.roles"),
      roles: z
        .record(z.string().min(1), z.enum(["viewer", "operator", "admin"]))
        .refine((roles) => Object.keys(roles).length > 0, "a role for one value at least is needed")
        .describe("Roles of outdial by value of that claim; of several the highest counts, and without one nobody is let in"),
    })
    .optional()
    .describe("A provider of OpenID Connect that people sign in through at the dashboard; tokens go on working"),
  logLevel: z
    .enum(["debug", "info", "warn", "error"])
    .optional()
    .describe("Least level of lines in the log; info by default, and debug with --verbose whatever stands here"),
  fourEyes: z.boolean().optional().describe("Dangerous verbs wait until another person approves; false by default"),
  uploadMegabytes: z.int().min(1).max(100_000).optional().describe("Largest file that is taken; 512 by default"),
});

const DAYS = /^\d+d$/;

/** How long data is kept: what the company may decide, from the table of lives. */
const life = (name: KeptSetting) => {
  const { days, least, most, of } = KEPT[name];
  const range = `${least}d to ${most}d`;
  return z
    .string()
    .refine(
      (text) => DAYS.test(text) && Number.parseInt(text, 10) >= least && Number.parseInt(text, 10) <= most,
      `days are needed, ${range}`,
    )
    .optional()
    .describe(`Of ${of}; ${days}d by default, ${range}`);
};
const kept = z.strictObject({
  jobs: life("jobs"),
  deliveredEvents: life("deliveredEvents"),
  deadLetters: life("deadLetters"),
  callRecords: life("callRecords"),
});

/** outdial.yaml. Everything is optional; environment and flags override it. */
export const configSchema = z
  .strictObject({
    tenant: tenant.optional(),
    tenants: tenants.optional(),
    limits: limits.optional(),
    store: store.optional(),
    audit: z
      .strictObject({
        heads: z
          .array(
            z.union([
              z.strictObject({
                folder: z
                  .string()
                  .min(1)
                  .describe(
                    "Folder on another disk or host; the head is a file of it that is named after the log. It must be there",
                  ),
              }),
              z.strictObject({
                object: z
                  .union([
                    z.strictObject({
                      url: z
                        .url({ protocol: /^https?$/ })
                        .describe(
                          "Address of the object, or of the folder that has it when it ends in a slash; read by GET, written by PUT",
                        ),
                      authorizationEnv: z
                        .string()
                        .min(1)
                        .optional()
                        .describe(
                          "Environment variable with the value of the header Authorization, such as Bearer …; <name>_FILE names a file with it",
                        ),
                    }),
                    z.strictObject({
                      readEnv: z
                        .string()
                        .min(1)
                        .describe(
                          "Environment variable with a presigned address that reads the object; <name>_FILE names a file with it",
                        ),
                      writeEnv: z
                        .string()
                        .min(1)
                        .describe("Environment variable with a presigned address that writes the object"),
                    }),
                  ])
                  .describe("An object in object storage"),
              }),
              z.strictObject({
                witness: z.strictObject({
                  url: z.url({ protocol: /^https?$/ }).describe("Submission prefix of a C2SP witness"),
                  key: z.string().min(1).describe("Its verifier key, <name>+<8 hex digits>+<base64>"),
                }),
              }),
            ]),
          )
          .max(16)
          .optional()
          .describe(
            "Where the newest signed checkpoint of the audit log is kept outside the store; by default, of an embedded store, in the user's folder of state",
          ),
      })
      .optional()
      .describe("The audit log"),
    webhooks: webhooks.optional().describe("Receivers of outdial's events"),
    alarms: alarms.optional().describe("How people are told of what they must look at, beside webhooks.alarms"),
    outcomes: z
      .strictObject({
        lake: z
          .string()
          .optional()
          .describe("Folder of the outcome lake, or s3://bucket/prefix in object storage; .outdial/lake by default"),
        s3: z
          .strictObject({
            endpoint: z
              .url({ protocol: /^https?$/ })
              .optional()
              .describe("Address of the object storage; https://s3.<region>.amazonaws.com by default"),
            region: z.string().min(1).optional().describe("us-east-1 by default"),
            keyIdEnv: z
              .string()
              .optional()
              .describe(
                "Environment variable with the id of the access key; OUTDIAL_LAKE_KEY_ID by default. <name>_FILE names a file with it",
              ),
            keySecretEnv: z.string().optional().describe("The same for the key's secret; OUTDIAL_LAKE_KEY_SECRET by default"),
            cache: z
              .string()
              .optional()
              .describe("Folder of this machine for files that were read; lake-cache in the working folder by default"),
            cacheGb: z.number().positive().optional().describe("What it may keep, 10^9 bytes; 20 by default"),
          })
          .optional()
          .describe("Object storage with the interface of S3, for a lake at s3://…"),
        map: z
          .string()
          .optional()
          .describe("File that says what disposition codes mean (outcome-map.schema.json); the documented codes by default"),
        zone: z.string().optional().describe("IANA time zone of days and hours in reports; UTC by default"),
        downloads: z
          .int()
          .min(1)
          .max(64)
          .optional()
          .describe("Listings of calls that one process reads at once, for all its retrievals together; 4 by default"),
      })
      .optional(),
    compliance: z
      .strictObject({
        pack: z.string().optional().describe("Rule pack: a file, JSON or YAML; by default the shipped us-ca-uk-2026"),
        packKey: z
          .string()
          .optional()
          .describe(
            "Public key (audit.pub of who signs) that compliance.pack must be signed by: the pack is then a signed file, and is checked each time it is read",
          ),
        optOutCodes: z
          .array(z.string().min(1))
          .optional()
          .describe("Codes and phrases of your own that are opt-outs, beside the shipped ones"),
        revocationTargets: z
          .record(z.string().min(1), z.number().positive())
          .optional()
          .describe(
            "Hours within which each of your systems must carry a revocation out; by default dialer 4, crm 24, partner 48",
          ),
        countEarlyHangups: z
          .boolean()
          .optional()
          .describe("Whether people who hang up before an agent was due count as abandoned; true by default"),
        timeZone: z
          .string()
          .optional()
          .describe("Where your day ends, for today's abandonment allowance; this machine's zone by default"),
      })
      .refine(({ pack, packKey }) => packKey === undefined || pack !== undefined, {
        path: ["packKey"],
        error: "pack is needed beside it: the signed file that this key is for",
      })
      .optional()
      .describe("Calling rules and what is known of the people called"),
    dialer: z
      .strictObject({
        activation: z
          .strictObject({
            first: span
              .optional()
              .describe("Pause before the first look at an activation, 2s by default; it doubles from look to look"),
            most: span.optional().describe("Longest pause between two looks, 30s by default"),
            looks: z.int().min(1).max(1000).optional().describe("Looks before an activation counts as timed out, 15 by default"),
            settle: span
              .optional()
              .describe("How long settings must stand when their activation cannot be asked about, 60s by default"),
          })
          .optional(),
        regulatoryChecks: z
          .array(z.enum(["tcpa_abandonment", "dnc_compliance", "calling_hours"]))
          .min(1)
          .optional()
          .describe("Regulatory checks that the tenant's validation is asked for; by default all three"),
        acceptedChance: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe("Most predicted probability of abandonment above 3 % at which settings are applied, 0.05 by default"),
        guard: z
          .strictObject({
            every: span.optional().describe("Time between two readings of the figures during apply --guard, 1m by default"),
            alternative: z
              .number()
              .gt(0.03)
              .lt(1)
              .optional()
              .describe("Abandonment that a guarded rollout must find out, 0.045 by default"),
          })
          .optional(),
      })
      .optional()
      .describe("Changes of the dialer's settings"),
    interactions: z
      .strictObject({
        exclusive: z
          .array(z.array(z.string().min(1)).min(2))
          .optional()
          .describe(
            "Codes that never stand on one interaction together: lists of codes, or beginnings such as 1*; by default [[1*, 2*]]",
          ),
        attempts: z
          .int()
          .min(1)
          .max(20)
          .optional()
          .describe("Writes at most for one interaction when others write too; 3 by default"),
        concurrency: z.int().min(1).max(128).optional().describe("Interactions under way at once; 8 by default"),
      })
      .optional()
      .describe("Corrections of closed interactions"),
    vendorEvents: z
      .strictObject({
        wfm: z
          .strictObject({
            retries: z.int().min(0).max(100).optional().describe("Repetitions at most of a delivery that failed; 3 by default"),
            backoff: z
              .number()
              .min(1)
              .max(100)
              .optional()
              .describe("Growth of the pause from one repetition to the next; 2 by default"),
            timeout: span.optional().describe("Longest time of one attempt, in whole seconds; 10s by default"),
          })
          .optional()
          .describe("How the tenant delivers its events about the dialer, asked for when an address is registered"),
      })
      .optional()
      .describe("The tenant's own events, delivered to addresses of yours"),
    kept: kept.optional().describe("How long data is kept; outdial data lives shows all of it"),
    service: service.optional().describe("outdial serve"),
    tagging: z
      .strictObject({ concurrency: z.int().min(1).max(512).optional().describe("Requests under way at once; 32 by default") })
      .optional(),
  })
  .refine(({ tenant: one, tenants: several }) => one === undefined || several === undefined, {
    path: ["tenants"],
    error: "tenant is there as well; put it under a name in tenants",
  });

export type ConfigFile = z.output<typeof configSchema>;

/** The JSON Schema of outdial.yaml, for editors. */
export function configJsonSchema(): object {
  return { title: "outdial.yaml", ...z.toJSONSchema(configSchema, { io: "input" }) };
}
