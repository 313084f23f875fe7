// A tenant that does not tell the truth: a proxy between outdial and a sandbox that changes what goes through, by a plan that is plain data. Each lie
// ends after so many answers or so much time, or never. Everything that goes through is in a journal, so that a test can tell what was said to whom.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { Sandbox } from "../../src/sandbox/index.ts";

export type Profile = "rest" | "acd";

/** What a request is about: the list of campaigns, one campaign by itself, its pause, its start, its figures, the token, anything else. */
export type Topic = "list" | "status" | "pause" | "start" | "figures" | "token" | "other";

/** What a list says of its length: as before, what fits what it shows, zero, or nothing. */
export type Total = "kept" | "fits" | "zero" | "none";

/** How an answer is changed. What is about a list or a status leaves other answers as they are. */
export type Trick =
  /** Answered without the tenant, which does not hear of it. */
  | { readonly trick: "answer"; readonly status: number; readonly retryAfter?: number; readonly text?: "html" | "empty" | "json" }
  /** The connection breaks, before or after the tenant has carried the request out. */
  | { readonly trick: "reset"; readonly forwarded: boolean }
  /** No answer for a while, then the connection breaks. */
  | { readonly trick: "silence"; readonly forwarded: boolean }
  /** The true answer, so many of the machine's milliseconds late; a request is held before it is carried out. */
  | { readonly trick: "delay"; readonly ms: number }
  /** Held before it is carried out, until `release`; then the true answer. */
  | { readonly trick: "held" }
  /** The connection breaks at once; so many milliseconds of the proxy's clock later the request is carried out, as by a gateway that kept it. */
  | { readonly trick: "kept"; readonly ms: number }
  /** "It is paused", without the tenant. */
  | { readonly trick: "accepted" }
  /** Shows so many of the list's entries, from the given one on. */
  | { readonly trick: "some"; readonly from: number; readonly keep: number; readonly total: Total }
  /** An older reading: these campaigns (by their place) are shown paused, whatever they do. */
  | { readonly trick: "aged"; readonly paused: readonly number[] }
  /** Every entry twice; the second time as told, and in the given place. */
  | { readonly trick: "twice"; readonly second: "same" | "paused" | "active"; readonly first: boolean; readonly total: Total }
  /** A key of the JSON twice, with the false value last or first. */
  | { readonly trick: "doubled"; readonly key: "status" | "id" | "list" | "total"; readonly last: "true" | "false" }
  /** Another word for the state; undefined leaves it out. */
  | { readonly trick: "word"; readonly word: string | number | boolean | null | undefined }
  /** A total of so many more than there are. */
  | { readonly trick: "total"; readonly more: number }
  /** Every page is the first one. */
  | { readonly trick: "again" }
  /** Entries without an id. */
  | { readonly trick: "nameless"; readonly places: readonly number[] };

/** A lie: what it is about, which campaigns, how it goes, after how many true answers it begins, and when it ends. */
export interface Lie {
  readonly about: Topic | "everything";
  /** Places of the campaigns that it is about; undefined for all. */
  readonly of?: readonly number[] | undefined;
  readonly how: Trick;
  readonly after: number;
  /** After so many answers, or so many milliseconds of the proxy's clock since `tell`; undefined: never. */
  readonly ends?: { readonly answers: number } | { readonly ms: number } | undefined;
}

export interface Passed {
  readonly topic: Topic;
  /** Id of the campaign in the path. */
  readonly campaign: string | undefined;
  readonly method: string;
  readonly path: string;
  /** By the proxy's clock. */
  readonly at: number;
  /** The lie that struck. */
  readonly lie: Lie | undefined;
  /** The tenant carried it out; set when it has. */
  forwarded: boolean;
  /** What outdial was answered; undefined as long as, and where, there was no answer. */
  answer: { readonly status: number; readonly body: string } | undefined;
}

