// What the emergency stop takes for true, in which order it goes, and how long it goes on, before a tenant that shows less than there is, shows what
// was, refuses, or is slow; measured in requests. test/chaos/stop-truth.test.ts has plans of such tenants at random.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, test } from "vitest";
import type { EmergencyStop } from "../../../src/operations/views/index.ts";
import type { Lie, Profile, Trick } from "../../support/lying-tenant.ts";
import { picked, scaled, seeded } from "../../support/scale.ts";
import { lineOf, openStopWorld, type Said, type StopMode, type StopWorld } from "../../support/stop-world.ts";
import { until } from "../../support/until.ts";

const PROFILES: readonly Profile[] = ["rest", "acd"];
/** With a store that can be asked: what was read before is known. */
const KNOWING: readonly StopMode[] = PROFILES.flatMap((profile) =>
  (["service", "command", "library"] as const).map((door) => ({ profile, door, store: "there" as const })),
);
/** As long as outdial lives it knows what it read. */
const EVERY: readonly StopMode[] = [
  ...KNOWING,
  ...PROFILES.flatMap((profile) => [
    { profile, door: "service" as const, store: "away" as const },
    { profile, door: "service" as const, store: "frozen" as const },
    { profile, door: "command" as const, store: "away" as const },
  ]),
];
const NAME = "$profile, $door, store $store";

/** The documented limits; profile acd documents none. */
const LIMITED: Readonly<Record<Profile, string>> = {
  rest: "limits: {}\n",
  acd: "limits: { acd-read: { perMinute: 100 }, acd-write: { perMinute: 100 } }\n",
};

const list = (how: Trick, ends?: Lie["ends"]): Lie => ({ about: "list", how, after: 0, ends });

/** Gives the stop to a tenant that outdial read truly before, with these campaigns dialing. */
async function stopped(world: StopWorld, dialing: readonly number[], lies: readonly Lie[]): Promise<Said> {
  world.tenant.tell([]);
  world.dial(dialing);
  await world.read();
  world.tenant.tell(lies);
  const said = await world.stop();
  await world.tenant.idle();
  return said;
}

const told = ({ tenant }: StopWorld, { text }: Said) => [text, ...tenant.journal.map(lineOf)].join("\n");
/** Of each campaign of a result, how it ended. */
const pausedOf = ({ result }: Said) =>
  (result?.changes ?? []).filter(({ confirmed, status }) => confirmed && status === "paused").map(({ campaignId }) => campaignId);
/** What is known cannot be read: a start that was sent just before may be missing in what is remembered. */
const isBlind = ({ store }: StopMode) => store !== "there";
/** The command says by its exit code, the service by what it shows, that all is confirmed. */
function expectWhole(world: StopWorld, said: Said): void {
  expect(world.dialing(), told(world, said)).toEqual([]);
  const listProblem = isBlind(world.mode) ? { code: "known_unread" } : null;
  expect(said.result, said.text).toMatchObject({ listProblem });
  expect(said.allConfirmed, said.text).toBe(listProblem === null);
}

