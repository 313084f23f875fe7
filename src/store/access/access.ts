// Access to the service: tokens, one-time login codes, sessions. Secrets are stored as SHA-256 and looked up by it, so no
// comparison leaks timing.

import { createHash, randomBytes } from "node:crypto";
import { newId, type RandomStream } from "../../kernel/index.ts";
import { Ledger, type StoreCore, type Tx } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import {
  type AccessRole,
  type AccessSession,
  type AccessToken,
  ASSISTANT_PREFIX,
  PERSON_PREFIX,
  type Principal,
  type SessionValue,
} from "./types.ts";

/** The last use of a token is recorded at most once in this time. */
const USE_MS = 60_000;
/** Age at which a session's value is replaced; the old value stays valid a little longer. */
const ROTATE_MS = 15 * 60_000;
const PREVIOUS_MS = 60_000;
/** The caller of an emergency stop is identified within seconds, or not at all. */
const URGENT = { urgent: true };
const SESSION_MS = 12 * 3_600_000;
/** A session that is unused for so long ends. */
const IDLE_MS = 2 * 3_600_000;

const TOKEN = `id, name, role, person, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

interface SessionRow {
  readonly id: string;
  readonly name: string;
  readonly role: AccessRole;
  readonly expiresAt: number;
  readonly rotatedAt: number;
  readonly lastUsedAt: number;
  readonly current: boolean;
  readonly person: string | null;
  readonly label: string | null;
}

/** Who a session is opened for. */
interface Opening {
  readonly name: string;
  readonly role: AccessRole;
  readonly tokenId?: string | null;
  readonly until?: number | null;
  readonly person?: string | null;
  readonly label?: string | null;
  /** Details of the audit entry. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A caller is recognised although the database takes no writes. */
async function orNot<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (thrown) {
    if (thrown instanceof StoreError) return undefined;
    throw thrown;
  }
}

/** Tokens and sessions of a store. */
export class Access extends Ledger {
  readonly #random: RandomStream;
  readonly #tokens: SharedLookup<AccessToken>;

  constructor(store: StoreCore, random: RandomStream) {
    super(store);
    this.#random = random;
    this.#tokens = new SharedLookup((hashes) => this.#readTokens(hashes));
  }

  async #readTokens(hashes: readonly string[]): Promise<ReadonlyMap<string, AccessToken>> {
    const statement = {
      name: "access-token",
      text: `select encode(hash, 'hex') as hash, ${TOKEN} from outdial.api_tokens
        where hash = any($1::bytea[]) and revoked_at is null and (expires_at is null or expires_at > $2)`,
      values: [hashes.map((hash) => Buffer.from(hash, "hex")), new Date(this.store.now())],
    };
    const rows = await this.store.query<AccessToken & { readonly hash: string }>(statement, undefined, URGENT);
    return new Map(rows.map(({ hash, ...row }) => [hash, row]));
  }

  /**
   * Creates a token. Its text is returned here and never again. Throws StoreError `invalid_state` when the name cannot be used, or
   * is or looks like that of another token, revoked ones included: only the same person gets a revoked token's name again.
   */
  async addToken(given: {
    readonly name: string;
    readonly role: AccessRole;
    readonly expiresAt: number | null;
    readonly by: string;
    /** The person who owns it, as the subject of the sign-in provider. */
    readonly person?: string | undefined;
  }): Promise<{ readonly id: string; readonly token: string }> {
    const { person } = given;
    const trouble = nameTrouble(given.name);
    if (trouble !== undefined) throw new StoreError("invalid_state", trouble);
    if (given.name.startsWith(ASSISTANT_PREFIX))
      throw new StoreError("invalid_state", `names that begin with "${ASSISTANT_PREFIX}" are for assistants: see outdial mcp`);
    if (given.name.startsWith(PERSON_PREFIX))
      throw new StoreError(
        "invalid_state",
        `names that begin with ${PERSON_PREFIX} are for people who sign in through the provider`,
      );
    if (person !== undefined && !person.startsWith(PERSON_PREFIX))
      throw new StoreError(
        "invalid_state",
        `${JSON.stringify(person)} is not the name of a person; it begins with ${PERSON_PREFIX}, as in GET /me and the audit log`,
      );
    const token = newSecret("odt");
    const now = this.store.now();
    const id = newId("tok", now, this.#random);
    await this.store.commit(async (tx) => {
      // Two that are made at once are compared, too.
      await tx.query("select pg_advisory_xact_lock(hashtext('outdial names of tokens'))");
      await refuseTaken(tx, given.name, person);
      const values = [
        id,
        given.name,
        given.role,
        secretHash(token),
        given.by,
        new Date(now),
        given.expiresAt === null ? null : new Date(given.expiresAt),
        person ?? null,
      ];
      const made = await tx.change(
        `insert into outdial.api_tokens (id, name, role, hash, created_by, created_at, expires_at, person) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict do nothing`,
        values,
      );
      if (made !== 1) throw new StoreError("invalid_state", `there is a token named ${given.name} already`);
      const details = { id, role: given.role, expiresAt: given.expiresAt, ...(person === undefined ? {} : { person }) };
      tx.audit([{ actor: given.by, action: "token.add", subject: given.name, details }]);
    });
    return { id, token };
  }

  /** All tokens including revoked ones, newest first. */
  listTokens(): Promise<AccessToken[]> {
    return this.store.query<AccessToken>(`select ${TOKEN} from outdial.api_tokens order by created_at desc, id desc`);
  }

  /** Revokes a token, by id or name, and ends its sessions. Throws StoreError `not_found`. */
  revokeToken(idOrName: string, by: string): Promise<AccessToken> {
    return this.store.commit(async (tx) => {
      const [token] = await tx.query<AccessToken>(
        `update outdial.api_tokens set revoked_at = $2 where (id = $1 or name = $1) and revoked_at is null returning ${TOKEN}`,
        [idOrName, new Date(this.store.now())],
      );
      if (token === undefined) throw new StoreError("not_found", `there is no token ${idOrName} in force`);
      await tx.query("delete from outdial.sessions where token_id = $1", [token.id]);
      const details = { id: token.id };
      tx.audit([{ actor: by, action: "token.revoke", subject: token.name, details }]);
      return token;
    });
  }

  /** Whether there is a valid token. */
  async hasTokens(): Promise<boolean> {
    const [row] = await this.store.query<{ any: boolean }>(
      "select exists (select from outdial.api_tokens where revoked_at is null and (expires_at is null or expires_at > $1)) as any",
      [new Date(this.store.now())],
    );
    return row?.any ?? false;
  }

  /** The holder of a token; undefined when it is unknown, revoked or expired. */
  async principalOfToken(token: string): Promise<Principal | undefined> {
    if (!isSecret("odt", token)) return undefined;
    const now = this.store.now();
    const row = await this.#tokens.get(secretHash(token).toString("hex"));
    if (row === undefined) return undefined;
    if (row.lastUsedAt === null || now - row.lastUsedAt > USE_MS)
      await orNot(
        this.store.query("update outdial.api_tokens set last_used_at = $2 where id = $1", [row.id, new Date(now)], URGENT),
      );
    const { name, role, expiresAt, person } = row;
    return { name, role, via: "token", expiresAt, sessionId: null, tokenId: row.id, person };
  }

  /** Creates a code that opens one session, once, before it expires. */
  async addLoginCode(given: { readonly name: string; readonly role: AccessRole; readonly ttlMs: number }): Promise<string> {
    const code = newSecret("odc");
    const now = this.store.now();
    await this.store.query(
      "insert into outdial.login_codes (hash, name, role, created_at, expires_at) values ($1, $2, $3, $4, $5)",
      [secretHash(code), given.name, given.role, new Date(now), new Date(now + given.ttlMs)],
    );
    return code;
  }

  /** Opens a session by a one-time code; undefined when it is unknown, used or expired. */
  async openWithCode(code: string): Promise<SessionValue | undefined> {
    if (!isSecret("odc", code)) return undefined;
    const now = new Date(this.store.now());
    const [row] = await this.store.query<{ name: string; role: AccessRole }>(
      "update outdial.login_codes set used_at = $2 where hash = $1 and used_at is null and expires_at > $2 returning name, role",
      [secretHash(code), now],
    );
    return row === undefined ? undefined : this.#open(row);
  }

  /** Opens a session by a token; undefined when it is not valid. */
  async openWithToken(token: string): Promise<SessionValue | undefined> {
    const found = await this.principalOfToken(token);
    if (found === undefined) return undefined;
    const { name, role, tokenId, expiresAt: until, person = null } = found;
    return this.#open({ name, role, tokenId, until, person });
  }

  /**
   * Opens a session for a person identified by the sign-in provider. @param given.subject the provider's permanent id of the
   * person
   */
  openWithSubject(given: {
    readonly subject: string;
    readonly label: string | null;
    readonly role: AccessRole;
    readonly issuer: string;
  }): Promise<SessionValue> {
    const { subject, label, role, issuer } = given;
    const name = `${PERSON_PREFIX}${subject}`;
    return this.#open({ name, role, person: name, label, details: { issuer, label } });
  }

  async #open({ name, role, tokenId, until, person, label, details }: Opening): Promise<SessionValue> {
    const value = newSecret("ods");
    const now = this.store.now();
    const expiresAt = Math.min(now + SESSION_MS, until ?? Number.POSITIVE_INFINITY);
    const id = newId("ses", now, this.#random);
    await this.store.commit(async (tx) => {
      await tx.query(
        `insert into outdial.sessions (id, hash, rotated_at, name, role, token_id, created_at, last_used_at, expires_at, person, label)
         values ($1, $2, $3, $4, $5, $6, $3, $3, $7, $8, $9)`,
        [
          id,
          secretHash(value),
          new Date(now),
          name,
          role,
          tokenId ?? null,
          new Date(expiresAt),
          person ?? null,
          label === undefined || label === null ? null : storable(label),
        ],
      );
      tx.audit([{ actor: name, action: "session.open", subject: id, details: { role, ...details } }]);
    });
    return { value, expiresAt };
  }

  /**
   * The holder of a session, with a new value for the cookie when the old one is due to be replaced; undefined when the session
   * has ended.
   */
  async principalOfSession(
    value: string,
  ): Promise<{ readonly principal: Principal; readonly renewed: SessionValue | undefined } | undefined> {
    if (!isSecret("ods", value)) return undefined;
    const now = this.store.now();
    const statement = {
      name: "access-session",
      text: `select s.id, s.name, s.role, s.expires_at as "expiresAt", s.rotated_at as "rotatedAt", s.last_used_at as "lastUsedAt",
           s.hash = $1 as current, s.person, s.label
         from outdial.sessions s
         where (s.hash = $1 or (s.previous_hash = $1 and s.rotated_at > $2)) and s.expires_at > $3 and s.last_used_at > $4`,
      values: [secretHash(value), new Date(now - PREVIOUS_MS), new Date(now), new Date(now - IDLE_MS)],
    };
    const [row] = await this.store.query<SessionRow>(statement, undefined, URGENT);
    if (row === undefined) return undefined;
    const { id, name, role, expiresAt, person, label } = row;
    const principal: Principal = { name, role, via: "session", expiresAt, sessionId: id, tokenId: null, person, label };
    if (row.current && now - row.rotatedAt > ROTATE_MS) return { principal, renewed: await orNot(this.#rotate(row, value)) };
    if (now - row.lastUsedAt > USE_MS)
      await orNot(this.store.query("update outdial.sessions set last_used_at = $2 where id = $1", [id, new Date(now)], URGENT));
    return { principal, renewed: undefined };
  }

  /** Undefined when a concurrent request was faster. */
  async #rotate({ id, expiresAt }: SessionRow, old: string): Promise<SessionValue | undefined> {
    const value = newSecret("ods");
    const rows = await this.store.query(
      `update outdial.sessions set previous_hash = hash, hash = $2, rotated_at = $3, last_used_at = $3
       where id = $1 and hash = $4 returning 1`,
      [id, secretHash(value), new Date(this.store.now()), secretHash(old)],
    );
    return rows.length === 1 ? { value, expiresAt } : undefined;
  }

  /** Which of these tokens and sessions, by their ids, are in force. */
  async inForce(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const now = this.store.now();
    const statement = {
      name: "access-in-force",
      text: `select id from outdial.api_tokens where id = any($1) and revoked_at is null and (expires_at is null or expires_at > $2)
        union all select id from outdial.sessions where id = any($1) and expires_at > $2 and last_used_at > $3`,
      values: [ids, new Date(now), new Date(now - IDLE_MS)],
    };
    return new Set((await this.store.query<{ id: string }>(statement)).map(({ id }) => id));
  }

  /** Sessions in force, the one used last first. */
  listSessions(): Promise<AccessSession[]> {
    const now = this.store.now();
    return this.store.query<AccessSession>(
      `select id, name, label, role, token_id as "tokenId", created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
       from outdial.sessions where expires_at > $1 and last_used_at > $2 order by last_used_at desc, id`,
      [new Date(now), new Date(now - IDLE_MS)],
    );
  }

  /** Ends a session. @returns false when there is none of this id */
  endSession(id: string, by: string): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const [ended] = await tx.query<{ name: string }>("delete from outdial.sessions where id = $1 returning name", [id]);
      if (ended !== undefined) tx.audit([{ actor: by, action: "session.end", subject: id, details: { name: ended.name } }]);
      return ended !== undefined;
    });
  }
}

async function refuseTaken(tx: Tx, name: string, person: string | undefined): Promise<void> {
  const others = await tx.query<Pick<AccessToken, "name" | "person" | "revokedAt">>(
    'select name, person, revoked_at as "revokedAt" from outdial.api_tokens order by revoked_at is not null',
  );
  for (const other of others) {
    if (!looksLike(name, other.name)) continue;
    const isOwn = other.name === name && other.revokedAt !== null && person !== undefined && other.person === person;
    if (isOwn) continue;
    const advice =
      "The audit log says by this name who it was. Take another name, such as one with the year; only a token whose owner is named (--person) gives its name back to the same person.";
    if (other.name !== name)
      throw new StoreError("invalid_state", `the name ${name} looks like ${other.name}, which is or was another token's`, {
        advice,
      });
    if (other.revokedAt === null) throw new StoreError("invalid_state", `there is a token named ${name} already`);
    throw new StoreError("invalid_state", `the name ${name} was that of a token that was revoked`, { advice });
  }
}

