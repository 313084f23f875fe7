import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadConfig, parseConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { secretFrom } from "./environment.ts";
import { mailOf, receiversOf } from "./receivers.ts";
import { signInOf } from "./sign-in.ts";

test("a configuration is read field by field", async () => {
  const config = await parseConfig(
    'tenant: { hosts: "https://api.example.com" }\nlimits: { outbound-write: { perSecond: 50 } }\n',
    "outdial.yaml",
  );
  expect(config).toEqual({ tenant: { hosts: "https://api.example.com" }, limits: { "outbound-write": { perSecond: 50 } } });
});

test.each([
  ["tennant: {}", "tennant: unknown field; did you mean tenant?"],
  ["tenant: { url: 'http://127.0.0.1' }", "tenant.url: unknown field; allowed: profile, hosts, "],
  ["limits: { outbound-write: { perSecnd: 3 } }", "limits.outbound-write.perSecnd: unknown field; did you mean perSecond?"],
  ["tenant: { token: { auth: digest } }", "tenant.token.auth"],
  ["tagging: { concurrency: many }", "tagging.concurrency"],
  ["tenant: [unclosed", "outdial.yaml:1: "],
  ["tenants:\n  a-: {}", "outdial.yaml:2: tenants.a-: a name of up to 41 small letters, digits and hyphens is needed"],
  ["tenants: { A: {} }", "outdial.yaml:1: tenants.A: a name of up to 41"],
  ["webhooks: { constructor: {} }", "webhooks.constructor: a name of a receiver has lower-case letters"],
  ["webhooks: { sign-in: {} }", "webhooks.sign-in: a name of a receiver has lower-case letters"],
  ["tenants:\n  con:\n    hosts: http://x", "outdial.yaml:2: tenants.con: this name is not allowed: no folder"],
  ["tenant: *gone", "outdial.yaml: Unresolved alias"],
  [
    [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdef".split("").map((name, i) => `${name}: &${name} [${`*${"abcdef"[i]},`.repeat(9)}]`),
    ].join("\n"),
    "outdial.yaml: Excessive alias count",
  ],
  ["tenants:\n  ok: {}\n  __proto__: {}", "outdial.yaml:3: tenants.__proto__: this name is not allowed"],
])("a wrong configuration says where: %s", async (text, message) => {
  const failure = parseConfig(text, "outdial.yaml");
  await expect(failure).rejects.toThrow(ConfigError);
  await expect(failure).rejects.toThrow(message);
});

test("flags win over the environment, the environment over the file", async () => {
  const environment = { OUTDIAL_TENANT_URL: "http://127.0.0.1:1", DATABASE_URL: "postgres://env", USER: "ann" };
  expect(await loadConfig({ cwd: "/nowhere" }, environment)).toMatchObject({
    tenantUrl: "http://127.0.0.1:1",
    databaseUrl: "postgres://env",
    actor: "ann",
    dir: "/nowhere/.outdial",
  });
  expect(await loadConfig({ tenantUrl: "http://127.0.0.1:2", cwd: "/nowhere" }, environment)).toMatchObject({
    tenantUrl: "http://127.0.0.1:2",
  });
});

test("a configuration that was named must exist", async () => {
  await expect(loadConfig({ config: "none.yaml", cwd: "/nowhere" }, {})).rejects.toThrow(
    "cannot read the configuration /nowhere/none.yaml",
  );
});