describe("a list that shows less than is known", () => {
  const SHORT: readonly (readonly [what: string, how: Trick, lacks: number])[] = [
    ["is empty and says that there are none", { trick: "some", from: 0, keep: 0, total: "zero" }, 3],
    ["has one of three, and says that there is one", { trick: "some", from: 0, keep: 1, total: "fits" }, 2],
    ["has one of three, and says nothing of a total", { trick: "some", from: 2, keep: 1, total: "none" }, 2],
  ];
  test.each(KNOWING.flatMap((mode) => SHORT.map(([what, how, lacks]) => ({ ...mode, what, how, lacks }))))(
    `${NAME}: a list that $what: those that dial are paused by id, and what it lacks is told`,
    async ({ how, lacks, ...mode }) => {
      await using world = await openStopWorld(mode, { campaigns: 3 });
      const said = await stopped(world, [0, 1], [list(how)]);
      expect(world.dialing(), told(world, said)).toEqual([]);
      expect(pausedOf(said)).toEqual(expect.arrayContaining(world.ids.slice(0, 2)));
      const are = lacks === 1 ? "1 campaign that is" : `${lacks} campaigns that are`;
      expect(said.result?.listProblem).toEqual({
        code: "list_lacks_known",
        message: expect.stringContaining(`the tenant's list lacks ${are} known`) as string,
      });
      expect(said.allConfirmed).toBe(false);
    },
  );

  test.each(PROFILES.map((profile): StopMode => ({ profile, door: "service", store: "away" })))(
    `${NAME}: what was read while the store was there is paused by id`,
    async (mode) => {
      await using world = await openStopWorld(mode, { campaigns: 3 });
      const said = await stopped(world, [0, 1], [list({ trick: "some", from: 0, keep: 0, total: "zero" })]);
      expect(world.dialing(), told(world, said)).toEqual([]);
      expect(said.result?.listProblem).toMatchObject({ code: "list_lacks_known" });
    },
  );

  test.each(PROFILES.map((profile): StopMode => ({ profile, door: "command", store: "away" })))(
    `${NAME}: an empty list while the store cannot be asked is not "all is confirmed"`,
    async (mode) => {
      await using world = await openStopWorld(mode, { campaigns: 3 });
      const said = await stopped(world, [0, 1], [list({ trick: "some", from: 0, keep: 0, total: "zero" }, { answers: 2 })]);
      if (said.allConfirmed) expect(world.dialing(), told(world, said)).toEqual([]);
      expect(said.result, said.text).toBeDefined();
    },
  );
});

test("rest, command, nothing known: a list that does not say how many campaigns there are is not taken for all of them", async () => {
  await using world = await openStopWorld({ profile: "rest", door: "command", store: "there" }, { campaigns: 3 });
  world.dial([0, 2]);
  world.tenant.tell([list({ trick: "some", from: 0, keep: 2, total: "none" })]);
  const said = await world.stop();
  await world.tenant.idle();
  expect(pausedOf(said), told(world, said)).toContain(world.ids[0]);
  expect(world.dialing()).toEqual([world.ids[2]]);
  expect(said.result?.listProblem).toMatchObject({ code: "list_without_total" });
  expect(said.allConfirmed).toBe(false);
});

test.each((["away", "frozen"] as const).map((store): StopMode => ({ profile: "rest", door: "service", store })))(
  `${NAME}: a campaign that is paused by name is paused all the same, as a stop of it`,
  async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: 2 });
    world.tenant.tell([]);
    world.dial([0, 1]);
    await world.read();
    world.cut();
    world.clock.leap(true);
    const asked = await world.ask(`/campaigns/${world.ids[0]}/pause`, {
      method: "POST",
      body: JSON.stringify({ reason: "fire" }),
    });
    const said = await asked.text();
    expect(asked.status, said).toBe(200);
    expect(JSON.parse(said)).toMatchObject({
      campaignId: world.ids[0],
      message: expect.stringMatching(/the database .*; it is carried out as the stop stop_/) as string,
    });
    await until(() => world.dialing().join() === world.ids[1]);
  },
);

describe("a list that shows what was", () => {
  test.each(EVERY)(`${NAME}: all shown paused: each is looked at by itself before that is believed`, async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: 3 });
    const said = await stopped(world, [0, 1], [list({ trick: "aged", paused: [0, 1, 2] })]);
    expectWhole(world, said);
    expect(pausedOf(said)).toEqual(expect.arrayContaining(world.ids.slice(0, 2)));
    const { journal } = world.tenant;
    const looks = journal.filter(({ topic }) => topic === "status").map(({ campaign }) => campaign);
    expect(looks).toEqual(expect.arrayContaining([...world.ids]));
    // What every source shows paused is not written.
    expect(journal.filter(({ topic, campaign }) => topic === "pause" && campaign === world.ids[2])).toEqual([]);
  });

  test.each(KNOWING)(`${NAME}: all shown paused just after outdial's own confirmed resume`, async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: 3, people: 5 });
    world.tenant.tell([]);
    world.dial([]);
    await world.read();
    await world.allow();
    const resumed = await world.resume(1);
    expect(world.dialing(), resumed).toEqual([world.ids[1]]);
    world.tenant.tell([list({ trick: "aged", paused: [0, 1, 2] })]);
    const said = await world.stop();
    expect(world.dialing(), told(world, said)).toEqual([]);
    // Its calls go on for as long as people talk.
    expect(said.result?.changes, told(world, said)).toMatchObject([{ campaignId: world.ids[1], status: "paused" }]);
  });
});

