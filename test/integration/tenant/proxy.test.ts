// A network without a way out but its proxy: what outdial sends to hosts of the internet goes through it, and it sees no more than their names.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTenant, type Tenant, type TenantDependencies } from "../../../src/tenant/index.ts";
import { CERTIFICATE } from "../../support/certificate.ts";
import { runCliProcess } from "../../support/cli.ts";
import { HOST, startTunnel, type Tunnel } from "../../support/tunnel.ts";
import { until } from "../../support/until.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

const TENANT = `https://${HOST}`;
let stack: AsyncDisposableStack;
let world: StartedWorld;
let tunnel: Tunnel;
const trusted = getCACertificates("default");

beforeEach(async () => {
  setDefaultCACertificates([...trusted, CERTIFICATE.cert]);
  stack = new AsyncDisposableStack();
  stack.defer(() => setDefaultCACertificates(trusted));
  world = stack.use(await startWorld());
  tunnel = stack.use(await startTunnel(world.url));
});
afterEach(() => stack.disposeAsync());

function tenantAt(hosts: string, proxy: TenantDependencies["proxy"]): Tenant {
  const { CXONE_CLIENT_ID: clientId = "", CXONE_CLIENT_SECRET: clientSecret = "" } = world.environment;
  const config = { hosts, token: { auth: "basic" }, credentials: { clientId, clientSecret } } as const;
  const tenant = createTenant({ ...config, timeouts: { connectMs: 300 }, retry: { maxAttempts: 1 } }, { proxy });
  stack.defer(() => tenant.close());
  return tenant;
}

async function campaignsOf(tenant: Tenant): Promise<number> {
  let found = 0;
  for await (const _ of tenant.capabilities.campaignProvisioning.campaigns()) found += 1;
  return found;
}

test("a tenant is reached through the proxy, which is told its name and sees no token", async () => {
  const url = tunnel.url.replace("//", "//ann:s%40@");
  expect(await campaignsOf(tenantAt(TENANT, { url, except: "" }))).toBeGreaterThan(0);
  expect(new Set(tunnel.asked)).toEqual(new Set([`${HOST}:443`]));
  expect(new Set(tunnel.credentials)).toEqual(new Set([`Basic ${Buffer.from("ann:s@").toString("base64")}`]));
  expect(tunnel.seen()).not.toBe("");
  expect(tunnel.seen()).not.toMatch(/authorization|bearer|grant_type/i);
});

test("this machine is reached without it", async () => {
  expect(await campaignsOf(tenantAt(world.url, { url: tunnel.url, except: "" }))).toBeGreaterThan(0);
  expect(tunnel.asked).toEqual([]);
});

test("a proxy that refuses is named with what it said, and nothing counts as sent", async () => {
  tunnel.answer = 407;
  const refused = tenantAt(TENANT, { url: tunnel.url.replace("//", "//ann:hidden@"), except: "" }).authenticate();
  await expect(refused).rejects.toThrow(/the proxy answered 407: it wants a user and a password/);
  await expect(refused).rejects.not.toThrow("hidden");
});

test("a proxy that dies while a request is under way is named, and so is one that is not there", async () => {
  const tenant = tenantAt(TENANT, { url: tunnel.url.replace("//", "//ann:hidden@"), except: "" });
  await tenant.authenticate();
  world.sandbox.control.faults.add({ match: { operation: "listCampaigns" }, effect: { delayMs: 60_000 } });
  const before = tunnel.seen().length;
  const cut = campaignsOf(tenant);
  cut.catch(() => undefined);
  await until(() => tunnel.seen().length > before);
  await tunnel[Symbol.asyncDispose]();
  await expect(cut).rejects.toThrow(`through the proxy ${tunnel.url}`);
  await expect(cut).rejects.not.toThrow("hidden");
  await expect(campaignsOf(tenant)).rejects.toThrow(`through the proxy ${tunnel.url}`);
});

test("a proxy that takes the connection and says nothing is waited for no longer than a host", async () => {
  tunnel.answer = null;
  await expect(tenantAt(TENANT, { url: tunnel.url, except: "" }).authenticate()).rejects.toThrow(/proxy|timeout|in time/i);
  expect(tunnel.asked).not.toEqual([]);
});

test("the command line goes by HTTPS_PROXY: to the tenant, and to a service at OUTDIAL_URL", async () => {
  const certificate = join(world.folder, "authority.pem");
  await writeFile(certificate, CERTIFICATE.cert);
  const env = { ...world.environment, OUTDIAL_TENANT_URL: TENANT, HTTPS_PROXY: tunnel.url, NODE_EXTRA_CA_CERTS: certificate };
  const doctor = await runCliProcess(["doctor"], { cwd: world.folder, env });
  expect(doctor.stdout).toContain(`https goes through ${tunnel.url}`);
  expect(doctor.stdout).toMatch(/token\s+the tenant gives one/);
  const asked = tunnel.asked.length;
  const there = { OUTDIAL_URL: TENANT, OUTDIAL_TOKEN: "x", HTTPS_PROXY: tunnel.url, NODE_EXTRA_CA_CERTS: certificate };
  const jobs = await runCliProcess(["jobs", "list"], {
    cwd: world.folder,
    env: there,
  });
  // What answers there is a tenant.
  expect(jobs.stderr).toContain("but not like outdial");
  expect(tunnel.asked.length).toBeGreaterThan(asked);
});
