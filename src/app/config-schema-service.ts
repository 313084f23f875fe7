// The service in outdial.yaml: where it listens, proxies before it, and how people sign in.

import { z } from "zod";

/** The service. */
export const service = z.strictObject({
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
  fourEyes: z.boolean().optional().describe("Dangerous verbs wait until another person approves; false by default"),
  uploadMegabytes: z.int().min(1).max(100_000).optional().describe("Largest file that is taken; 512 by default"),
});