test.each(KNOWING)(
  `${NAME}: a list that goes on to show what each by itself denies is told, and not all is confirmed`,
  async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: 3 });
    const said = await stopped(
      world,
      [0, 1],
      [
        { about: "pause", how: { trick: "accepted" }, after: 0 },
        { about: "status", how: { trick: "aged", paused: [0, 1, 2] }, after: 0 },
      ],
    );
    expect(said.result?.listProblem, told(world, said)).toMatchObject({ code: "list_disagrees" });
    expect(said.allConfirmed).toBe(false);
  },
);

describe("a list in another form", () => {
  const FORMS: readonly (readonly [what: string, how: Trick])[] = [
    ["the state twice, paused last", { trick: "doubled", key: "status", last: "false" }],
    ["the state twice, paused first", { trick: "doubled", key: "status", last: "true" }],
    ["the id twice", { trick: "doubled", key: "id", last: "false" }],
    ["the list twice, empty last", { trick: "doubled", key: "list", last: "false" }],
    ["the total twice, 0 last", { trick: "doubled", key: "total", last: "false" }],
    ["entries twice, then paused", { trick: "twice", second: "paused", first: false, total: "kept" }],
    ["entries twice, first paused", { trick: "twice", second: "paused", first: true, total: "fits" }],
    ["PAUSED", { trick: "word", word: "PAUSED" }],
    ["Paused with a blank", { trick: "word", word: " Paused" }],
    ["another word", { trick: "word", word: "draining" }],
    ["no word", { trick: "word", word: undefined }],
    ["entries without an id", { trick: "nameless", places: [0, 1] }],
    ["a total that is larger", { trick: "total", more: 5 }],
    ["the same page again and again", { trick: "again" }],
  ];
  test.each(KNOWING)(`${NAME}: none ends in "all is confirmed" while one dials, and none leaves one dialing`, async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: 3 });
    for (const [what, how] of picked(FORMS, 2, `forms ${Object.values(mode).join()}`)) {
      const said = await stopped(world, [0, 1], [list(how)]);
      expect.soft([what, world.dialing(), said.allConfirmed && world.dialing().length > 0]).toEqual([what, [], false]);
    }
  });
});

