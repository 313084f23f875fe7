// The published integration code for correcting dispositions on closed interactions: read the entity tag, patch under it, on a
// conflict read it again and patch over the other writer.

import * as z from "zod";
import {
  type Account,
  type Environment,
  HttpStatusError,
  jsonText,
  naiveUtc,
  raiseForStatus,
  strictInteger,
} from "./environment.ts";

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const Codes = z.object({
  dispositions: z.array(z.object({ code: z.string(), description: z.string(), parent: z.string().nullish() })),
});

/** One entry of an interaction's dispositions, without what the client fills in itself (time, source). */
export interface Entry {
  readonly code: string;
  readonly description: string;
  readonly agentId: string;
  /** ISO 8601; now when absent. */
  readonly timestamp?: string;
}

/** How an update ended; `data` is the reply's body. */
export interface UpdateResult {
  readonly status: "success" | "conflict_persistent" | "exhausted_retries" | "validation_error";
  readonly data?: unknown;
  readonly attempts: number;
}

const ATTEMPTS = 3;
const SCOPES = "interactions:write dispositions:read";

export class InteractionClient {
  /** One line per update, as appended to the audit file. */
  readonly auditLog: string[] = [];
  readonly #env: Environment;
  readonly #account: Account;
  readonly #webhookUrl: string | undefined;
  #token: { text: string; until: number } | undefined;
  #updates = 0;
  #refused = 0;

  constructor(env: Environment, account: Account, webhookUrl?: string) {
    this.#env = env;
    this.#account = account;
    this.#webhookUrl = webhookUrl;
  }

  async #headers(): Promise<Record<string, string>> {
    const now = this.#env.now();
    if (this.#token === undefined || now >= this.#token.until) {
      const response = await this.#env.fetch(`${this.#account.baseUrl}/v1/oauth/token`, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: this.#account.clientId,
          client_secret: this.#account.clientSecret,
          scope: SCOPES,
        }).toString(),
      });
      const reply = TokenReply.parse(await (await raiseForStatus(response)).json());
      this.#token = { text: reply.access_token, until: now + reply.expires_in - 60 };
    }
    return {
      Authorization: `Bearer ${this.#token.text}`,
      "Content-Type": "application/json",
      Accept: "application/json",
      "Accept-Encoding": "gzip, deflate",
      Connection: "keep-alive",
    };
  }

  /** The interaction's present entity tag, exactly as received; null when the reply has none. */
  async readTag(interactionId: string): Promise<string | null> {
    const headers = await this.#headers();
    const response = await this.#env.fetch(`${this.#account.baseUrl}/api/v1/interactions/${interactionId}`, {
      method: "GET",
      redirect: "manual",
      headers,
    });
    await (await raiseForStatus(response)).json();
    return response.headers.get("etag");
  }

  /** Replaces the interaction's dispositions under `tag`; at most three PATCHes. */
  async update(interactionId: string, entries: readonly Entry[], tag: string): Promise<UpdateResult> {
    this.#updates++;
    const kinds = new Set(entries.map((entry) => entry.code[0]));
    const unreadable = entries.some((entry) => entry.timestamp !== undefined && Number.isNaN(Date.parse(entry.timestamp)));
    // The offset is not looked at here, though the text asks for one: the server refuses a time without.
    if (unreadable || (kinds.has("1") && kinds.has("2"))) {
      this.#refused++;
      return { status: "validation_error", attempts: 0 };
    }
    const started = this.#env.now();
    const dispositions = entries.map((entry) => ({
      code: entry.code,
      description: entry.description,
      agent_id: entry.agentId,
      timestamp: entry.timestamp ?? `${naiveUtc(this.#env.now())}Z`,
      source: "api",
    }));
    const result = await this.#patch(interactionId, jsonText({ dispositions }), tag);
    const code = entries.map((entry) => entry.code).join(",");
    this.auditLog.push(`${naiveUtc(this.#env.now())} ${interactionId} ${code} ${entries[0]?.agentId} ${result.status}`);
    if (result.status === "success") await this.#notify(interactionId, entries, started);
    return result;
  }

  async #patch(interactionId: string, body: string, firstTag: string): Promise<UpdateResult> {
    let tag = firstTag;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const response = await this.#env.fetch(`${this.#account.baseUrl}/api/v1/interactions/${interactionId}`, {
        method: "PATCH",
        redirect: "manual",
        headers: { ...(await this.#headers()), "If-Match": tag },
        body,
      });
      if (response.status === 200) return { status: "success", data: await response.json(), attempts: attempt + 1 };
      const text = await response.text();
      if (response.status === 409) {
        if (attempt === ATTEMPTS - 1) return { status: "conflict_persistent", attempts: ATTEMPTS };
        tag = (await this.readTag(interactionId)) ?? tag;
        await this.#env.sleep(0.5 * (attempt + 1));
      } else if (response.status === 429) {
        await this.#env.sleep(strictInteger(response.headers.get("retry-after") ?? "2"));
      } else if (response.status >= 300) {
        throw new HttpStatusError(response.status, text);
      }
      // Any other 2xx counts as no answer: the same PATCH goes out again.
    }
    return { status: "exhausted_retries", attempts: ATTEMPTS };
  }

  /** The full matrix of codes, which the text recommends to check against. */
  async codes(): Promise<z.infer<typeof Codes>["dispositions"]> {
    const response = await this.#env.fetch(`${this.#account.baseUrl}/api/v1/dispositions`, {
      method: "GET",
      redirect: "manual",
      headers: await this.#headers(),
    });
    return Codes.parse(await (await raiseForStatus(response)).json()).dispositions;
  }

  /** Share of updates that the client's own checks refused, 0 to 1. */
  errorRate(): number {
    return this.#updates === 0 ? 0 : this.#refused / this.#updates;
  }

  async #notify(interactionId: string, entries: readonly Entry[], started: number): Promise<void> {
    if (this.#webhookUrl === undefined) return;
    try {
      await this.#env.fetch(this.#webhookUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: jsonText({
          type: "DISPOSITION_UPDATED",
          interaction_id: interactionId,
          code: entries[0]?.code ?? null,
          agent_id: entries[0]?.agentId ?? null,
          timestamp: `${naiveUtc(this.#env.now())}Z`,
          latency_ms: (this.#env.now() - started) * 1000,
        }),
      });
    } catch {
      // Logged by the published program, never a failure of the update.
    }
  }
}
