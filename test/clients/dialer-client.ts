// The published integration code for dialer settings: validate the policy, snapshot, change under the version tag, poll the operation,
// roll back. In two variants, as published: the numbered steps hold one session; the complete program fetches a token for each request.

import * as z from "zod";
import { type Account, Decimal, type Environment, HttpStatusError, jsonText, raiseForStatus } from "./environment.ts";

const Accepted = z.object({ operationId: z.string(), versionTag: z.string() });
const OperationReply = z.object({ status: z.string(), errorDetails: z.unknown().optional() });
const Settings = z.looseObject({ versionTag: z.string() });
const Verdict = z.object({ compliance_status: z.string(), violations: z.array(z.unknown()).default([]) });
const Page = z.object({
  results: z.array(z.unknown()).default([]),
  logs: z.array(z.unknown()).default([]),
  nextPageToken: z.string().nullish(),
});

/** The settings as the API gives them: the whole object goes back on a rollback, its version tag included. */
export type Snapshot = z.infer<typeof Settings>;
/** A settings payload to be written as JSON. */
export type DialerPayload = Record<string, unknown>;

const LOOKS = 15;

/** The text's example payload; the complete program leaves `warm_line_timeout_sec` out. */
export function predictivePayload(variant: "steps" | "complete", abandonmentTarget = 0.03): DialerPayload {
  return {
    name: "Predictive_Outbound_01",
    type: "predictive",
    concurrency: { max_agents: 50, max_simultaneous_calls: 200, call_spacing_ms: 150 },
    algorithm: {
      type: "predictive",
      abandonment_rate_target: abandonmentTarget,
      agent_availability_estimate: 0.85,
      dial_ratio: new Decimal(4),
      ...(variant === "steps" ? { warm_line_timeout_sec: 12 } : {}),
    },
  };
}

async function requestToken(env: Environment, account: Account): Promise<string> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const response = await env.fetch(`${account.baseUrl}/oauth/token`, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json" },
      body: jsonText({ grant_type: "client_credentials", client_id: account.clientId, client_secret: account.clientSecret }),
    });
    if (response.status !== 429) {
      return z.object({ access_token: z.string().min(1) }).parse(await (await raiseForStatus(response)).json()).access_token;
    }
    await response.text();
    // Retry-After is not looked at.
    await env.sleep(2 ** attempt);
  }
  throw new Error("RuntimeError: token endpoint kept rate limiting");
}

const WEBHOOK_EVENTS = ["dialer.settings.updated", "dialer.campaign.activated"];
function webhookBody(url: string): DialerPayload {
  return {
    name: "WFM_Dialer_Sync",
    url,
    events: WEBHOOK_EVENTS,
    auth: { type: "bearer", token: "wfm_integration_token_placeholder" },
    retryPolicy: { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 },
  };
}

/** The numbered steps. `header` tells what the session holds: with `full` every call sends the published, doubled `Bearer Bearer`. */
export class DialerStepsClient {
  readonly #env: Environment;
  readonly #account: Account;
  readonly #header: "token" | "full";
  #token: string | undefined;

  constructor(env: Environment, account: Account, header: "token" | "full" = "full") {
    this.#env = env;
    this.#account = account;
    this.#header = header;
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Response> {
    // Fetched once and held for ever.
    this.#token ??= await requestToken(this.#env, this.#account);
    const held = this.#header === "full" ? `Bearer ${this.#token}` : this.#token;
    const common = { Authorization: `Bearer ${held}`, "Accept-Encoding": "gzip, deflate", Connection: "keep-alive" };
    const init: RequestInit = { method, redirect: "manual", headers: { ...common, ...headers } };
    const response = await this.#env.fetch(
      `${this.#account.baseUrl}${path}`,
      body === undefined ? init : { ...init, body: jsonText(body) },
    );
    return response;
  }