describe("a start under way", () => {
  const STARTS: readonly (readonly [what: string, how: Trick | undefined])[] = [
    ["is answered at once", undefined],
    ["is held for a while before it is carried out", { trick: "delay", ms: 300 }],
    ["is carried out without an answer", { trick: "reset", forwarded: true }],
    ["breaks before it is carried out", { trick: "reset", forwarded: false }],
    ["is refused", { trick: "answer", status: 503 }],
  ];
  const AT = ["look", "start", "soon after the start"] as const;
  test.each(
    KNOWING.filter(({ door }) => door !== "library").flatMap((mode) =>
      picked(
        STARTS.flatMap(([what, how]) => AT.map((at) => ({ ...mode, what, how, at }))),
        3,
        `starts ${Object.values(mode).join()}`,
      ),
    ),
  )(`${NAME}: a start that $what does not dial after a stop that was given at its $at`, async ({ how, at, ...mode }) => {
    await using world = await openStopWorld(mode, { campaigns: 3, people: 5 });
    world.tenant.tell([]);
    world.dial([]);
    await world.read();
    await world.allow();
    world.tenant.tell(how === undefined ? [] : [{ about: "start", how, after: 0, ends: { answers: 2 } }]);
    const before = world.tenant.journal.length;
    const resuming = world.resume(1);
    // The service looks at campaigns by itself, too; the command that resumes signs in first.
    const own = () => {
      const since = world.tenant.journal.slice(before);
      const from = since.findIndex(({ topic }) => topic === "token");
      return from < 0 ? [] : since.slice(from);
    };
    const reached = () => own().some(({ topic }) => topic === (at === "look" ? "status" : "start"));
    let isOver = false;
    void resuming.finally(() => {
      isOver = true;
    });
    await until(() => reached() || isOver);
    if (at === "soon after the start") await world.tenant.idle();
    const said = await world.stop();
    const resumed = await resuming;
    await world.tenant.idle();
    expect(world.dialing(), `${resumed}\n${told(world, said)}`).toEqual([]);
  });

  // A stop of the service gives up after 90 s here, one of the command is left by its person after 5 min.
  test.each(
    KNOWING.filter(({ door }) => door !== "library").flatMap((mode) =>
      picked([20_000, 900_000], 1, `kept ${Object.values(mode).join()}`).map((ms) => ({ ...mode, ms })),
    ),
  )(
    `${NAME}: a start that has no answer and that a gateway carries out after $ms ms is never behind "all is confirmed"`,
    async ({ ms, ...mode }) => {
      await using world = await openStopWorld(mode, { campaigns: 3, people: 5 });
      world.tenant.tell([]);
      world.dial([]);
      await world.read();
      await world.allow();
      world.tenant.tell([{ about: "start", how: { trick: "kept", ms }, after: 0 }]);
      const resumed = await world.resume(1);
      expect(
        world.tenant.journal.some(({ topic }) => topic === "start"),
        resumed,
      ).toBe(true);
      const said = await world.stop();
      // What arrives while the stop looks is paused again.
      expect([said.allConfirmed, world.dialing()], `${resumed}\n${told(world, said)}`).toEqual([false, []]);
      expect(pausedOf(said)).not.toContain(world.ids[1]);
      if (ms > 300_000 && mode.door === "service")
        expect(said.text).toContain("a start of it that was asked for before may still be on its way to the tenant");
    },
  );
});

describe("a tenant that refuses for a while", () => {
  const all = Array.from({ length: 12 }, (_, place) => place);
  const REFUSALS: readonly (readonly [what: string, lies: readonly Lie[]])[] = [
    [
      "404 to each pause, once",
      all.map((place) => ({
        about: "pause",
        of: [place],
        how: { trick: "answer", status: 404 },
        after: 0,
        ends: { answers: 1 },
      })),
    ],
    ...([401, 403, 302, 400, 409, 503] as const).map((status): [string, Lie[]] => [
      `${status} to everything for 20 s`,
      [{ about: "everything", how: { trick: "answer", status }, after: 0, ends: { ms: 20_000 } }],
    ]),
    [
      "a sign-in page for 20 s",
      [{ about: "everything", how: { trick: "answer", status: 200, text: "html" }, after: 0, ends: { ms: 20_000 } }],
    ],
    ["silence for 20 s", [{ about: "everything", how: { trick: "silence", forwarded: false }, after: 0, ends: { ms: 20_000 } }]],
    [
      "broken connections for 20 s",
      [{ about: "everything", how: { trick: "reset", forwarded: false }, after: 0, ends: { ms: 20_000 } }],
    ],
  ];
  test.each(EVERY)(`${NAME}: it goes on until every campaign is paused`, async (mode) => {
    await using world = await openStopWorld(mode, { campaigns: all.length });
    for (const [what, lies] of picked(REFUSALS, 2, `refusals ${Object.values(mode).join()}`)) {
      const said = await stopped(world, all, lies);
      await world.mend();
      expect.soft([what, world.dialing().length, said.allConfirmed], told(world, said)).toEqual([what, 0, !isBlind(mode)]);
    }
  });

  test.each(KNOWING)(
    `${NAME}: 429 with a Retry-After of a year: a request goes every few seconds in spite of it`,
    async (mode) => {
      await using world = await openStopWorld(mode, { campaigns: 3, yaml: LIMITED[mode.profile] });
      const busy: Lie = {
        about: "everything",
        how: { trick: "answer", status: 429, retryAfter: 31_536_000 },
        after: 0,
        ends: { ms: 15_000 },
      };
      const said = await stopped(world, [0, 1, 2], [busy]);
      expectWhole(world, said);
      const asked = world.tenant.journal.filter(({ topic }) => topic === "pause" || topic === "list" || topic === "token");
      const during = asked.filter(({ lie }) => lie !== undefined).length;
      expect(during, told(world, said)).toBeGreaterThanOrEqual(2);
      const [first] = asked;
      const heard = world.tenant.journal.find(({ topic, lie }) => topic === "pause" && lie === undefined);
      expect((heard?.at ?? 0) - (first?.at ?? 0), told(world, said)).toBeLessThan(15_000 + 10_000);
    },
  );
});