test("secrets come from a variable or from the file another one names, and a missing one is named without a value", async () => {
  expect(await secretFrom({ X: "s" }, "X")).toBe("s");
  expect(await secretFrom({}, "X")).toBeUndefined();
  await expect(secretFrom({ X_FILE: "/nowhere/secret" }, "X")).rejects.toThrow("X_FILE: cannot read /nowhere/secret");
  const config = await loadConfig({ cwd: "/nowhere" }, {});
  await expect(receiversOf(config, { OUTDIAL_BI_URL: "https://bi.example.com" })).rejects.toThrow("set OUTDIAL_BI_SECRET");
  const bi = "webhooks: { bi: { url: 'https://bi.example.com', form: plain, headers: { X-Source: a }, bearerEnv: BI_TOKEN } }";
  const wanted = { ...config, file: await parseConfig(bi, "outdial.yaml") };
  await expect(receiversOf(wanted, { OUTDIAL_BI_SECRET: "s" })).rejects.toThrow("set BI_TOKEN");
  expect(await receiversOf(wanted, { OUTDIAL_BI_SECRET: "s", BI_TOKEN: "t" })).toMatchObject({
    bi: { form: "plain", headers: { "x-source": "a", authorization: "Bearer t" } },
  });
  const chat = {
    ...config,
    file: await parseConfig("webhooks: { alarms: { urlEnv: ALARMS_CHAT, form: slack } }", "outdial.yaml"),
  };
  await expect(receiversOf(chat, {})).rejects.toThrow("set ALARMS_CHAT");
  // A chat checks no signature: no secret is asked for.
  expect(await receiversOf(chat, { ALARMS_CHAT: "https://chat.example.com/x" })).toMatchObject({
    alarms: { url: "https://chat.example.com/x", form: "slack" },
  });
  const own = "webhooks: { bi: { url: 'https://bi.example.com', headers: { Authorization: Bearer x } } }";
  await expect(parseConfig(own, "outdial.yaml")).rejects.toThrow("bearerEnv");
});

test("any number of receivers have names of the company's own, each with its types, form, secret and order", async () => {
  const config = await loadConfig({ cwd: "/nowhere" }, {});
  const of = async (text: string) => ({ ...config, file: await parseConfig(`webhooks:\n${text}`, "outdial.yaml") });
  const two = await of(
    "  bi: { url: 'https://bi.example.com' }\n" +
      "  data-lake: { url: 'https://lake.example.com', types: [DISPOSITION_ASSIGNED, DISPOSITION_*], form: plain, order: none, concurrency: 64 }\n" +
      "  on-call: { urlEnv: CHAT, types: ['FAILOVER_NEITHER_DIALS'], form: slack }\n",
  );
  const secrets = { OUTDIAL_BI_SECRET: "a", OUTDIAL_DATA_LAKE_SECRET: "b", CHAT: "https://chat.example.com/x" };
  expect(await receiversOf(two, secrets)).toEqual({
    bi: expect.objectContaining({ types: ["DISPOSITION_ASSIGNED"], secret: "a" }),
    "data-lake": expect.objectContaining({
      types: ["DISPOSITION_ASSIGNED", "DISPOSITION_UPDATED"],
      secret: "b",
      form: "plain",
      order: "none",
      concurrency: 64,
    }),
    "on-call": expect.objectContaining({ types: ["FAILOVER_NEITHER_DIALS"], secret: undefined }),
  });
  await expect(receiversOf(two, { ...secrets, OUTDIAL_DATA_LAKE_SECRET: "" })).rejects.toThrow("set OUTDIAL_DATA_LAKE_SECRET");
  const narrowed = await of("  bi: { url: 'https://bi.example.com', types: ['*'] }\n");
  expect((await receiversOf(narrowed, secrets))["bi"]?.types).toContain("FAILOVER_BOTH_ACTIVE");
  await expect(receiversOf(await of("  siem: { types: ['*'] }\n"), {})).rejects.toThrow("set OUTDIAL_SIEM_URL");
  const misspelt = await of("  siem: { url: 'https://siem.example.com', types: [DISPOSITION_SET] }\n");
  await expect(receiversOf(misspelt, { OUTDIAL_SIEM_SECRET: "s" })).rejects.toThrow(
    "webhooks.siem.types: there is no event DISPOSITION_SET",
  );
  for (const [text, message] of [
    ["siem: { url: 'https://siem.example.com' }", "webhooks.siem.types: the types of events that it takes are needed"],
    ["siem: { url: 'https://siem.example.com', types: [] }", "webhooks.siem.types"],
    ["siem: { url: 'https://siem.example.com', types: [lower] }", "a type such as DISPOSITION_ASSIGNED"],
    ["siem: { url: 'https://siem.example.com', types: ['*'], concurrency: 0 }", "webhooks.siem.concurrency"],
    [
      "siem: { url: 'https://siem.example.com', types: ['*'], recordsUrl: 'https://x' }",
      "webhooks.siem.recordsUrl: unknown field",
    ],
    ["SIEM: { url: 'https://siem.example.com', types: ['*'] }", "webhooks.SIEM: a name of a receiver has"],
    ["mail: { url: 'https://siem.example.com', types: ['*'] }", "webhooks.mail: a name of a receiver has"],
    ["inbound-dialer: { url: 'https://siem.example.com', types: ['*'] }", "webhooks.inbound-dialer: a name of a receiver has"],
    ["__proto__: { url: 'https://siem.example.com', types: ['*'] }", "webhooks.__proto__"],
  ] as const)
    await expect(of(`  ${text}\n`), text).rejects.toThrow(message);
});