// Secrets that are shown once and stored as hashes.

/** 256 random bits as text. @param prefix says what it is, so that secret scanners find it */
function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** Whether a text has the form of such a secret; other texts need not be looked up. */
function isSecret(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[\w-]{43}$/.test(text.slice(prefix.length + 1));
}

/** The stored hash of a secret. 256 random bits need no slow hash. */
function secretHash(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

// Looks up keys with one statement for all concurrent callers: under load, a round trip for each caller would take most of the
// time.

/**
 * Only one statement runs at a time; callers that come in the meantime share the next one. So every answer is read after its
 * question.
 */
export class SharedLookup<Value> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #waiting = new Map<
    string,
    { readonly answer: Promise<Value | undefined>; settle(found: Value | undefined): void; fail(why: unknown): void }
  >();
  #busy = false;

  /** @param read looks up all given keys; keys without a value are left out */
  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
    this.#read = read;
  }

  get(key: string): Promise<Value | undefined> {
    const there = this.#waiting.get(key);
    if (there !== undefined) return there.answer;
    const { promise, resolve, reject } = Promise.withResolvers<Value | undefined>();
    this.#waiting.set(key, { answer: promise, settle: resolve, fail: reject });
    if (!this.#busy) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.size > 0) {
      const asked = this.#waiting;
      this.#waiting = new Map();
      try {
        const found = await this.#read([...asked.keys()]);
        for (const [key, question] of asked) question.settle(found.get(key));
      } catch (thrown) {
        for (const question of asked.values()) question.fail(thrown);
      }
    }
    this.#busy = false;
  }
}