describe("the order of pauses", () => {
  const DIALING = 13;
  const SIZES = [...new Set([200, scaled(1_000, 1_000), scaled(10_000, 200)])];
  const LISTS: readonly (readonly [what: string, lies: (campaigns: number) => readonly Lie[]])[] = [
    ["whole", () => []],
    ["slow", () => [list({ trick: "delay", ms: 10 })]],
    ["failing", () => [list({ trick: "answer", status: 503 })]],
    ["failing after its first page", () => [{ ...list({ trick: "answer", status: 503 }), after: 1 }]],
  ];
  test.each(
    picked(
      PROFILES.flatMap((profile) =>
        (["service", "command"] as const).flatMap((door) =>
          SIZES.flatMap((campaigns) => LISTS.map(([what, lies]) => ({ profile, door, campaigns, what, lies }))),
        ),
      ),
      12,
      "orders",
    ),
  )(
    `$profile, $door, $campaigns campaigns, list $what: before the last one that dials, at most as many others are paused`,
    { timeout: 600_000 },
    async ({ profile, door, campaigns, lies }) => {
      const mode: StopMode = { profile, door, store: "there" };
      await using world = await openStopWorld(mode, { campaigns, yaml: LIMITED[profile] });
      const random = seeded(`the order of pauses ${campaigns}`);
      const dialing = new Set<number>();
      while (dialing.size < DIALING) dialing.add(random.int(campaigns));
      world.tenant.tell([]);
      world.dial([...dialing]);
      await world.read();
      world.tenant.tell(lies(campaigns));
      const begun = world.begin();
      await until(() => world.dialing().length === 0);
      const wanted = new Set([...dialing].map((place) => world.ids[place]));
      const pauses = world.tenant.journal.filter(({ topic }) => topic === "pause").map(({ campaign }) => campaign);
      const last = pauses.findLastIndex((campaign, at) => wanted.has(campaign) && pauses.indexOf(campaign) === at);
      begun.leave();
      await begun.ended;
      expect(last + 1).toBeLessThanOrEqual(2 * DIALING);
    },
  );
});

/** Changes the database under the service: of two that wait for each other the server ends one. */
async function change(client: pg.Client, statement: string): Promise<void> {
  const isDone = () =>
    client.query(statement).then(
      () => true,
      (thrown: unknown) => {
        if ((thrown as { code?: string }).code !== "40P01") throw thrown;
        return false;
      },
    );
  while (!(await isDone()));
}