  async #json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const sent = { "Content-Type": "application/json", ...headers };
    return await (await raiseForStatus(await this.#send(method, path, sent, body))).json();
  }

  /** Creates a campaign by the endpoint the text names (its code never calls it). */
  async createCampaign(config: DialerPayload): Promise<string> {
    return z.object({ id: z.string() }).parse(await this.#json("POST", "/api/v1/campaigns", config)).id;
  }

  /** Throws with the violations unless the policy check says PASS. */
  async validate(config: DialerPayload): Promise<void> {
    const reply = await this.#json("POST", "/api/v1/dialer/policies/validate", {
      campaign_config: config,
      regulatory_checks: ["tcpa_abandonment", "dnc_compliance", "calling_hours"],
      carrier_capacity: { max_trunks: 150, current_utilization_percent: 45 },
    });
    const verdict = Verdict.parse(reply);
    if (verdict.compliance_status !== "PASS") {
      throw new Error(`ValueError: policy validation failed: ${JSON.stringify(verdict.violations)}`);
    }
  }

  async snapshot(): Promise<Snapshot> {
    return Settings.parse(await this.#json("GET", "/api/v1/dialer/settings"));
  }

  /** Puts settings, under the tag when one is given, and follows the operation to its end. */
  async apply(config: DialerPayload, versionTag?: string): Promise<string> {
    const lock: Record<string, string> = versionTag === undefined ? {} : { "If-Match": versionTag };
    const headers = { "Content-Type": "application/json", ...lock };
    const response = await this.#send("PUT", "/api/v1/dialer/settings", headers, config);
    if (response.status === 412) {
      await response.text();
      throw new Error("RuntimeError: Configuration conflict. Fetch the latest version and retry.");
    }
    const accepted = Accepted.parse(await (await raiseForStatus(response)).json());
    await this.#poll(accepted.operationId, lock);
    return accepted.versionTag;
  }

  // The header set of the PUT is used again here, so the poll carries the stale If-Match.
  async #poll(operationId: string, lock: Record<string, string>): Promise<void> {
    let wait = 2;
    for (let look = 0; look < LOOKS; look++) {
      await this.#env.sleep(wait);
      const reply = OperationReply.parse(await this.#json("GET", `/api/v1/dialer/operations/${operationId}`, undefined, lock));
      if (reply.status === "COMPLETED") return;
      if (reply.status === "FAILED") throw new Error(`RuntimeError: activation failed: ${String(reply.errorDetails)}`);
      if (reply.status === "IN_PROGRESS") wait = Math.min(wait * 2, 30);
    }
    throw new Error("TimeoutError: the operation did not end");
  }

  /** Applies under the snapshot's tag; on any failure puts the snapshot back under that same, old tag, then throws the failure. */
  async applyWithRollback(config: DialerPayload): Promise<string> {
    const snapshot = await this.snapshot();
    try {
      return await this.apply(config, snapshot.versionTag);
    } catch (error) {
      await this.apply(snapshot, snapshot.versionTag);
      throw error;
    }
  }

  async registerWebhook(url: string): Promise<unknown> {
    return await this.#json("POST", "/api/v1/integrations/webhooks", webhookBody(url));
  }

  /** All pages of the hourly metrics. */
  async metrics(campaignId: string): Promise<unknown[]> {
    const query = new URLSearchParams({ campaignId });
    for (const metric of ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"]) query.append("metrics", metric);
    query.append("groupBy", "hour");
    query.append("pageSize", "100");
    return (await this.#pages("/api/v1/analytics/dialer/metrics", query)).flatMap((page) => page.results);
  }

  /** All pages of the dialer's audit log. */
  async auditLog(): Promise<unknown[]> {
    const query = new URLSearchParams({ entity: "dialer", pageSize: "50" });
    return (await this.#pages("/api/v1/audit/logs", query)).flatMap((page) => page.logs);
  }

  // These two GETs ask with Accept and, unlike every other call, without a content type.
  async #pages(path: string, query: URLSearchParams): Promise<z.infer<typeof Page>[]> {
    const pages: z.infer<typeof Page>[] = [];
    for (;;) {
      const response = await this.#send("GET", `${path}?${query.toString()}`, { Accept: "application/json" });
      const page = Page.parse(await (await raiseForStatus(response)).json());
      pages.push(page);
      if (!page.nextPageToken) return pages;
      query.set("pageToken", page.nextPageToken);
    }
  }

  async simulate(config: DialerPayload): Promise<unknown> {
    return await this.#json("POST", "/api/v1/dialer/simulator/run", {
      durationMinutes: 60,
      concurrency: config["concurrency"],
      algorithm: config["algorithm"],
      simulatedCallVolume: 5000,
      carrierLimits: { maxConcurrent: 150 },
    });
  }
}

/** What a run of the complete program came to; `operation` is null when 15 looks saw no end. */
export interface DialerRun {
  readonly operation: string | null;
  readonly versionTag: string;
  readonly metrics: unknown[];
  readonly logs: unknown[];
  readonly simulation: unknown;
}

/** The complete program: a new token before every single request, fixed polls of 3 s, first pages only. */
export class DialerCompleteClient {
  readonly #env: Environment;
  readonly #account: Account;