// Names of tokens. A name says in the audit log and on approvals who it was, so two names must not look alike: letters of one script, in
// their usual form, nothing that cannot be seen; and names are compared by what they look like. Pure.
//
// The letters that look alike are those of Unicode's confusables.txt (UTS 39) between the scripts that names are in today.

/** Scripts in everyday use (UAX 31, table 5). */
const SCRIPTS = (
  "Latin Cyrillic Greek Armenian Georgian Hebrew Arabic Thaana Ethiopic Devanagari Bengali Gurmukhi Gujarati Oriya " +
  "Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Han Hiragana Katakana Hangul Bopomofo"
).split(" ");
/** Written side by side, also with Latin letters. */
const TOGETHER: ReadonlySet<string> = new Set(["Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"]);
const OF = SCRIPTS.map((script) => [script, new RegExp(`^\\p{Script_Extensions=${script}}$`, "u")] as const);
/** Accents, which these scripts have in the letters themselves. */
const ACCENT = /[\u0300-\u036f]/g;
const ACCENTED: ReadonlySet<string> = new Set(["Latin", "Cyrillic", "Greek", "Armenian"]);
/** Of these scripts only the letters of today's languages, without signs of phonetics: from the first code point to the last. */
const LETTERS: Readonly<Record<string, readonly [first: number, last: number]>> = {
  Latin: [0x41, 0x17f],
  Greek: [0x370, 0x3ff],
  Cyrillic: [0x400, 0x52f],
  Armenian: [0x531, 0x588],
};
/** Characters without a shape of their own, some of which count as letters. */
const UNSEEN = /^\p{Default_Ignorable_Code_Point}$/u;

