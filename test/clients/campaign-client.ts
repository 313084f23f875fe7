// The published integration code for predictive campaigns: create, pause and resume, segment contacts by consent, register a metrics
// webhook, watch the success rate and fail over, show a dashboard. In two variants, as published: the numbered steps and the
// complete program differ in payload, retries and dashboard.

import * as z from "zod";
import {
  type Account,
  Decimal,
  type Environment,
  HttpStatusError,
  jsonText,
  raiseForStatus,
  strictInteger,
} from "./environment.ts";

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const SCOPES = [
  "omnichannel:campaigns:write",
  "omnichannel:campaigns:read",
  "omnichannel:contactlists:read",
  "omnichannel:webhooks:write",
  "analytics:read",
].join(" ");
const CONSENTED = "consentFlags.outbound.call==true";
const TRANSPORT_RETRIED = new Set([429, 500, 502, 503, 504]);

/** The campaign both variants create; only the steps' payload has a failover block. */
export interface CampaignPlan {
  readonly name: string;
  readonly contactListId: string;
  readonly timeZone: string;
}

function payload(plan: CampaignPlan): Record<string, unknown> {
  return {
    name: plan.name,
    description: "Predictive outbound",
    status: "active",
    dialerConfig: {
      type: "predictive",
      predictiveSettings: {
        answerRatio: 0.85,
        maxCallsInFlight: 50,
        callRate: new Decimal(12),
        abandonmentThreshold: 0.03,
      },
    },
    complianceConfig: {
      timeZone: plan.timeZone,
      dialingRules: {
        startTime: "08:00:00",
        endTime: "21:00:00",
        allowedDays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
      },
      rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 5000 },
    },
    contactListId: plan.contactListId,
    queueId: "default_outbound_queue",
  };
}

/** What both variants share: the token and the request. */
class CampaignSession {
  readonly env: Environment;
  readonly #account: Account;
  #token: { text: string; until: number } | undefined;

  constructor(env: Environment, account: Account) {
    this.env = env;
    this.#account = account;
  }