export interface LyingTenant extends AsyncDisposable {
  readonly url: string;
  /** What went through, oldest first. */
  readonly journal: readonly Passed[];
  /** From now on it lies like this, and the journal begins anew. */
  tell(lies: readonly Lie[]): void;
  /** Lets everything through that is held. What comes later is held again, as long as it is told so. */
  release(): void;
  /** How many requests are held. */
  held(): number;
  /** Resolves when nothing that came through is under way. */
  idle(): Promise<void>;
  isIdle(): boolean;
  /** How many requests came, and how many have ended. */
  happened(): number;
  /** The campaigns that an answer says something of, by id, and whether it says paused; undefined for an answer that says nothing of that kind. */
  shown(passed: Passed): ReadonlyMap<string, boolean> | undefined;
  /** How many campaigns a page of the list says that there are. */
  total(passed: Passed): number | undefined;
}

export interface LyingSetting {
  readonly sandbox: Pick<Sandbox, "fetch">;
  readonly profile: Profile;
  /** Ids of the campaigns as outdial knows them, in the order of their places. */
  readonly ids: readonly string[];
  readonly now: () => number;
}

/** So long a silence lasts before the connection breaks, in the machine's milliseconds. */
const SILENCE_MS = 60;
const HTML = "<!doctype html><title>Sign in</title><h1>The gateway asks you to sign in</h1>";
const HOP = new Set(["connection", "content-length", "transfer-encoding", "keep-alive", "host", "content-encoding"]);

type Fields = Record<string, unknown>;

interface Wire {
  readonly topic: (
    method: string,
    path: string,
    body: string,
  ) => { readonly topic: Topic; readonly campaign?: string | undefined };
  readonly list: string;
  readonly total: string;
  readonly id: string;
  readonly state: string;
  readonly values: { readonly paused: unknown; readonly active: unknown };
  readonly isPaused: (value: unknown) => boolean;
  /** How the answer to a pause says yes. */
  readonly yes: { readonly status: number; readonly body: (id: string) => string };
}

const WIRES: Readonly<Record<Profile, Wire>> = {
  rest: {
    topic(method, path, body) {
      if (path.endsWith("/oauth/token")) return { topic: "token" };
      const [, campaign, rest] = /\/omnichannel\/campaigns(?:\/([^/?]+))?(\/[^?]+)?$/.exec(path) ?? [];
      if (!/\/omnichannel\/campaigns/.test(path)) return { topic: "other" };
      if (campaign === undefined) return { topic: method === "GET" ? "list" : "other" };
      const named = { campaign: decodeURIComponent(campaign) };
      if (rest !== undefined) return { topic: /metrics/.test(rest) ? "figures" : "other", ...named };
      if (method === "GET") return { topic: "status", ...named };
      return { topic: /"status":\s*"active"/.test(body) ? "start" : "pause", ...named };
    },
    list: "campaigns",
    total: "total",
    id: "id",
    state: "status",
    values: { paused: "paused", active: "active" },
    isPaused: (value) => typeof value === "string" && value.trim().toLowerCase() === "paused",
    yes: { status: 200, body: (id) => JSON.stringify({ id, status: "paused" }) },
  },
  acd: {
    topic(method, path) {
      if (/\/token/.test(path)) return { topic: "token" };
      const [, campaign, rest] = /\/skills(?:\/(\d+))?(?:\/([a-z-]+))?$/.exec(path) ?? [];
      if (!/\/skills/.test(path)) return { topic: "other" };
      if (campaign === undefined)
        return { topic: rest === undefined && method === "GET" ? "list" : rest === "activity" ? "figures" : "other" };
      if (rest === "stop") return { topic: "pause", campaign };
      if (rest === "start") return { topic: "start", campaign };
      if (rest === "activity") return { topic: "figures", campaign };
      return { topic: rest === undefined && method === "GET" ? "status" : "other", campaign };
    },
    list: "skills",
    total: "totalRecords",
    id: "skillId",
    state: "isRunning",
    values: { paused: false, active: true },
    isPaused: (value) => !(value === true || (typeof value === "string" && value.trim().toLowerCase() === "true")),
    yes: { status: 202, body: () => "" },
  },
};

