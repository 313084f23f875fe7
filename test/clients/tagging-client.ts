// The published integration code for disposition tagging: caches a campaign's codes, tags calls one PUT each, calls a BI endpoint.

import * as z from "zod";
import {
  type Account,
  basicCredentials,
  type Environment,
  HttpStatusError,
  jsonText,
  raiseForStatus,
  strictFloat,
} from "./environment.ts";

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number() });

// Reason codes are dictionaries from text to text: one number, null or list anywhere in them fails the whole matrix.
const ReasonCode = z.record(z.string(), z.string()).refine((reason) => "id" in reason, "KeyError: 'id'");
const Matrix = z.object({
  dispositionCodes: z
    .array(z.object({ id: z.string(), name: z.string(), reasonCodes: z.array(ReasonCode).default([]) }))
    .default([]),
});

/** What one tagging attempt came to. `statusCode` is null when the retries ran out. */
export interface TaggingRecord {
  readonly success: boolean;
  readonly statusCode: number | null;
  readonly errorMessage: string | null;
  readonly latencySeconds: number;
}

/** One disposition to assign. */
export interface Tagging {
  readonly callId: string;
  readonly code: string;
  readonly reason?: string;
  readonly notes?: string;
  readonly tags?: readonly string[];
}

const MAX_TAGS = 10;
const ATTEMPTS = 4;
const TOKEN_MARGIN_SECONDS = 300;

export class TaggingClient {
  /** One JSON line per assignment, as the published program appends them to its log file. */
  readonly auditLog: string[] = [];
  readonly #env: Environment;
  readonly #account: Account;
  readonly #baseUrl: string;
  readonly #callbackUrl: string | undefined;
  #token: { text: string; until: number } | undefined;
  #matrix: { codes: Set<string>; reasons: Set<string> } | undefined;

  constructor(env: Environment, account: Account, callbackUrl?: string) {
    this.#env = env;
    this.#account = account;
    this.#baseUrl = account.baseUrl.replace(/\/+$/, "");
    this.#callbackUrl = callbackUrl;
  }

  async #headers(): Promise<Record<string, string>> {
    const now = this.#env.now();
    if (this.#token === undefined || now >= this.#token.until) {
      const response = await this.#env.fetch(`${this.#baseUrl}/oauth/token`, {
        method: "POST",
        redirect: "manual",
        headers: {
          Authorization: basicCredentials(this.#account.clientId, this.#account.clientSecret),
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: "grant_type=client_credentials",
      });
      const reply = TokenReply.parse(await (await raiseForStatus(response)).json());
      this.#token = { text: reply.access_token, until: now + reply.expires_in - TOKEN_MARGIN_SECONDS };
    }
    return {
      Authorization: `Bearer ${this.#token.text}`,
      "Content-Type": "application/json",
      Accept: "application/json",
      "Accept-Encoding": "gzip, deflate",
      Connection: "keep-alive",
    };
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const init: RequestInit = { method, redirect: "manual", headers: await this.#headers() };
    return await this.#env.fetch(`${this.#baseUrl}${path}`, body === undefined ? init : { ...init, body: jsonText(body) });
  }

  /** Loads the campaign's disposition and reason codes; must run before `assign`. */
  async initialize(campaignId: string): Promise<void> {
    const response = await this.#send("GET", `/api/v2/outbound/campaigns/${campaignId}/dispositioncodes`);
    if (response.status === 403) throw new Error("Missing scope: outbound:campaign:read");
    const matrix = Matrix.parse(await (await raiseForStatus(response)).json());
    this.#matrix = {
      codes: new Set(matrix.dispositionCodes.map((code) => code.id)),
      // One flat set for all codes, so a reason of another code slips through and the server has to refuse it.
      reasons: new Set(matrix.dispositionCodes.flatMap((code) => code.reasonCodes.map((reason) => reason["id"] ?? ""))),
    };
  }

  /** Assigns a disposition; 400 and 409 come back as a failure record, other errors throw. */
  async assign(tagging: Tagging): Promise<TaggingRecord> {
    if (this.#matrix === undefined) throw new Error("RuntimeError: call initialize() first");
    if ((tagging.tags?.length ?? 0) > MAX_TAGS) throw new Error("ValidationError: at most 10 tags");
    if (!this.#matrix.codes.has(tagging.code)) throw new Error(`ValueError: Invalid disposition code: ${tagging.code}`);
    if (tagging.reason !== undefined && !this.#matrix.reasons.has(tagging.reason)) {
      throw new Error(`ValueError: Invalid or orphaned reason code: ${tagging.reason}`);
    }
    const started = this.#env.now();
    const outcome = await this.#put(tagging);
    const record: TaggingRecord = { ...outcome, latencySeconds: this.#env.now() - started };
    this.auditLog.push(jsonText({ call_id: tagging.callId, ...record }));
    if (record.success) await this.#notify(tagging);
    return record;
  }

  async #put(tagging: Tagging): Promise<Omit<TaggingRecord, "latencySeconds">> {
    const body: Record<string, unknown> = { dispositionCodeId: tagging.code, notes: tagging.notes ?? "" };
    if (tagging.reason !== undefined) body["reasonCodeId"] = tagging.reason;
    if (tagging.tags !== undefined && tagging.tags.length > 0) body["tag"] = tagging.tags;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const response = await this.#send("PUT", `/api/v2/outbound/calls/${tagging.callId}/disposition`, body);
      if (response.status === 429) {
        const told = response.headers.get("retry-after");
        await response.text();
        await this.#env.sleep(told === null ? 2 ** attempt : strictFloat(told));
        continue;
      }
      const text = await response.text();
      if (response.status === 400 || response.status === 409) {
        return { success: false, statusCode: response.status, errorMessage: text };
      }
      if (!response.ok) throw new HttpStatusError(response.status, text);
      return { success: true, statusCode: response.status, errorMessage: null };
    }
    return { success: false, statusCode: null, errorMessage: "Rate limit: retries exhausted" };
  }

  /** The step the text recommends after a 409: look at the call's status. */
  async callStatus(callId: string): Promise<string> {
    const response = await raiseForStatus(await this.#send("GET", `/api/v2/outbound/calls/${callId}`));
    return z.object({ status: z.string() }).parse(await response.json()).status;
  }

  async #notify(tagging: Tagging): Promise<void> {
    if (this.#callbackUrl === undefined) return;
    try {
      await this.#env.fetch(this.#callbackUrl, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json" },
        body: jsonText({
          event_type: "DISPOSITION_ASSIGNED",
          call_id: tagging.callId,
          disposition_code: tagging.code,
          reason_code: tagging.reason ?? null,
          processed_at: this.#env.now(),
        }),
      });
    } catch {
      // A dead BI endpoint never fails a tagging.
    }
  }
}
