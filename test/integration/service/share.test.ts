// The service with 1,000 campaigns, some of them in pairs that it watches: how much of the tenant's budgets its background takes, and what it asks for the page
// of one campaign. Two services on one database are measured by `npm run bench -- service-many`.

import { join } from "node:path";
import { expect, test } from "vitest";
import { openFailover, openService } from "../../../src/app/index.ts";
import { ACD_TABLE } from "../../../src/contract/acd/index.ts";
import { OPERATIONS, RATE_LIMITS } from "../../../src/contract/index.ts";
import type { Clock } from "../../../src/kernel/index.ts";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import type { HostTime, JournalEntry, Sandbox } from "../../../src/sandbox/index.ts";
import { AcdClient } from "../../clients/acd-client.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { until } from "../../support/until.ts";
import { LIMITED, startWorld } from "../../support/world.ts";

const CAMPAIGNS = 1000;
/** Each takes three requests a minute on the profile `rest`: more than the background's half. */
const PAIRS = 20;
/** So many of the tenant's seconds pass in one. */
const HASTE = 60;
const WATCHED_MS = 120_000;

type Profile = "rest" | "acd";
const idOf = (profile: Profile, n: number) => (profile === "acd" ? String(4001 + n) : `camp_${String(n).padStart(4, "0")}`);

const campaigns = Array.from({ length: CAMPAIGNS }, (_, n) => ({
  id: idOf("rest", n),
  name: `Campaign ${n}`,
  status: n % 3 === 0 ? ("paused" as const) : ("active" as const),
  contactListId: "list",
}));
const scenario = { limits: {}, campaigns, contactLists: [{ id: "list", generate: { count: 5, consentRate: 1 } }] };

/** Nothing is published for the ACD API: without an operator's limit the background would not come near half of what it begins with. */
const READS_PER_SECOND = 1;
const LIMITS = { rest: LIMITED, acd: `limits: { acd-read: { perSecond: ${READS_PER_SECOND} } }\n` };
const TABLE = { ...RATE_LIMITS, ...ACD_TABLE.rates, "acd-read": { requests: READS_PER_SECOND, seconds: 1 } };
const RATES: Readonly<Record<string, keyof typeof TABLE>> = Object.fromEntries([
  ...Object.entries(OPERATIONS).map(([id, { rate }]) => [id, rate]),
  ...Object.entries(ACD_TABLE.operations).map(([id, { rate }]) => [`acd.${id}`, rate]),
]);

/** The requests of each family, as a part of its limit over a time. */
function partsOf(sent: readonly JournalEntry[], ms: number): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const { operation } of sent) {
    // Tokens have no limit.
    const family = RATES[operation ?? ""];
    if (family === undefined) continue;
    const { requests, seconds } = TABLE[family];
    parts.set(family, (parts.get(family) ?? 0) + 1 / ((requests * ms) / (seconds * 1000)));
  }
  return parts;
}

const hostTimeOf = (clock: Clock): HostTime => ({
  now: () => clock.now(),
  after(ms, _, run) {
    const cancelled = new AbortController();
    clock.sleep(ms, cancelled.signal).then(run, () => undefined);
    return () => cancelled.abort();
  },
});

/** A do-not-call group that no campaign obeys. */
async function makeGroup(sandbox: Sandbox): Promise<string> {
  const { accessKeyId: id, accessKeySecret: secret } = sandbox.accessKey;
  const vendor = new AcdClient((url, init) => sandbox.fetch(url, init), "http://tenant.localhost", { id, secret }, 33);
  await vendor.logIn();
  await vendor.ask("POST", "/dnc-groups", { body: { dncGroupName: "Company" } });
  const { body } = await vendor.ask("GET", "/dnc-groups");
  return String((body as { resultSet: { dncGroups: { dncGroupId: number }[] } }).resultSet.dncGroups[0]?.dncGroupId);
}

test.each([
  ["rest", { family: "campaigns", document: "getCampaign", figures: "getCampaignMetrics", callbacks: "none" }],
  // Figures of all skills are in one reply.
  ["acd", { family: "acd-read", document: "acd.getSkill", figures: "none", callbacks: "acd.listSkillCallbacks" }],
] as const)(
  "at 1,000 campaigns the background takes half of a budget at most (%s)",
  { timeout: 600_000 },
  async (profile, named) => {
    const { family, document, figures, callbacks } = named;
    await using stack = new AsyncDisposableStack();
    const clock = hastenedClock();
    const world = stack.use(await startWorld({ profile, sandbox: { scenario, host: hostTimeOf(clock) } }));
    const { sandbox, environment, folder } = world;
    const acd = profile === "acd" ? `, acd: { consentField: consent.call, doNotCallGroup: "${await makeGroup(sandbox)}" }` : "";
    await world.configure(`tenant: { hosts: "${world.url}"${acd} }\n${LIMITS[profile]}`);
    const flags = { config: join(folder, "outdial.yaml"), clock };
    {
      await using beside = await openFailover(flags, environment, { warn: () => undefined, deliver: false });
      for (let n = 0; n < PAIRS; n++)
        await beside.failover.put(idOf(profile, 3 * n + 1), failoverPolicySchema.parse({ backup: idOf(profile, 3 * n) }));
    }
    const begun = clock.now();
    const service = stack.use(await openService(flags, environment, { port: 0, log: () => undefined }));
    clock.pace(HASTE);
    const { token } = await service.store.access.addToken({ name: "vera", role: "viewer", expiresAt: null, by: "test" });
    const opened = idOf(profile, 500);
    const looks = async () => {
      const reply = await fetch(`${service.url}/api/v1/campaigns/${opened}`, { headers: { authorization: `Bearer ${token}` } });
      return reply.ok;
    };
    await until(async () => (await service.store.knownCampaigns.list()).length === CAMPAIGNS);
    await until(async () => (await service.store.failovers.list()).every(({ lookedAt }) => lookedAt !== null));
    const from = clock.now();
    // The watch does not starve the refresh: the document of the open page is read, too, on a slow machine later.
    const isDocument = ({ operation, path }: JournalEntry) => operation === document && path.includes(opened);
    const all = () => sandbox.control.requests({ limit: 100_000 });
    await until(async () => (await looks()) && clock.now() - from > WATCHED_MS && all().some(isDocument));
    const sent = all();
    const to = clock.now();
    const parts = partsOf(sent, to - begun);
    for (const part of parts.values()) expect(part).toBeLessThanOrEqual(0.5);
    expect(parts.has(family)).toBe(true);

    // The open page costs two requests, each at its time: figures every 20 s, the document every minute, which the gate reads besides every five minutes.
    const page = sent.filter(({ at, path }) => path.includes(opened) && Date.parse(at) >= from);
    const times = (everyMs: number) => 1 + Math.ceil((to - from) / everyMs);
    const most = { [document]: times(60_000) + times(300_000), [figures]: times(20_000), [callbacks]: times(60_000) };
    for (const [operation, ones] of Map.groupBy(page, (one) => one.operation ?? ""))
      expect([operation, ones.length <= (most[operation] ?? 0)]).toEqual([operation, true]);
  },
);