/** Starts one on a free port of the loopback; it tells the truth until it is told otherwise. */
export async function startLyingTenant({ sandbox, profile, ids, now }: LyingSetting): Promise<LyingTenant> {
  const wire = WIRES[profile];
  let journal: Passed[] = [];
  let lies: { readonly lie: Lie; left: number; met: number }[] = [];
  let began = now();
  let under = 0;
  let happened = 0;
  const rested: (() => void)[] = [];
  let ended = false;
  const holding = new Set<() => void>();
  const heldBack = new Set<() => void>();
  const release = () => {
    for (const go of heldBack) go();
    heldBack.clear();
  };
  let kept: { readonly at: number; readonly carryOut: () => Promise<void> }[] = [];
  const keeping = setInterval(() => {
    const due = kept.filter(({ at }) => at <= now());
    kept = kept.filter((one) => !due.includes(one));
    for (const { carryOut } of due) void carryOut();
  }, 5);

  const isOver = ({ lie: { ends }, left }: (typeof lies)[number]) =>
    ends !== undefined && ("answers" in ends ? left <= 0 : now() - began >= ends.ms);

  const find = (topic: Topic, campaign: string | undefined): Lie | undefined => {
    const place = campaign === undefined ? -1 : ids.indexOf(campaign);
    for (const one of lies) {
      const { lie } = one;
      const fits =
        (lie.about === topic || lie.about === "everything") && (lie.of === undefined || place < 0 || lie.of.includes(place));
      if (!fits || isOver(one)) continue;
      one.met += 1;
      if (one.met <= lie.after) continue;
      one.left -= 1;
      return lie;
    }
    return undefined;
  };

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        holding.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      holding.add(done);
    });

  async function handle(asked: IncomingMessage, reply: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of asked) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { method = "GET", url: target = "/" } = asked;
    const path = target.split("?", 1)[0] ?? "";
    const { topic, campaign } = wire.topic(method, path, body.toString());
    const lie = find(topic, campaign);
    const passed: Passed = { topic, campaign, method, path: target, at: now(), lie, forwarded: false, answer: undefined };
    journal.push(passed);
    const forward = async (to = target) => {
      const headers = Object.entries(asked.headers).flatMap(([name, value]) =>
        typeof value === "string" && !HOP.has(name) ? [[name, value] as [string, string]] : [],
      );
      const init = { method, headers, ...(method === "GET" || method === "HEAD" ? {} : { body: Uint8Array.from(body) }) };
      const answered = await sandbox.fetch(`${url}${to}`, init);
      passed.forwarded = true;
      const back: Record<string, string> = {};
      answered.headers.forEach((value, name) => {
        if (!HOP.has(name)) back[name] = value;
      });
      return { status: answered.status, headers: back, text: await answered.text() };
    };
    const answer = (status: number, headers: Record<string, string>, text: string) => {
      passed.answer = { status, body: text };
      reply.writeHead(status, { ...headers, ...(text === "" ? {} : { "content-length": String(Buffer.byteLength(text)) }) });
      reply.end(text);
    };
    const how = lie?.how;
    if (how?.trick === "answer") {
      const text = how.text === "html" ? HTML : how.text === "empty" ? "" : JSON.stringify({ message: "no", code: "no" });
      return answer(
        how.status,
        {
          "content-type": how.text === "html" ? "text/html" : "application/json",
          ...(how.retryAfter === undefined ? {} : { "retry-after": String(how.retryAfter) }),
          ...(how.status >= 300 && how.status < 400 ? { location: `${url}/sign-in` } : {}),
        },
        text,
      );
    }
    if (how?.trick === "accepted" && topic === "pause") {
      const { status, body: yes } = wire.yes;
      return answer(status, { "content-type": "application/json" }, yes(campaign ?? ""));
    }
    if (how?.trick === "reset" || how?.trick === "silence") {
      if (how.forwarded) await forward();
      if (how.trick === "silence") await wait(SILENCE_MS);
      asked.socket.destroy();
      return;
    }
    if (how?.trick === "kept") {
      asked.socket.destroy();
      kept.push({ at: now() + how.ms, carryOut: () => forward().then(() => undefined) });
      return;
    }
    if (how?.trick === "delay") await wait(how.ms);
    if (how?.trick === "held") await new Promise<void>((go) => heldBack.add(go));
    const isAgain = how?.trick === "again" && topic === "list";
    const { status, headers, text } = await forward(isAgain ? firstPage(target) : target);
    const told = how !== undefined && status === 200 && (topic === "list" || topic === "status");
    return answer(status, headers, told ? changed(wire, ids, how, topic, text) : text);
  }

  const server = createServer((asked, reply) => {
    under += 1;
    happened += 1;
    reply.on("error", () => undefined);
    handle(asked, reply)
      .catch(() => asked.socket.destroy())
      .finally(() => {
        under -= 1;
        happened += 1;
        if (under === 0) for (const wake of rested.splice(0)) wake();
      });
  });
  // A client whose connection is closed after a while would take that for a lost answer.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    get journal() {
      return journal;
    },
    tell(next) {
      lies = next.map((lie) => ({ lie, met: 0, left: lie.ends !== undefined && "answers" in lie.ends ? lie.ends.answers : 0 }));
      journal = [];
      began = now();
    },
    release,
    held: () => heldBack.size,
    isIdle: () => under === 0,
    happened: () => happened,
    idle: () => (under === 0 ? Promise.resolve() : new Promise((resolve) => rested.push(resolve))),
    shown({ topic, campaign, answer }) {
      if (answer?.status !== 200 || (topic !== "list" && topic !== "status")) return undefined;
      const content = contentOf(answer.body);
      if (content === undefined) return undefined;
      const entries = topic === "list" ? content[wire.list] : [content[wire.list] ?? content];
      const rows = (Array.isArray(entries) ? entries : []).flat() as unknown[];
      return new Map(
        rows.flatMap((row): [string, boolean][] => {
          if (typeof row !== "object" || row === null) return [];
          const { [wire.id]: id, [wire.state]: state } = row as Fields;
          const named = topic === "status" ? campaign : typeof id === "string" || typeof id === "number" ? String(id) : undefined;
          return named === undefined ? [] : [[named, wire.isPaused(state)]];
        }),
      );
    },
    total({ answer }) {
      const total = contentOf(answer?.body ?? "")?.[wire.total];
      return typeof total === "number" ? total : undefined;
    },
    async [Symbol.asyncDispose]() {
      if (ended) return;
      ended = true;
      clearInterval(keeping);
      for (const wake of holding) wake();
      release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function firstPage(target: string): string {
  const url = new URL(target, "http://tenant");
  if (url.searchParams.has("page")) url.searchParams.set("page", "1");
  if (url.searchParams.has("skip")) url.searchParams.set("skip", "0");
  return url.pathname + url.search;
}

function contentOf(text: string): Fields | undefined {
  try {
    const whole = JSON.parse(text) as Fields;
    return (whole["resultSet"] as Fields | undefined) ?? whole;
  } catch {
    return undefined;
  }
}

/** A true answer, changed. */
function changed(wire: Wire, ids: readonly string[], how: Trick, topic: Topic, text: string): string {
  const whole = JSON.parse(text) as Fields;
  const content = (whole["resultSet"] as Fields | undefined) ?? whole;
  const isList = topic === "list";
  const place = (row: Fields) => ids.indexOf(String(row[wire.id]));
  if (!isList) {
    // In some versions one campaign is a list of one.
    const held = content[wire.list];
    const row = (Array.isArray(held) ? held[0] : content) as Fields;
    if (how.trick === "aged" && how.paused.includes(place(row))) row[wire.state] = wire.values.paused;
    if (how.trick === "word") row[wire.state] = how.word;
    if (how.trick === "doubled" && how.key === "status")
      return doubled(JSON.stringify(whole), wire.state, wire.values.paused, how.last);
    return JSON.stringify(whole);
  }
  const rows = (content[wire.list] ?? []) as Fields[];
  const set = (entries: readonly Fields[], total: Total) => {
    content[wire.list] = entries;
    if (total === "fits") content[wire.total] = entries.length;
    if (total === "zero") content[wire.total] = 0;
    if (total === "none") delete content[wire.total];
    if (total === "fits" || total === "zero") delete (content["_links"] as Fields | undefined)?.["next"];
  };
  switch (how.trick) {
    case "some":
      set(rows.slice(how.from, how.from + how.keep), how.total);
      break;
    case "aged":
      for (const row of rows) if (how.paused.includes(place(row))) row[wire.state] = wire.values.paused;
      break;
    case "twice": {
      const other = (row: Fields) => (how.second === "same" ? row : { ...row, [wire.state]: wire.values[how.second] });
      set(
        rows.flatMap((row) => (how.first ? [other(row), row] : [row, other(row)])),
        how.total,
      );
      break;
    }
    case "word":
      for (const row of rows) row[wire.state] = how.word;
      break;
    case "total":
      content[wire.total] = Number(content[wire.total] ?? rows.length) + how.more;
      break;
    case "nameless":
      for (const at of how.places) delete rows[at]?.[wire.id];
      break;
    case "doubled": {
      const key = { status: wire.state, id: wire.id, list: wire.list, total: wire.total }[how.key];
      const value = { status: wire.values.paused, id: ids[0], list: [], total: 0 }[how.key];
      return doubled(JSON.stringify(whole), key, value, how.last);
    }
    default:
  }
  return JSON.stringify(whole);
}

/** Writes a key of a JSON text twice, wherever it is. What is last is what most readers take. */
function doubled(text: string, key: string, value: unknown, last: "true" | "false"): string {
  const name = JSON.stringify(key);
  const wrong = `${name}:${JSON.stringify(value)}`;
  if (last === "true") return text.replaceAll(`${name}:`, `${wrong},${name}:`);
  const write = (node: unknown): string => {
    if (Array.isArray(node)) return `[${node.map(write).join(",")}]`;
    if (typeof node !== "object" || node === null) return JSON.stringify(node);
    const fields = Object.entries(node).map(([one, held]) => `${JSON.stringify(one)}:${write(held)}`);
    return `{${[...fields, ...(key in node ? [wrong] : [])].join(",")}}`;
  };
  return write(JSON.parse(text));
}

// Plans

/** A stop that is given to a tenant that lies. */
export interface Plan {
  /** Which campaigns dial when it is given, by their places. */
  readonly dialing: readonly number[];
  /** Told until the stop is given: while outdial reads the tenant as it does every day. */
  readonly before: readonly Lie[];
  readonly during: readonly Lie[];
}

/** Whether a plan has a lie without an end. */
export const liesForEver = ({ during }: Plan): boolean => during.some(({ ends }) => ends === undefined);

/** Longest time of a lie that has an end, ms. */
const LONGEST_MS = 30_000;

const totals = fc.constantFrom<Total>("kept", "fits", "zero", "none");

const refusals: fc.Arbitrary<Trick> = fc.oneof(
  fc.record({
    trick: fc.constant("answer" as const),
    status: fc.constantFrom(404, 401, 403, 302, 400, 409, 500, 503),
    text: fc.constantFrom("json" as const, "empty" as const, "html" as const),
  }),
  fc.record({ trick: fc.constant("answer" as const), status: fc.constant(429), retryAfter: fc.constantFrom(31_536_000, 60, 0) }),
  fc.record({
    trick: fc.constant("answer" as const),
    status: fc.constant(200),
    text: fc.constantFrom("html" as const, "empty" as const),
  }),
  fc.record({ trick: fc.constantFrom("reset" as const, "silence" as const), forwarded: fc.boolean() }),
  fc.record({ trick: fc.constant("delay" as const), ms: fc.integer({ min: 1, max: 80 }) }),
);

const WORDS = [
  "PAUSED",
  "Paused",
  " paused",
  "ACTIVE",
  "Active",
  "running",
  "stopped",
  "draining",
  "",
  null,
  undefined,
  0,
  true,
  false,
];

function listTricks(places: readonly number[]): fc.Arbitrary<Trick> {
  const most = places.length;
  const some = fc.integer({ min: 0, max: most });
  const paused = fc.subarray([...places], { minLength: 1 });
  return fc.oneof(
    fc.record({ trick: fc.constant("some" as const), from: some, keep: fc.oneof(fc.constant(0), some), total: totals }),
    fc.record({ trick: fc.constant("aged" as const), paused: fc.oneof(fc.constant([...places]), paused) }),
    fc.record({
      trick: fc.constant("twice" as const),
      second: fc.constantFrom("same" as const, "paused" as const, "active" as const),
      first: fc.boolean(),
      total: totals,
    }),
    fc.record({
      trick: fc.constant("doubled" as const),
      key: fc.constantFrom("status" as const, "id" as const, "list" as const, "total" as const),
      last: fc.constantFrom("true" as const, "false" as const),
    }),
    fc.record({ trick: fc.constant("word" as const), word: fc.constantFrom(...WORDS) }),
    fc.record({ trick: fc.constant("total" as const), more: fc.integer({ min: 1, max: 150 }) }),
    fc.constant({ trick: "again" as const }),
    fc.record({ trick: fc.constant("nameless" as const), places: paused }),
    refusals,
  );
}

const ends = (forEver: boolean): fc.Arbitrary<Lie["ends"]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ answers: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 3, arbitrary: fc.record({ ms: fc.integer({ min: 500, max: LONGEST_MS }) }) },
    { weight: forEver ? 1 : 0, arbitrary: fc.constant(undefined) },
  );

