// Disposition matrix, tagging and retrieval of calls: contract §2.1 and §2.6.

import { z } from "zod";
import { MAX_CALLS_PAGE, OUTCOME_CODES, parseInstantOrNaiveUtc, RETENTION_DAYS } from "../../contract/index.ts";
import { DAY_MS, type Instant } from "../../kernel/index.ts";
import { readTokens } from "../paging.ts";
import { listOf, mustBeKnown, textOf, wholeNumber } from "../parameters.ts";
import type { Tenant } from "../tenant.ts";
import { badRequest, notFound, Refusal } from "../wire.ts";
import type { CallDisposition, CallRecord } from "../world/calls.ts";
import { type Handlers, timeText } from "./handler.ts";

/** States of a call in which a disposition can be set. */
const TAGGABLE: ReadonlySet<string> = new Set(["wrap_up", "completed", "abandoned"]);
/** Tolerance for a client's clock at either end of the window. */
const GRACE_MS = 60_000;
const DEFAULT_CALLS_PAGE = 1000;

const shownDisposition = ({ dispositionCodeId, reasonCodeId, notes, tag, updatedAt }: CallDisposition) => ({
  dispositionCodeId,
  ...(reasonCodeId === undefined ? {} : { reasonCodeId }),
  notes,
  tag,
  updatedAt: timeText(updatedAt),
});

/** A call as replies show it. */
export function shownCall(call: CallRecord) {
  const { id, campaignId, status, dispositionCode, startTime, endTime, direction, contactId, phoneNumber, agentId } = call;
  return {
    id,
    campaignId,
    status,
    ...(dispositionCode === undefined ? {} : { dispositionCode }),
    startTime: timeText(startTime),
    ...(endTime === undefined ? {} : { endTime: timeText(endTime) }),
    direction,
    ...(contactId === undefined ? {} : { contactId }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(call.disposition === undefined ? {} : { disposition: shownDisposition(call.disposition) }),
  };
}

/** Codes that `listCalls` accepts: the outcomes of every tenant and the codes of this tenant's campaigns. */
function knownCodes(tenant: Tenant): Set<string> {
  const codes = new Set<string>(OUTCOME_CODES);
  for (const { dispositionCodes } of tenant.campaigns.all()) for (const { id } of dispositionCodes) codes.add(id);
  return codes;
}

function instantOf(query: URLSearchParams, name: string): Instant | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  // An unencoded "+" of an offset arrives as a space.
  const at = parseInstantOrNaiveUtc(text.replace(" ", "+"));
  if (at === undefined) {
    throw badRequest(`Query parameter ${name} must be an ISO 8601 time, such as 2026-01-31T08:00:00Z.`);
  }
  return at;
}

export const outbound: Handlers<"getDispositionMatrix" | "assignDisposition" | "getCall" | "listCalls"> = {
  getDispositionMatrix(tenant, { params }) {
    const campaign = tenant.campaigns.get(params.campaignId);
    if (campaign === undefined) throw notFound("campaign", params.campaignId);
    return { status: 200, body: { dispositionCodes: campaign.dispositionCodes } };
  },

  assignDisposition(tenant, { params, body, now }) {
    const call = tenant.calls.get(params.callId);
    if (call === undefined) throw notFound("call", params.callId);
    const codes = tenant.campaigns.get(call.campaignId)?.dispositionCodes ?? [];
    const code = codes.find(({ id }) => id === body.dispositionCodeId);
    if (code === undefined) {
      throw badRequest(
        `Disposition code "${body.dispositionCodeId}" does not belong to campaign ${call.campaignId} of this call.`,
      );
    }
    const reason = body.reasonCodeId ?? undefined;
    if (reason !== undefined && !code.reasonCodes.some(({ id }) => id === reason)) {
      throw badRequest(`Reason code "${reason}" does not belong to disposition code "${code.id}".`);
    }
    if (call.locked) {
      throw new Refusal(409, "disposition_locked", `The dialer locked the disposition of call ${call.id}.`, {
        items: [{ status: call.status, locked: true }],
      });
    }
    if (!TAGGABLE.has(call.status)) {
      throw new Refusal(409, "call_status", `Call ${call.id} is ${call.status}, which allows no disposition.`, {
        items: [{ status: call.status, allowed: [...TAGGABLE] }],
      });
    }
    tenant.shadows.keep(`call/${call.id}`, call);
    const write = {
      dispositionCodeId: code.id,
      ...(reason === undefined ? {} : { reasonCodeId: reason }),
      notes: body.notes,
      tag: body.tag ?? body.tags ?? [],
    };
    const result = tenant.calls.setDisposition(call.id, write, now);
    if (result?.call.disposition === undefined) throw notFound("call", params.callId);
    const disposition = shownDisposition(result.call.disposition);
    return { status: 200, body: { callId: call.id, campaignId: call.campaignId, changed: result.changed, disposition } };
  },

  getCall(tenant, { params, twists }) {
    const call = tenant.calls.get(params.callId);
    if (call === undefined) throw notFound("call", params.callId);
    const shown = twists.staleRead ? ((tenant.shadows.get(`call/${call.id}`) as CallRecord | undefined) ?? call) : call;
    return { status: 200, body: shownCall(shown) };
  },

  listCalls(tenant, { query, now, twists }) {
    const oldest = now - RETENTION_DAYS * DAY_MS;
    const from = instantOf(query, "startDateTime");
    const to = instantOf(query, "endDateTime");
    if (from !== undefined && from < oldest - GRACE_MS) {
      throw badRequest(`startDateTime lies before the retention of ${RETENTION_DAYS} days, which begins at ${timeText(oldest)}.`);
    }
    if (to !== undefined && to > now + GRACE_MS) throw badRequest("endDateTime lies in the future.");
    if ((from ?? oldest) > (to ?? now + GRACE_MS)) throw badRequest("startDateTime lies after endDateTime.");
    const codes = listOf(query, "dispositionCode");
    if (codes !== undefined) mustBeKnown("disposition code", codes, knownCodes(tenant));
    const limit = wholeNumber(query, "limit", { default: DEFAULT_CALLS_PAGE, min: 1, max: MAX_CALLS_PAGE });
    const campaignId = textOf(query, "campaignId");

    const facts = { campaignId, from, to, codes: codes === undefined ? undefined : [...codes].sort() };
    const tokens = readTokens(textOf(query, "nextPageToken"), facts, z.tuple([z.number(), z.string()]), twists);
    const [startTime, id] = tokens.place.cursor ?? [];
    const page = tenant.calls.list({
      campaignId,
      from: from ?? oldest,
      to: to ?? now,
      codes: codes === undefined ? undefined : new Set(codes),
      after: startTime === undefined || id === undefined ? undefined : { startTime, id },
      limit,
    });
    const nextPageToken = tokens.next(page.next === undefined ? undefined : [page.next.startTime, page.next.id]);
    const calls = page.calls.map(shownCall);
    return { status: 200, body: nextPageToken === undefined ? { calls } : { calls, nextPageToken } };
  },
};
