// The published integration code for call outcomes: pull a campaign's calls page by page, classify them, compute the conversion, hash
// the records and post the result to a CRM. The token comes from one host and is used on another.

import { createHash } from "node:crypto";
import * as z from "zod";
import {
  type Account,
  basicCredentials,
  type Environment,
  jsonText,
  naiveUtc,
  raiseForStatus,
  strictInteger,
} from "./environment.ts";

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const Call = z.looseObject({
  id: z.string(),
  dispositionCode: z.string().optional(),
  startTime: z.string().optional(),
  endTime: z.string().optional(),
});
const CallPage = z.object({ calls: z.array(Call).default([]), nextPageToken: z.string().nullish() });

type Category = "success" | "warm" | "cold" | "neutral" | "failure";
const CATEGORIES: Readonly<Record<string, Category>> = {
  CONVERTED: "success",
  APPOINTMENT_SET: "success",
  INTERESTED: "warm",
  CALLBACK_REQUESTED: "warm",
  NOT_INTERESTED: "cold",
  BUSY: "neutral",
  NO_ANSWER: "neutral",
  DISCONNECTED: "failure",
  WRONG_NUMBER: "failure",
};

const DAY_SECONDS = 86_400;

/** One retrieval. Times are seconds since the epoch; they go out naive, in UTC, with microseconds. */
export interface OutcomeQuery {
  readonly campaignId: string;
  readonly start: number;
  readonly end: number;
  readonly codes: readonly string[];
  readonly limit?: number;
}

/** One call as the program keeps it. */
interface OutcomeRecord {
  readonly id: string;
  readonly dispositionCode: string;
  readonly category: Category;
  readonly durationSeconds: number;
}

/** What a retrieval came to. */
export interface OutcomeReport {
  readonly records: readonly OutcomeRecord[];
  readonly pages: number;
  /** Successes among all records, in percent. */
  readonly conversionPercent: number;
  readonly distribution: Readonly<Record<Category, number>>;
  /** SHA-256 of the records as JSON with sorted keys. */
  readonly complianceHash: string;
}

export class OutcomeClient {
  readonly #env: Environment;
  readonly #login: Account;
  readonly #apiUrl: string;
  readonly #crmUrl: string | undefined;
  #token: { text: string; until: number } | undefined;

  /** `login.baseUrl` issues the token; `apiUrl` serves the calls. */
  constructor(env: Environment, login: Account, apiUrl: string, crmUrl?: string) {
    this.#env = env;
    this.#login = login;
    this.#apiUrl = apiUrl;
    this.#crmUrl = crmUrl;
  }

  async #headers(): Promise<Record<string, string>> {
    const now = this.#env.now();
    if (this.#token === undefined || now >= this.#token.until) {
      const response = await this.#env.fetch(`${this.#login.baseUrl}/oauth/token`, {
        method: "POST",
        redirect: "manual",
        headers: {
          Authorization: basicCredentials(this.#login.clientId, this.#login.clientSecret),
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          scope: "outbound:call:read outbound:campaign:read",
        }).toString(),
      });
      const reply = TokenReply.parse(await (await raiseForStatus(response)).json());
      this.#token = { text: reply.access_token, until: now + reply.expires_in - 60 };
    }
    // No Accept here: the library's own */* goes out.
    return {
      Authorization: `Bearer ${this.#token.text}`,
      "Content-Type": "application/json",
      "Accept-Encoding": "gzip, deflate",
      Connection: "keep-alive",
    };
  }

  #check(query: OutcomeQuery): void {
    const now = this.#env.now();
    if (query.start < now - 90 * DAY_SECONDS) throw new Error("ValidationError: start is older than 90 days");
    if (query.end > now) throw new Error("ValidationError: end is in the future");
    if ((query.limit ?? 1000) > 5000) throw new Error("ValidationError: limit above 5000");
  }

  /** Retrieves all pages, classifies, and tells the CRM. */
  async retrieve(query: OutcomeQuery): Promise<OutcomeReport> {
    this.#check(query);
    const initiated = this.#env.now();
    const { calls, pages } = await this.#download(query);
    const records = calls.map((call): OutcomeRecord => {
      const code = call.dispositionCode ?? "UNKNOWN";
      return {
        id: call.id,
        dispositionCode: code,
        category: CATEGORIES[code] ?? "neutral",
        durationSeconds: duration(call.startTime, call.endTime),
      };
    });
    const distribution: Record<Category, number> = { success: 0, warm: 0, cold: 0, neutral: 0, failure: 0 };
    for (const record of records) distribution[record.category]++;
    const report: OutcomeReport = {
      records,
      pages,
      conversionPercent: records.length === 0 ? 0 : (100 * distribution.success) / records.length,
      distribution,
      complianceHash: createHash("sha256").update(sortedJson(records)).digest("hex"),
    };
    await this.#notify(query, report, initiated);
    return report;
  }

  async #download(query: OutcomeQuery): Promise<{ calls: z.infer<typeof Call>[]; pages: number }> {
    const search = new URLSearchParams({
      campaignId: query.campaignId,
      startDateTime: naiveUtc(query.start),
      endDateTime: naiveUtc(query.end),
      dispositionCode: query.codes.join(","),
      limit: String(query.limit ?? 1000),
    });
    const calls: z.infer<typeof Call>[] = [];
    let refusals = 0;
    for (let pages = 0; ; ) {
      const url = `${this.#apiUrl}/api/v2/outbound/calls?${search.toString()}`;
      const response = await this.#env.fetch(url, { method: "GET", redirect: "manual", headers: await this.#headers() });
      if (response.status === 429) {
        await response.text();
        refusals++;
        const told = response.headers.get("retry-after");
        await this.#env.sleep(told === null ? 2 ** refusals : strictInteger(told));
        continue;
      }
      const page = CallPage.parse(await (await raiseForStatus(response)).json());
      calls.push(...page.calls);
      pages++;
      if (!page.nextPageToken) return { calls, pages };
      search.set("nextPageToken", page.nextPageToken);
    }
  }

  async #notify(query: OutcomeQuery, report: OutcomeReport, initiated: number): Promise<void> {
    if (this.#crmUrl === undefined) return;
    const completed = this.#env.now();
    const percent = report.conversionPercent;
    try {
      // As published, the tenant's own token goes to the CRM too.
      await this.#env.fetch(this.#crmUrl, {
        method: "POST",
        headers: await this.#headers(),
        body: jsonText({
          metrics: {
            extraction_latency_seconds: completed - initiated,
            download_success_rate: 100,
            total_records: report.records.length,
            conversion_rate: percent,
            summary: {
              total_calls: report.records.length,
              conversion_rate_percent: percent,
              category_distribution: report.distribution,
              performance_trend: percent > 15 ? "positive" : "negative",
            },
          },
          audit: {
            job_id: crypto.randomUUID(),
            campaign_id: query.campaignId,
            start_time: naiveUtc(query.start),
            end_time: naiveUtc(query.end),
            initiated_at: naiveUtc(initiated),
            status: "COMPLETED",
            records_processed: report.records.length,
            compliance_hash: report.complianceHash,
            completed_at: naiveUtc(completed),
          },
        }),
      });
    } catch {
      // Logged by the published program, never a failure of the retrieval.
    }
  }
}

function duration(start: string | undefined, end: string | undefined): number {
  const seconds = (Date.parse(end ?? "") - Date.parse(start ?? "")) / 1000;
  return Number.isNaN(seconds) ? 0 : seconds;
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return jsonText(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${jsonText(key)}: ${sortedJson(member)}`).join(", ")}}`;
}
