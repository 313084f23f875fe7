// Limits that processes on one database share: what reaches the tenant, who goes first, and what a dead process or a database that is away mean.

import { afterEach, beforeEach, expect, test } from "vitest";
import { shareRates } from "../../../src/operations/index.ts";
import { openStore, type RateLedger } from "../../../src/store/index.ts";
import { createTenant, fetchTransport, LANES, type Tenant } from "../../../src/tenant/index.ts";
import { lay } from "../../support/cable.ts";
import { type StartedSandbox, startSandbox } from "../../support/sandbox.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";
import { until } from "../../support/until.ts";

const PER_SECOND = 30;
const FAMILY = "outbound-read";

let world: TestStore;
let at: StartedSandbox;
beforeEach(async () => {
  world = await openTestStore();
  at = await startSandbox({ scenario: { limits: { [FAMILY]: { perSecond: PER_SECOND } }, campaigns: [{ id: "c" }] } });
});
afterEach(async () => {
  await at[Symbol.asyncDispose]();
  await world.dispose();
});

interface Member extends AsyncDisposable {
  readonly tenant: Tenant;
  readonly warned: string[];
  read(lane?: (typeof LANES)[number]): Promise<unknown>;
}

/** A process of its own, as far as limits go. */
function join(name: string, ledger: RateLedger = world.store.rates): Member {
  const { clientId, clientSecret } = at.sandbox.ready;
  const tenant = createTenant(
    {
      hosts: at.url,
      token: { auth: "basic" },
      credentials: { clientId, clientSecret },
      limits: { [FAMILY]: { perSecond: PER_SECOND } },
      retry: { maxAttempts: 1, maxRateLimited: 0 },
    },
    { transport: fetchTransport(at.sandbox.fetch) },
  );
  const warned: string[] = [];
  const sharing = shareRates({
    shares: tenant.shares,
    ledger,
    scope: "tenant",
    holder: name,
    warn: (message) => void warned.push(message),
  });
  return {
    tenant,
    warned,
    read: (lane = "tagging") => tenant.request("getDispositionMatrix", { path: { campaignId: "c" }, lane }),
    async [Symbol.asyncDispose]() {
      await sharing[Symbol.asyncDispose]();
      await tenant.close();
    },
  };
}

/** Reads until it is told to stop. @returns how many reads were answered */
async function busy(member: Member, isOver: () => boolean, answered: () => void): Promise<number> {
  let reads = 0;
  const reader = async () => {
    while (!isOver()) {
      await member.read();
      reads += 1;
      answered();
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  return reads;
}

test.each([1, 3, 6])(
  "%i processes that come and go together send no more than the limit, each of them something, and none is told 429",
  async (many) => {
    const wanted = 3 * PER_SECOND;
    const times: number[] = [];
    const warned: string[] = [];
    const until = async (name: string, enough: number) => {
      await using member = join(name);
      const reads = await busy(
        member,
        () => times.length >= enough,
        () => void times.push(performance.now()),
      );
      warned.push(...member.warned);
      return reads;
    };
    // One after the other leaves, and another one comes in its place.
    const reads = await Promise.all(
      Array.from({ length: many }, async (_, i) => {
        const before = await until(`process ${i}`, (wanted * (i + 1)) / (many + 1));
        return before + (await until(`another ${i}`, wanted));
      }),
    );
    // Those that were on their way when enough were answered are left out. A burst is three; each process, gone or there, may have one permit on hand.
    const seconds = ((times[wanted - 1] ?? 0) - (times[0] ?? 0)) / 1000;
    expect(wanted).toBeLessThanOrEqual(PER_SECOND * 1.03 * seconds + 3 + 2 * many);
    expect(Math.min(...reads)).toBeGreaterThan(many === 1 ? wanted - 1 : 0);
    const statuses = at.sandbox.control.requests().map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toEqual([]);
    expect(warned).toEqual([]);
  },
);

test("a process that died keeps its part until its time is over, and a stop of another goes before reads at any time", async () => {
  const dead = { scope: "tenant", family: FAMILY, holder: "dead" };
  const shape = { burst: 3 };
  await world.store.rates.exchange({ ...dead, demand: LANES.map(() => 1), heldMs: 500 }, shape.burst, () => ({
    part: 1,
    permits: 3,
    left: 0,
  }));
  await using member = join("alive");
  await member.read();
  let over = false;
  const reading = busy(
    member,
    () => over,
    () => undefined,
  );
  await using other = join("stops");
  await other.read("stop");
  over = true;
  await reading;
  expect([...member.warned, ...other.warned]).toEqual([]);
});

test("without the database each goes on by itself, says so once, and shares again afterwards", async () => {
  await using cable = await lay(world.url);
  const store = await openStore({ url: cable.url, dir: world.dir, clock: world.clock });
  try {
    await using member = join("one", store.rates);
    cable.pull();
    await member.read();
    await member.read("stop");
    expect(member.warned).toEqual([
      expect.stringContaining("outbound-read is not shared with other processes for the moment") as string,
    ]);
    cable.putBack();
    // It asks again as long as it has something to send.
    await until(async () => {
      await member.read();
      return (await holders()).includes("one");
    });
    expect(member.warned).toHaveLength(1);
  } finally {
    await store.close();
  }
});

async function holders(): Promise<string[]> {
  let ids: string[] = [];
  await world.store.rates
    .exchange({ scope: "tenant", family: FAMILY, holder: "looker", demand: [], heldMs: 1 }, 3, (limit) => {
      ids = limit.holders.map(({ id }) => id);
      throw new Error("only a look");
    })
    .catch(() => undefined);
  return ids;
}