/** Letters by those that they look like, most of them Latin; where only one of capital and small letter does, both count. */
const LOOKS: Readonly<Record<string, string>> = {
  a: "аαА",
  b: "ЬвΒβß",
  c: "сϲ",
  d: "ԁժđðÐ",
  e: "еЕΕєεҽ",
  f: "Ϝք",
  g: "ցԍ",
  h: "һнΗհħԋ",
  i: "іιı",
  j: "јյϳ",
  k: "кκĸ",
  l: "ӏӀ1|!ł",
  m: "мΜ",
  n: "пηոռŋΝ",
  o: "0оοσօøθΘס",
  p: "рρΡ",
  q: "ԛգ",
  r: "г",
  s: "ѕՏ",
  t: "тτΤŧ",
  u: "υսμ",
  v: "νѵ",
  w: "ԝωшաѡ",
  x: "хχ",
  y: "уүγΥ",
  z: "Ζ",
  "'": '"`',
  ي: "یى",
  ك: "ک",
  ه: "ەہھ",
  一: "ー",
  二: "ニ",
  八: "ハ",
  力: "カ",
  卜: "ト",
  口: "ロ",
  夕: "タ",
  工: "エ",
  へ: "ヘ",
  り: "リ",
};
const LIKE = new Map(Object.entries(LOOKS).flatMap(([plain, others]) => Array.from(others).map((one) => [one, plain] as const)));
/** The letter I also looks like a small L, most of all as a capital. */
const LETTER_I = /[iIіІΙ]/g;
/** Letters for which people write digits ("m1ke"), and those that are written for joined ones. */
const READ_AS: Readonly<Record<string, string>> = Object.fromEntries(
  "0o 1i 3e 4a 5s 6b 7t 8b 9g æae Æae œoe Œoe ßss".split(" ").map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);

