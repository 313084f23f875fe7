// A client of the ACD API as its users write one: token by access key or password, discovery from the token's claims, any path, both generations of
// envelopes and names, pages until 204. Shares no code with the library; `fetch` is all it needs.

import * as z from "zod";

/** An answer: its status, what the status header said, and the JSON when there was a body. */
export interface Answer {
  readonly status: number;
  readonly said: string;
  readonly body: unknown;
}

export interface Question {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const Token = z.object({
  access_token: z.string().min(1),
  id_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string()]),
});
const Claims = z.object({ tenantId: z.string(), iss: z.string(), icBUId: z.union([z.number(), z.string()]) });
const Addresses = z.object({ api_endpoint: z.string(), tenantId: z.string() });

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export class AcdClient {
  readonly #fetch: Fetch;
  readonly #issuer: string;
  readonly #key: { readonly id: string; readonly secret: string };
  /** Version in the path: 20 for the classic forms, 33 for the present ones. */
  readonly version: number;
  #token = "";
  #api = "";

  constructor(fetch: Fetch, issuer: string, key: { readonly id: string; readonly secret: string }, version: number) {
    this.#fetch = fetch;
    this.#issuer = issuer;
    this.#key = key;
    this.version = version;
  }

  /** Token by access key, then the tenant's addresses. */
  async logIn(): Promise<void> {
    const reply = await this.#post("/authentication/v1/token/access-key", {
      accessKeyId: this.#key.id,
      accessKeySecret: this.#key.secret,
    });
    await this.#adopt(reply);
  }

  /** The password grant: the client by Basic with its secret form-encoded or not, or by fields of the body. */
  async logInByPassword(style: "basic" | "raw" | "body"): Promise<void> {
    const { id, secret } = this.#key;
    const fields = new URLSearchParams({ grant_type: "password", username: id, password: secret });
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    if (style === "body") {
      fields.set("client_id", id);
      fields.set("client_secret", secret);
    } else {
      const pair = `${id}:${style === "basic" ? encodeURIComponent(secret) : secret}`;
      headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
    }
    await this.#adopt(await this.#fetch(`${this.#issuer}/auth/token`, { method: "POST", headers, body: fields.toString() }));
  }

  async #post(path: string, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json", accept: "application/json" };
    return this.#fetch(`${this.#issuer}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #adopt(reply: Response): Promise<void> {
    if (reply.status !== 200) throw new Error(`token: ${reply.status} ${(await reply.text()).slice(0, 200)}`);
    const token = Token.parse(await reply.json());
    if (!(Number(token.expires_in) > 0)) throw new Error("token: no lifetime");
    this.#token = token.access_token;
    const payload = Buffer.from(token.id_token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { iss, tenantId } = Claims.parse(JSON.parse(payload));
    const found = await this.#fetch(`${iss}/.well-known/cxone-configuration?tenantId=${tenantId}`);
    this.#api = Addresses.parse(await found.json()).api_endpoint;
  }

  /** Any method and path. A path with a version or outside of the services is taken as it is. */
  async ask(method: string, path: string, { query = {}, body, headers = {} }: Question = {}): Promise<Answer> {
    const prefix = /^\/(?:incontact|data-extraction|business-data|media-playback|real-time-data)/i.test(path)
      ? ""
      : `/incontactapi/services/v${this.version}.0`;
    const url = new URL(`${this.#api}${prefix}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const reply = await this.#fetch(url.href, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return {
      status: reply.status,
      said: reply.headers.get("icstatusdescription") ?? "",
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  /** Rows under a name, wherever the envelope has them; 204 is none. */
  async rows(path: string, name: string, query: Question["query"] = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { status, body } = await this.ask("GET", path, { query });
    if (status === 204) return [];
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    const Rows = z.object({ [name]: z.array(z.record(z.string(), z.unknown())) });
    const found = z.union([Rows, z.object({ resultSet: Rows })]).parse(body);
    const rows = "resultSet" in found ? (found.resultSet as Record<string, unknown>)[name] : found[name];
    return z.array(z.record(z.string(), z.unknown())).parse(rows);
  }

  /** Completed contacts page by page until 204, as the one reader does that stops at nothing else. */
  async completed(query: Question["query"], top: number): Promise<string[]> {
    const ids: string[] = [];
    for (let skip = 0; skip < 1_000_000; skip += top) {
      const rows = await this.rows("/contacts/completed", "completedContacts", { ...query, skip, top });
      if (rows.length === 0) return ids;
      for (const row of rows) ids.push(String(row["contactId"]));
    }
    throw new Error("contacts/completed has no end");
  }
}