describe("a stop given to the service without its store", () => {
  /** What is done to the database, and how it is undone; `beside`: from another database. */
  interface Trouble {
    readonly what: string;
    readonly store?: StopMode["store"];
    readonly beside?: true;
    readonly sql?: readonly string[];
    readonly mend?: readonly string[];
  }
  const END = "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()";
  const onTables = (statement: string) =>
    `do $$ declare t text; begin for t in select table_name from information_schema.tables where table_schema = 'outdial' and table_type = 'BASE TABLE'
     loop execute format('${statement}', t); end loop; end $$`;
  const TROUBLES: readonly Trouble[] = [
    { what: "away", store: "away" },
    { what: "frozen", store: "frozen" },
    {
      what: "full",
      sql: [
        "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$",
        onTables("create trigger full_disk before insert or update on outdial.%I for each statement execute function refuse()"),
      ],
      mend: [onTables("drop trigger full_disk on outdial.%I")],
    },
    {
      what: "read-only",
      sql: ['alter database "{name}" set default_transaction_read_only = on', END],
      mend: ["set default_transaction_read_only = off", 'alter database "{name}" reset default_transaction_read_only'],
    },
    {
      what: "closed to connections",
      beside: true,
      sql: ['alter database "{name}" allow_connections false', END],
      mend: ['alter database "{name}" allow_connections true'],
    },
    {
      what: "without its tables",
      sql: ["alter schema outdial rename to outdial_away"],
      mend: ["alter schema outdial_away rename to outdial"],
    },
    {
      what: "ending each statement",
      beside: true,
      sql: ["alter database \"{name}\" set statement_timeout = '1ms'", END],
      mend: ['alter database "{name}" reset statement_timeout', END],
    },
  ];
  test.each(PROFILES.flatMap((profile) => TROUBLES.map((trouble) => ({ profile, store: "there" as const, ...trouble }))))(
    "$profile, store $what: it is carried out, can be followed, and is in the audit log when the store is back; a stranger is told what stops without it",
    async ({ profile, store, beside, sql = [], mend = [] }) => {
      const places = Array.from({ length: 12 }, (_, place) => place);
      await using world = await openStopWorld({ profile, door: "service", store }, { campaigns: places.length });
      world.tenant.tell([]);
      world.dial(places);
      await world.read();
      const address = new URL(world.databaseUrl);
      const name = address.pathname.slice(1);
      if (beside) address.pathname = "/postgres";
      const client = new pg.Client({ connectionString: address.href });
      await client.connect();
      const changes = async (statements: readonly string[]) => {
        for (const statement of statements) await change(client, statement.replaceAll("{name}", name));
      };
      try {
        await changes(sql);
        const said = await world.stop();
        if (store !== "there") {
          const headers = { authorization: "Bearer odt_0000000000000000000000000000000000000000000" };
          const unknown = await world.ask("/campaigns/stop", { method: "POST", headers });
          expect({ status: unknown.status, ...((await unknown.json()) as object) }).toMatchObject({
            status: 503,
            advice: expect.stringContaining("outdial stop --all") as string,
          });
        }
        expect(world.dialing(), said.text).toEqual([]);
        expect(said.code, said.text).toBeGreaterThanOrEqual(200);
        expect(said.code, said.text).toBeLessThan(300);
        expect(pausedOf(said).sort()).toEqual([...world.ids]);
        await changes(mend);
        await world.mend();
        const id = said.result?.id ?? "";
        const audited = async () => await (await world.ask(`/audit?subject=${id}&limit=100`)).text();
        await until(async () => (await audited()).includes("campaign.stop.end"));
      } finally {
        await client.end();
      }
    },
  );
});

test("a stop that can be noted nowhere says so, and is noted when there is room", async () => {
  await using world = await openStopWorld({ profile: "acd", door: "service", store: "away" }, { campaigns: 3 });
  world.tenant.tell([]);
  world.dial([0, 1]);
  await world.read();
  world.cut();
  world.clock.leap(true);
  const notes = join(world.folder, ".outdial", "stops");
  await rm(notes, { recursive: true, force: true });
  await writeFile(notes, "no folder");
  const given = await world.ask("/campaigns/stop", { method: "POST", body: JSON.stringify({ reason: "fire" }) });
  const { id } = (await given.json()) as { id: string };
  const shown = async () => await (await world.ask(`/campaigns/stops/${id}`)).text();
  await until(async () => (await shown()).includes("the stop is noted nowhere"));
  await until(() => world.dialing().length === 0);
  await rm(notes);
  await world.mend();
  await until(async () => (await (await world.ask(`/audit?subject=${id}&limit=100`)).text()).includes("campaign.stop"));
});