/** Why a name cannot be used, as a sentence without its full stop; undefined when it can. */
export function nameTrouble(name: string): string | undefined {
  const shown = JSON.stringify(name);
  if (name.trim() !== name || name === "") return `the name ${shown} begins or ends with a blank, or is empty`;
  if (name.includes("  ")) return `the name ${shown} has two blanks side by side`;
  if (!name.isWellFormed()) return `the name ${shown} is not text`;
  const usual = name.normalize("NFKC");
  const odd = Array.from(name).find((one) => !/^[\x20-\x7e\p{L}\p{M}]$/u.test(one) || UNSEEN.test(one));
  if (odd !== undefined)
    return `the name ${shown} has ${told(odd)}; allowed are letters, the digits 0 to 9, blanks and the signs of a plain keyboard`;
  if (usual !== name) return `the name ${shown} has letters in an unusual form; write ${JSON.stringify(usual)}`;
  const scripts = new Map<string, string>();
  for (const letter of name.matchAll(/\p{L}/gu)) {
    const [one] = letter;
    const script = OF.find(([, is]) => is.test(one))?.[0];
    const base = one.normalize("NFD").codePointAt(0) ?? 0;
    const [from, to] = LETTERS[script ?? ""] ?? [0, Number.POSITIVE_INFINITY];
    if (script === undefined || base < from || base > to)
      return `the name ${shown} has ${told(one)}, which can be taken for another letter`;
    if (!scripts.has(script)) scripts.set(script, one);
  }
  const kinds = [...scripts.keys()].filter((script) => !TOGETHER.has(script));
  const [first = "", second] = kinds;
  const mixed = second !== undefined || (kinds.length === 1 && scripts.size > 1 && first !== "Latin");
  if (mixed)
    return `the name ${shown} mixes letters of two scripts: ${[...scripts].map(([script, one]) => `${told(one)} is ${script}`).join(", ")}`;
  const mark = /\p{M}/u.exec(name)?.[0];
  if (mark !== undefined && (scripts.size === 0 || ACCENTED.has(first)))
    return `the name ${shown} has ${told(mark)}, which stands on no letter that has it`;
  return undefined;
}