test("alarms by e-mail have their password from the environment, go beside the webhook, and quiet hours end at some time", async () => {
  const config = await loadConfig({ cwd: "/nowhere" }, {});
  const of = async (text: string) => ({ ...config, file: await parseConfig(text, "outdial.yaml") });
  const mail =
    "mail: { server: 'smtps://mail.example.com', from: 'Out <o@example.com>', to: [a@example.com], user: out, offAfter: 1d }";
  const hours = (periods: string) => `alarms: { ${mail}, quietHours: { zone: Europe/Berlin, periods: [${periods}] } }`;
  const one = await of(hours("{ from: '22:00', to: '07:30', days: [fri, sat] }"));
  await expect(mailOf(one, {})).rejects.toThrow("set OUTDIAL_MAIL_PASSWORD");
  const quiet = { zone: "Europe/Berlin", periods: [{ from: 1320, to: 450, days: [5, 6] }] };
  expect(await mailOf(one, { OUTDIAL_MAIL_PASSWORD: "p" })).toMatchObject({
    user: "out",
    password: "p",
    offAfterMs: 86_400_000,
    quiet,
  });
  expect(await receiversOf(one, { OUTDIAL_ALARMS_URL: "https://a.example.com", OUTDIAL_ALARMS_SECRET: "s" })).toMatchObject({
    alarms: { quiet },
  });
  await expect(mailOf(await of(hours("{ from: '00:00', to: '24:00' }")), { OUTDIAL_MAIL_PASSWORD: "p" })).rejects.toThrow(
    "never end",
  );
  for (const [wrong, told] of [
    [hours("{ from: '25:00', to: '07:00' }"), "22:00"],
    [hours("{ from: '22:00', to: '07:00' }").replace("Berlin", "Nowhere"), "Europe/Berlin"],
    [`alarms: { ${mail.replace("smtps://", "smtps://u:p@")} }`, "smtps://HOST:465"],
    [`alarms: { ${mail.replace("a@example.com", "'a@example.com, b'")} }`, "ops@example.com"],
    [`alarms: { ${mail.replace("user: out", "password: p")} }`, "password"],
  ] as const)
    await expect(parseConfig(wrong, "outdial.yaml")).rejects.toThrow(told);
});

test("variables and flags without text count as not set", async () => {
  const empty = {
    DATABASE_URL: "",
    OUTDIAL_DIR: "",
    OUTDIAL_CONFIG: " ",
    OUTDIAL_TENANT_URL: "",
    OUTDIAL_ACTOR: "",
    USER: "ann",
  };
  const flags = { cwd: "/nowhere", dir: "", config: "", databaseUrl: "", tenantUrl: "" };
  const config = await loadConfig(flags, empty);
  expect(config).toMatchObject({ dir: "/nowhere/.outdial", actor: "ann" });
  expect([config.databaseUrl, config.tenantUrl, config.outweighedBy]).toEqual([undefined, undefined, undefined]);
});

test.each([
  "mysql://ann:secret@db/x",
  "db.example.com",
  "postgres:/ann:secret@db",
  "postgres://ann:secret@[db/x",
  "postgres://a:sec/ret@db",
])("%s is no database, and is told by the place where it is named, without a password", async (url) => {
  const failures = [
    [() => loadConfig({ cwd: "/nowhere" }, { DATABASE_URL: url }), "DATABASE_URL"],
    [() => loadConfig({ cwd: "/nowhere", databaseUrl: url }, {}), "--database-url"],
  ] as const;
  for (const [load, place] of failures) {
    const thrown: unknown = await load().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "invalid_config", message: `${place} is not the URL of a PostgreSQL database` });
  }
});