function lieOf(places: readonly number[], forEver: boolean): fc.Arbitrary<Lie> {
  const of = fc.oneof(fc.constant(undefined), fc.subarray([...places], { minLength: 1 }));
  const rest = { after: fc.constantFrom(0, 0, 0, 1, 2), ends: ends(forEver) };
  const paused = fc.record({ trick: fc.constant("aged" as const), paused: fc.constant([...places]) });
  const word = fc.record({ trick: fc.constant("word" as const), word: fc.constantFrom(...WORDS) });
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ about: fc.constant("list" as const), how: listTricks(places), ...rest }) },
    {
      weight: 5,
      arbitrary: fc.record({
        about: fc.constant("pause" as const),
        of,
        how: fc.oneof({ weight: 5, arbitrary: refusals }, { weight: 1, arbitrary: fc.constant({ trick: "accepted" as const }) }),
        ...rest,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        about: fc.constant("status" as const),
        of,
        how: fc.oneof({ weight: 4, arbitrary: refusals }, { weight: 1, arbitrary: word }, { weight: 1, arbitrary: paused }),
        ...rest,
      }),
    },
    { weight: 1, arbitrary: fc.record({ about: fc.constantFrom("figures" as const, "token" as const), how: refusals, ...rest }) },
    { weight: 2, arbitrary: fc.record({ about: fc.constant("everything" as const), how: refusals, ...rest }) },
  );
}

/** Plans for so many campaigns. @param options.forEver whether lies without an end are among them */
export function plans(campaigns: number, { forEver = true, before = true } = {}): fc.Arbitrary<Plan> {
  const places = Array.from({ length: campaigns }, (_, place) => place);
  return fc.record({
    dialing: fc.subarray(places, { minLength: 1 }),
    before: before
      ? fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(lieOf(places, false), { maxLength: 2 }))
      : fc.constant([]),
    during: fc.array(lieOf(places, forEver), { maxLength: 4 }),
  });
}