/** Whether one of two names can be taken for the other: by capitals, accents, or letters that look alike. */
export function looksLike(one: string, other: string): boolean {
  const looks = looksOf(other);
  return looksOf(one).some((look) => looks.includes(look));
}

/**
 * What a name looks like, in Latin letters as far as its letters look like some: as it is written, as it is written with the letter I
 * for what it also looks like, in small letters, and with its digits read as letters.
 */
function looksOf(name: string): readonly string[] {
  const plain = name.normalize("NFKD").replaceAll(ACCENT, "");
  const read = plain.replaceAll(/[013-9æœßÆŒ]/g, (sign) => READ_AS[sign] ?? sign);
  return [plain, plain.replaceAll(LETTER_I, "l"), plain.toLowerCase(), read].map((text) =>
    Array.from(text)
      .map((one) => LIKE.get(one) ?? LIKE.get(one.toLowerCase()) ?? one.toLowerCase())
      .join("")
      // Taken apart, not put together: "vvv" is "vw" as well as "wv".
      .replaceAll("m", "rn")
      .replaceAll("d", "cl")
      .replaceAll("w", "vv")
      .replaceAll("uu", "vv"),
  );
}

/** A character as it is named to a person, who may not be able to see it. */
function told(one: string): string {
  const code = `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(one) && !UNSEEN.test(one)
    ? `${JSON.stringify(one)} (${code})`
    : `a character that cannot be seen (${code})`;
}