test.each([
  "postgresql://db:5432/x",
  "postgres://ann:s%40@db/x?sslmode=require",
  "postgres:///x?host=/run",
  "postgres://ann@/x?host=/run",
])("%s is a database", async (url) => {
  expect((await loadConfig({ cwd: "/nowhere" }, { DATABASE_URL: url })).databaseUrl).toBe(url);
  const direct = { DATABASE_URL: url, DATABASE_DIRECT_URL: "postgres://direct/db" };
  expect((await loadConfig({ cwd: "/nowhere" }, direct)).directUrl).toBe("postgres://direct/db");
  expect((await loadConfig({ cwd: "/nowhere" }, { ...direct, DATABASE_URL: "" })).directUrl).toBeUndefined();
  await expect(loadConfig({ cwd: "/nowhere" }, { ...direct, DATABASE_DIRECT_URL: "direct" })).rejects.toThrow(
    "DATABASE_DIRECT_URL is not the URL",
  );
});

test("a folder given as a flag is outweighed by a database of the environment or the file, not by one given as a flag", async () => {
  const env = { DATABASE_URL: "postgres://env" };
  expect(await loadConfig({ cwd: "/nowhere", dir: "x" }, env)).toMatchObject({
    outweighedBy: "DATABASE_URL",
    databaseUrl: "postgres://env",
  });
  expect((await loadConfig({ cwd: "/nowhere", dir: "x", databaseUrl: "postgres://flag" }, env)).outweighedBy).toBeUndefined();
  expect((await loadConfig({ cwd: "/nowhere" }, { ...env, OUTDIAL_DIR: "x" })).outweighedBy).toBeUndefined();
});

test("the folder of the store is no file, and lies in none", async () => {
  const file = fileURLToPath(import.meta.url);
  await expect(loadConfig({ dir: file }, {})).rejects.toThrow(`--dir: ${file} is a file; a folder is needed`);
  await expect(loadConfig({}, { OUTDIAL_DIR: `${file}/x` })).rejects.toThrow(
    /^OUTDIAL_DIR: .* is inside a file; a folder is needed$/,
  );
});

test("a sign-in provider is https or on this machine, sends people back to a known address, and maps its groups to roles", async () => {
  const config = await loadConfig({ cwd: "/nowhere" }, {});
  const of = async (signIn: string, more = "publicUrl: 'https://outdial.example.com', ") => ({
    ...config,
    file: await parseConfig(
      `service: { ${more}signIn: { clientId: out, roleClaim: groups, roles: { ops: operator }, ${signIn} } }`,
      "outdial.yaml",
    ),
  });
  expect(await signInOf(config, {}, "0.0.0.0")).toBeUndefined();
  const https = "issuer: 'https://id.example.com/realms/a'";
  expect(await signInOf(await of(`${https}, scopes: [openid, groups]`), { OUTDIAL_SIGN_IN_SECRET: "s" }, "0.0.0.0")).toEqual({
    name: "id.example.com",
    issuer: "https://id.example.com/realms/a",
    clientId: "out",
    clientSecret: "s",
    scopes: ["openid", "groups"],
    subject: "sub",
    roleClaim: "groups",
    roles: { ops: "operator" },
  });
  // A client without a secret.
  expect((await signInOf(await of(https), {}, "0.0.0.0"))?.clientSecret).toBeUndefined();
  await expect(signInOf(await of(`${https}, clientSecretEnv: X_SECRET`), {}, "0.0.0.0")).rejects.toThrow("set X_SECRET");
  await expect(signInOf(await of("issuer: 'http://id.example.com'"), {}, "0.0.0.0")).rejects.toThrow("is not https");
  await expect(signInOf(await of(https, ""), {}, "0.0.0.0")).rejects.toThrow("needs service.publicUrl");
  expect(await signInOf(await of("issuer: 'http://127.0.0.1:9'", ""), {}, "127.0.0.1")).toMatchObject({ name: "127.0.0.1:9" });
  for (const wrong of [
    `${https}, roles: {}`,
    `${https}, roles: { ops: owner }`,
    `${https}, clientSecret: s`,
    "issuer: 'ftp://x'",
  ])
    await expect(of(wrong.replace("roles:", "name: x, roles:")), wrong).rejects.toThrow();
});
