// The process measured by scale.test.ts: builds the large world, walks through it, tags every call, prints one JSON line. Arguments: calls, contacts.

import { readFile } from "node:fs/promises";
import { createSandbox } from "../../../src/sandbox/index.ts";

const [calls = 0, listed = 0] = process.argv.slice(2).map(Number);

const sandbox = createSandbox({
  scenario: {
    clients: [{ id: "desk", secret: "desk-secret" }],
    limits: "off",
    campaigns: [{ id: "camp", contactListId: "list", dispositionCodes: [{ id: "DISP_1" }] }],
    contactLists: [{ id: "list", generate: { count: listed, consented: 0.8 * listed } }],
    generateCalls: [{ campaignId: "camp", count: calls, days: 30 }],
  },
  clock: "frozen",
});

async function api(method: string, path: string, body?: unknown, token?: string): Promise<Record<string, unknown>> {
  const response = await sandbox.fetch(`http://tenant.test${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const reply: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(reply)}`);
  return reply as Record<string, unknown>;
}

/**
 * The high-water mark of this program. Linux's `maxrss` is that of the process, which was its parent's copy before it became this program: a large
 * parent would be measured instead.
 */
async function highWaterKib(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

const credentials = { grant_type: "client_credentials", client_id: "desk", client_secret: "desk-secret" };
const token = String((await api("POST", "/oauth/token", credentials))["access_token"]);

const ids = new Set<string>();
let next: unknown = "";
while (typeof next === "string") {
  const page = await api(
    "GET",
    `/api/v2/outbound/calls?limit=5000${next === "" ? "" : `&nextPageToken=${next}`}`,
    undefined,
    token,
  );
  for (const call of page["calls"] as { id: string }[]) ids.add(call.id);
  next = page["nextPageToken"];
}
for (const id of ids)
  await api("PUT", `/api/v2/outbound/calls/${id}/disposition`, { dispositionCodeId: "DISP_1", notes: "" }, token);

const contacts = "/api/v2/omnichannel/contactlists/list/contacts?pageSize=100&sortBy=lastModifiedTime&sortOrder=desc";
const consent = encodeURIComponent("consentFlags.outbound.call==true");
const consented = (await api("GET", `${contacts}&page=${0.008 * listed}&query=${consent}`, undefined, token))["total"];
const all = (await api("GET", `${contacts}&page=${0.01 * listed}&query=true`, undefined, token))["total"];
const state = sandbox.control.state();
const peakBytes = (await highWaterKib()) * 1024;
process.stdout.write(
  `${JSON.stringify({ calls: state.calls.total, contacts: all, walked: ids.size, tagged: state.calls.effects, consented, peakBytes })}\n`,
);
await sandbox.close();