  constructor(env: Environment, account: Account) {
    this.#env = env;
    this.#account = account;
  }

  async #request(method: string, path: string, body?: unknown, extra: Record<string, string> = {}): Promise<unknown> {
    const token = await requestToken(this.#env, this.#account);
    const init: RequestInit = {
      method,
      redirect: "manual",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        Accept: "application/json",
        "Accept-Encoding": "gzip, deflate",
        Connection: "keep-alive",
        ...extra,
      },
    };
    const response = await this.#env.fetch(
      `${this.#account.baseUrl}${path}`,
      body === undefined ? init : { ...init, body: jsonText(body) },
    );
    return await (await raiseForStatus(response)).json();
  }

  async snapshot(): Promise<Snapshot> {
    return Settings.parse(await this.#request("GET", "/api/v1/dialer/settings"));
  }

  async #put(config: DialerPayload, versionTag: string): Promise<z.infer<typeof Accepted>> {
    return Accepted.parse(await this.#request("PUT", "/api/v1/dialer/settings", config, { "If-Match": versionTag }));
  }

  async #poll(operationId: string): Promise<string | null> {
    for (let look = 0; look < LOOKS; look++) {
      await this.#env.sleep(3);
      const reply = OperationReply.parse(await this.#request("GET", `/api/v1/dialer/operations/${operationId}`));
      if (reply.status === "COMPLETED") return reply.status;
      if (reply.status === "FAILED") throw new Error(`RuntimeError: activation failed: ${String(reply.errorDetails)}`);
    }
    return null;
  }

  /** The whole program from validation to simulation. A failure after the snapshot puts the snapshot back under its old tag. */
  async run(config: DialerPayload, campaignId: string, webhookUrl: string): Promise<DialerRun> {
    const verdict = Verdict.parse(
      await this.#request("POST", "/api/v1/dialer/policies/validate", {
        campaign_config: config,
        regulatory_checks: ["tcpa_abandonment"],
        carrier_capacity: { max_trunks: 150 },
      }),
    );
    if (verdict.compliance_status !== "PASS") throw new Error("ValueError: policy validation failed");
    const snapshot = await this.snapshot();
    try {
      const accepted = await this.#put(config, snapshot.versionTag);
      const operation = await this.#poll(accepted.operationId);
      await this.#request("POST", "/api/v1/integrations/webhooks", webhookBody(webhookUrl));
      const query = new URLSearchParams({ campaignId });
      for (const metric of ["efficiency", "abandonmentRate"]) query.append("metrics", metric);
      query.append("pageSize", "50");
      const metrics = Page.parse(await this.#request("GET", `/api/v1/analytics/dialer/metrics?${query.toString()}`)).results;
      const logs = Page.parse(await this.#request("GET", "/api/v1/audit/logs?entity=dialer&pageSize=50")).logs;
      const simulation = await this.#request("POST", "/api/v1/dialer/simulator/run", {
        durationMinutes: 60,
        concurrency: { max_simultaneous_calls: 200 },
        algorithm: { abandonment_rate_target: 0.03 },
      });
      return { operation, versionTag: accepted.versionTag, metrics, logs, simulation };
    } catch (error) {
      await this.rollback(snapshot);
      throw error;
    }
  }

  /** Puts the snapshot back with its own version tag, in the header and inside the body. */
  async rollback(snapshot: Snapshot): Promise<void> {
    await this.#poll((await this.#put(snapshot, snapshot.versionTag)).operationId);
  }

  /** Waits for nothing but tells how a refused change looks to the program. */
  async putUnderTag(config: DialerPayload, versionTag: string): Promise<number> {
    try {
      await this.#put(config, versionTag);
      return 202;
    } catch (error) {
      if (error instanceof HttpStatusError) return error.status;
      throw error;
    }
  }
}
