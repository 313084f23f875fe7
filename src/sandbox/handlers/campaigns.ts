// Omnichannel campaigns, their metrics and their contacts: contract §2.3.

import { MAX_CONTACTS_PAGE, OUTCOME_CODES } from "../../contract/index.ts";
import { isTransition } from "../bodies.ts";
import { campaignMetrics } from "../campaign-metrics.ts";
import { bentPage } from "../paging.ts";
import { textOf, wholeNumber } from "../parameters.ts";
import type { CampaignRecord } from "../state/campaigns.ts";
import { campaignChanged } from "../state-changes.ts";
import type { Tenant } from "../tenant.ts";
import { type Answer, badRequest, notFound, Refusal } from "../wire.ts";
import { parseContactFilter, QueryError } from "../world/query.ts";
import type { Handlers } from "./handler.ts";

const DEFAULT_WINDOW_MINUTES = 30;
const LONGEST_WINDOW_MINUTES = 7 * 24 * 60;
const LAST_PAGE = 100_000_000;

/** Codes of a campaign created through the API, which cannot name its own: the outcomes that every tenant knows. */
const STANDARD_CODES = OUTCOME_CODES.map((code) => ({ id: code, name: code, reasonCodes: [] }));

function find(tenant: Tenant, id: string): CampaignRecord {
  const record = tenant.campaigns.get(id);
  if (record === undefined) throw notFound("campaign", id);
  return record;
}

const shown = (status: number, { document, etag }: CampaignRecord): Answer => ({ status, body: document, headers: { etag } });

function readQuery(text: string) {
  try {
    return parseContactFilter(text);
  } catch (thrown) {
    if (thrown instanceof QueryError) throw badRequest(thrown.message, thrown.advice === undefined ? [] : [thrown.advice]);
    throw thrown;
  }
}

function sortOrderOf(query: URLSearchParams): "asc" | "desc" | undefined {
  const order = textOf(query, "sortOrder")?.toLowerCase();
  if (order === undefined || order === "asc" || order === "desc") return order;
  throw badRequest("Query parameter sortOrder must be asc or desc.");
}

export const campaigns: Handlers<
  "createCampaign" | "getCampaign" | "listCampaigns" | "updateCampaign" | "getCampaignMetrics" | "listContacts"
> = {
  createCampaign(tenant, { body, headers, clientId, now }) {
    return tenant.keys.run(`${clientId} createCampaign`, headers["x-idempotency-key"], body, now, () => {
      const record = tenant.campaigns.create(tenant.ids.id("camp", now), body, STANDARD_CODES, now);
      campaignChanged(tenant, undefined, record, clientId);
      return shown(201, record);
    });
  },

  getCampaign(tenant, { params, twists }) {
    const record = find(tenant, params.id);
    const earlier = tenant.shadows.get(`campaign/${params.id}`) as CampaignRecord | undefined;
    return shown(200, twists.staleRead ? (earlier ?? record) : record);
  },

  listCampaigns(tenant, { query, twists }) {
    const page = wholeNumber(query, "page", { default: 1, min: 1, max: LAST_PAGE });
    const pageSize = wholeNumber(query, "pageSize", { default: MAX_CONTACTS_PAGE, min: 1, max: MAX_CONTACTS_PAGE });
    const from = (bentPage(page, twists) - 1) * pageSize;
    const list = [...tenant.campaigns.all()].slice(from, from + pageSize).map(({ document }) => document);
    return { status: 200, body: { campaigns: list, page, pageSize, total: tenant.campaigns.size } };
  },

  updateCampaign(tenant, { params, body, headers, clientId, now }) {
    find(tenant, params.id);
    return tenant.keys.run(`${clientId} updateCampaign ${params.id}`, headers["x-idempotency-key"], body, now, () => {
      const record = find(tenant, params.id);
      const tag = headers["if-match"]?.trim();
      if (tag && tag !== record.etag) {
        throw new Refusal(412, "version_stale", "The campaign was changed since; If-Match does not name its present version.");
      }
      if (isTransition(body) && record.document.status === body.status) {
        throw new Refusal(409, "already_in_state", `The campaign is ${body.status} already.`);
      }
      tenant.shadows.keep(`campaign/${params.id}`, record);
      const next = isTransition(body)
        ? tenant.campaigns.merge(params.id, { status: body.status }, now)
        : tenant.campaigns.replace(params.id, body, now);
      if (next === undefined) throw notFound("campaign", params.id);
      campaignChanged(tenant, record, next, clientId);
      return shown(200, next);
    });
  },

  getCampaignMetrics(tenant, { params, query }) {
    const record = find(tenant, params.id);
    const limits = { default: DEFAULT_WINDOW_MINUTES, min: 1, max: LONGEST_WINDOW_MINUTES };
    return { status: 200, body: campaignMetrics(tenant, record, wholeNumber(query, "windowMinutes", limits)) };
  },

  listContacts(tenant, { params, query, twists }) {
    const list = tenant.contacts.get(params.id);
    if (list === undefined) throw notFound("contact list", params.id);
    const page = wholeNumber(query, "page", { default: 1, min: 1, max: LAST_PAGE });
    const pageSize = wholeNumber(query, "pageSize", { default: MAX_CONTACTS_PAGE, min: 1, max: MAX_CONTACTS_PAGE });
    const { contacts, total } = list.page({
      filter: readQuery(textOf(query, "query") ?? "true"),
      sortBy: textOf(query, "sortBy"),
      sortOrder: sortOrderOf(query),
      offset: (bentPage(page, twists) - 1) * pageSize,
      limit: pageSize,
    });
    return { status: 200, body: { contacts, page, pageSize, total } };
  },
};