  async #bearer(): Promise<string> {
    const now = this.env.now();
    if (this.#token === undefined || now >= this.#token.until) {
      const response = await this.env.fetch(`${this.#account.baseUrl}/api/v2/oauth/token`, {
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
    return `Bearer ${this.#token.text}`;
  }

  async send(method: string, path: string, body?: unknown, extra: Record<string, string> = {}): Promise<Response> {
    const init: RequestInit = {
      method,
      redirect: "manual",
      headers: {
        Authorization: await this.#bearer(),
        "Content-Type": "application/json",
        Accept: "application/json",
        "Accept-Encoding": "gzip, deflate",
        Connection: "keep-alive",
        ...extra,
      },
    };
    // The base URL is used as given: a trailing slash is not stripped.
    const url = `${this.#account.baseUrl}/api/v2/omnichannel${path}`;
    return await this.env.fetch(url, body === undefined ? init : { ...init, body: jsonText(body) });
  }

  /** Asks for a state; 409 is taken as "already there" whatever its body says. */
  async setState(campaignId: string, state: string, idempotencyKey: string): Promise<unknown> {
    const target = state.toLowerCase();
    const response = await this.send(
      "PUT",
      `/campaigns/${campaignId}`,
      { status: target },
      { "X-Idempotency-Key": idempotencyKey },
    );
    if (response.status === 409) {
      await response.text();
      return { status: target, already_applied: true };
    }
    return await (await raiseForStatus(response)).json();
  }
}

function unreachable(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return z.object({ code: z.literal("ECONNREFUSED") }).safeParse(cause).success;
}

// The dashboards' models: a present null is refused, an absent field gets its default.
const StepsMetrics = z.object({
  successRate: z.number().default(0),
  activeCalls: z.int().default(0),
  failoverTriggered: z.boolean().default(false),
  lastUpdated: z.string().default(""),
});
const CompleteMetrics = z.object({ successRate: z.number().default(0), activeCalls: z.int().default(0) });
const MonitorMetrics = z.object({ successRate: z.number().default(1) });

/** The numbered steps. */
export class CampaignStepsClient {
  readonly #session: CampaignSession;

  constructor(env: Environment, account: Account) {
    this.#session = new CampaignSession(env, account);
  }

  // The steps' transport repeats a request up to three times when the server cannot be reached, and only then.
  async #connecting<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (attempt === 3 || !unreachable(error)) throw error;
        if (attempt > 0) await this.#session.env.sleep(0.5 * 2 ** (attempt - 1));
      }
    }
  }

  async createCampaign(plan: CampaignPlan): Promise<string> {
    const timeZones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
    if (!timeZones.has(plan.timeZone)) throw new Error(`UnknownTimeZoneError: ${plan.timeZone}`);
    const failoverConfig = { enabled: true, thresholdType: "success_rate", thresholdValue: 0.15, evaluationWindowMinutes: 30 };
    const body = { ...payload(plan), failoverConfig };
    const response = await this.#connecting(() => this.#session.send("POST", "/campaigns", body));
    return z.object({ id: z.string() }).parse(await (await raiseForStatus(response)).json()).id;
  }

  /** Pause or resume with a fresh key unless one is given. */
  async setState(campaignId: string, state: string, idempotencyKey?: string): Promise<unknown> {
    const key = idempotencyKey ?? `state-${state}-${crypto.randomUUID().slice(0, 8)}`;
    return await this.#connecting(() => this.#session.setState(campaignId, state, key));
  }

  /** Every contact of the list that answers the query (consented ones by default), page after page of 100. */
  async segment(contactListId: string, query = CONSENTED): Promise<unknown[]> {
    const contacts: unknown[] = [];
    for (let page = 1; ; ) {
      const search = new URLSearchParams({
        query,
        pageSize: "100",
        page: String(page),
        sortBy: "lastModifiedTime",
        sortOrder: "desc",
      });
      const response = await this.#retriedGet(`/contactlists/${contactListId}/contacts?${search.toString()}`);
      if (response.status === 429) {
        await response.text();
        await this.#session.env.sleep(strictInteger(response.headers.get("retry-after") ?? "2"));
        continue;
      }
      const body: unknown = await (await raiseForStatus(response)).json();
      const batch = z.object({ contacts: z.array(z.unknown()).default([]) }).parse(body).contacts;
      contacts.push(...batch);
      if (batch.length < 100) return contacts;
      page++;
    }
  }

  async #retriedGet(path: string): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.#session.send("GET", path);
      if (attempt === 3 || !TRANSPORT_RETRIED.has(response.status)) return response;
      await response.text();
      const told = response.headers.get("retry-after");
      await this.#session.env.sleep(told === null ? 2 ** attempt : strictInteger(told));
    }
  }

  async registerWebhook(callbackUrl: string): Promise<unknown> {
    const response = await this.#session.send("POST", "/webhooks", {
      name: "Dialer Metrics Stream",
      callbackUrl,
      events: ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"],
      enabled: true,
      headers: { "X-Webhook-Source": "cxone-dialer" },
    });
    return await (await raiseForStatus(response)).json();
  }

  /** Watches the primary's success rate once a minute; below 15 % pauses it and resumes the backup. Ends after `looks` looks. */
  async monitor(primary: string, backup: string, looks: number): Promise<{ failovers: number; errors: number }> {
    const seen = { failovers: 0, errors: 0 };
    for (let look = 0; look < looks; look++) {
      try {
        const response = await this.#session.send("GET", `/campaigns/${primary}/metrics?windowMinutes=30`);
        const metrics = MonitorMetrics.parse(await (await raiseForStatus(response)).json());
        if (metrics.successRate < 0.15) {
          const at = Math.floor(this.#session.env.now());
          await this.setState(primary, "paused", `failover-pause-${at}`);
          await this.setState(backup, "active", `failover-resume-${at}`);
          seen.failovers++;
        }
      } catch (error) {
        if (!(error instanceof HttpStatusError) || error.status === 401 || error.status === 403) throw error;
        seen.errors++;
      }
      await this.#session.env.sleep(60);
    }
    return seen;
  }

  /** The dashboard's health view; throws when the tenant sends a null. */
  async dashboard(campaignId: string): Promise<Record<string, unknown>> {
    const campaign: unknown = await (await raiseForStatus(await this.#session.send("GET", `/campaigns/${campaignId}`))).json();
    const metrics: unknown = await (
      await raiseForStatus(await this.#session.send("GET", `/campaigns/${campaignId}/metrics`))
    ).json();
    const { status } = z.object({ status: z.string().default("unknown") }).parse(campaign);
    return { campaignId, status, ...StepsMetrics.parse(metrics) };
  }
}

/** The complete program. */
export class CampaignCompleteClient {
  readonly #session: CampaignSession;

  constructor(env: Environment, account: Account) {
    this.#session = new CampaignSession(env, account);
  }

  async createCampaign(plan: CampaignPlan): Promise<string> {
    const response = await raiseForStatus(await this.#session.send("POST", "/campaigns", payload(plan)));
    return z.object({ id: z.string() }).parse(await response.json()).id;
  }

  async setState(campaignId: string, state: string, idempotencyKey: string): Promise<unknown> {
    return await this.#session.setState(campaignId, state, idempotencyKey);
  }

  /** GET with up to three tries on 429; the wait grows with the attempt. */
  async #safeGet(path: string): Promise<unknown> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const response = await this.#session.send("GET", path);
      if (response.status !== 429) return await (await raiseForStatus(response)).json();
      await response.text();
      await this.#session.env.sleep(strictInteger(response.headers.get("retry-after") ?? "2") * (attempt + 1));
    }
    throw new Error("RuntimeError: rate limited three times");
  }

  async dashboard(campaignId: string): Promise<Record<string, unknown>> {
    const { status } = z.object({ status: z.string() }).parse(await this.#safeGet(`/campaigns/${campaignId}`));
    return { campaignId, status, ...CompleteMetrics.parse(await this.#safeGet(`/campaigns/${campaignId}/metrics`)) };
  }
}