test("a note of a stop that cannot be read needs somebody", async () => {
  await using world = await openStopWorld({ profile: "rest", door: "service", store: "there" }, { campaigns: 1 });
  world.tenant.tell([]);
  const notes = join(world.folder, ".outdial", "stops");
  await mkdir(notes, { recursive: true });
  // No process has this number.
  await writeFile(join(notes, "stop_01unreadable_4194305.ndjson"), "");
  await until(async () => (await (await world.ask("/campaigns/stops")).text()).includes("stop_01unreadable"));
  expect(await (await world.ask("/attention")).text()).toContain("stop_01unreadable");
});

test("a later stop of everything replaces an earlier one while the store is frozen, and the store is told of both", async () => {
  await using world = await openStopWorld({ profile: "rest", door: "service", store: "frozen" }, { campaigns: 3 });
  world.tenant.tell([]);
  world.dial([0, 1]);
  await world.read();
  world.tenant.tell([{ about: "everything", how: { trick: "silence", forwarded: false }, after: 0 }]);
  const stops = async () => {
    const listed = (await (await world.ask("/campaigns/stops?limit=5")).json()) as { items?: EmergencyStop[] };
    return listed.items ?? [];
  };
  const earlier = world.begin();
  await until(async () => (await stops()).length === 1);
  const [first] = await stops();
  const given = await world.ask("/campaigns/stop", { method: "POST", body: JSON.stringify({ reason: "again" }) });
  const { id, createdAt } = (await given.json()) as EmergencyStop;
  const both = [
    expect.objectContaining({ id, createdAt, supersededBy: null }),
    expect.objectContaining({ id: first?.id, createdAt: first?.createdAt, supersededBy: id, endedAt: createdAt }),
  ];
  expect(await stops()).toEqual([expect.objectContaining({ id, endedAt: null }), both[1]]);
  expect((await earlier.ended).result?.supersededBy).toBe(id);
  world.tenant.tell([]);
  await until(() => world.dialing().length === 0);
  await world.mend();
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const written = async () => {
      const { rows } = await client.query<{ id: string; superseded_by: string | null; created_at: Date; ended_at: Date | null }>(
        "select id, superseded_by, created_at, ended_at from outdial.stops order by created_at desc",
      );
      return rows;
    };
    await until(async () => (await written()).filter(({ ended_at }) => ended_at !== null).length === 2);
    expect((await written()).map((stop) => [stop.id, stop.superseded_by, stop.created_at.toISOString()])).toEqual([
      [id, null, createdAt],
      [first?.id, id, first?.createdAt],
    ]);
  } finally {
    await client.end();
  }
});

test.each(PROFILES)(
  "%s: thousands are known and the tenant is silent: the stop is answered at once, and can be followed",
  async (profile) => {
    const campaigns = scaled(12_503, 1_000);
    await using world = await openStopWorld({ profile, door: "service", store: "there" }, { campaigns });
    world.tenant.tell([]);
    world.dial([0, campaigns - 1]);
    await world.read();
    world.tenant.tell([{ about: "everything", how: { trick: "silence", forwarded: false }, after: 0 }]);
    const before = world.clock.now();
    const given = await world.ask("/campaigns/stop", { method: "POST", body: "{}" });
    // It waits for no campaign: tried once before a silent tenant, they take minutes.
    expect([given.status, world.clock.now() - before < 10_000]).toEqual([202, true]);
    const { id } = (await given.json()) as { id: string };
    const followed = await world.ask(`/campaigns/stops/${id}`);
    expect(await followed.json()).toMatchObject({ id, endedAt: null });
    world.tenant.tell([]);
    world.clock.leap(true);
    await until(() => world.dialing().length === 0);
  },
);
