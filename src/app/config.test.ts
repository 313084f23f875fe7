import { expect, test } from "vitest";
import { ConfigError, loadConfig, parseConfig, receiversOf, secretFrom } from "./config.ts";

test("a configuration is read field by field", async () => {
  const config = await parseConfig(
    'tenant: { hosts: "https://api.example.com" }\nlimits: { outbound-write: { perSecond: 50 } }\n',
    "outdial.yaml",
  );
  expect(config).toEqual({ tenant: { hosts: "https://api.example.com" }, limits: { "outbound-write": { perSecond: 50 } } });
});

test.each([
  ["tennant: {}", "tennant: unknown field; did you mean tenant?"],
  ["tenant: { url: 'http://127.0.0.1' }", "tenant.url: unknown field; allowed: hosts, "],
  ["limits: { outbound-write: { perSecnd: 3 } }", "limits.outbound-write.perSecnd: unknown field; did you mean perSecond?"],
  ["tenant: { token: { auth: digest } }", "tenant.token.auth"],
  ["tagging: { concurrency: many }", "tagging.concurrency"],
  ["tenant: [unclosed", "outdial.yaml:"],
])("a wrong configuration says where: %s", async (text, message) => {
  const failure = parseConfig(text, "outdial.yaml");
  await expect(failure).rejects.toThrow(ConfigError);
  await expect(failure).rejects.toThrow(message);
});

test("flags win over the environment, the environment over the file", async () => {
  const environment = { OUTDIAL_TENANT_URL: "http://127.0.0.1:1", DATABASE_URL: "postgres://env", USER: "ann" };
  expect(await loadConfig({}, environment, "/nowhere")).toMatchObject({
    tenantUrl: "http://127.0.0.1:1",
    databaseUrl: "postgres://env",
    actor: "ann",
    dir: "/nowhere/.outdial",
  });
  expect(await loadConfig({ tenantUrl: "http://127.0.0.1:2" }, environment, "/nowhere")).toMatchObject({
    tenantUrl: "http://127.0.0.1:2",
  });
});

test("a configuration that was named must exist", async () => {
  await expect(loadConfig({ config: "none.yaml" }, {}, "/nowhere")).rejects.toThrow(
    "cannot read the configuration /nowhere/none.yaml",
  );
});

test("secrets come from a variable or from the file another one names, and a missing one is named without a value", async () => {
  expect(await secretFrom({ X: "s" }, "X")).toBe("s");
  expect(await secretFrom({}, "X")).toBeUndefined();
  await expect(secretFrom({ X_FILE: "/nowhere/secret" }, "X")).rejects.toThrow("X_FILE: cannot read /nowhere/secret");
  const config = await loadConfig({}, {}, "/nowhere");
  await expect(receiversOf(config, { OUTDIAL_BI_URL: "https://bi.example.com" })).rejects.toThrow("set OUTDIAL_BI_SECRET");
});
