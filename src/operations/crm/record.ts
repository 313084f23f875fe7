// The record of one call for the CRM, with the key that makes repeated sending harmless. Pure.

import { hash } from "node:crypto";
import { canonicalJson } from "../../kernel/index.ts";
import { classify, type OutcomeMap, type OutcomeRecord } from "../../outcomes/index.ts";

/**
 * One upsert: for each `call_id` of a campaign the CRM keeps the record that was sent last, and ignores a key that it has seen.
 */
export interface CrmUpsert {
  /** SHA-256 (hex) of the record's canonical JSON (RFC 8785): equal for equal content. */
  readonly idempotency_key: string;
  readonly record: CrmRecord;
}

interface CrmRecord {
  readonly campaign_id: string;
  readonly call_id: string;
  readonly disposition_code: string;
  readonly category: string;
  /** False: the map does not know the code; it counts as neutral. */
  readonly mapped: boolean;
  /** ISO 8601, UTC. */
  readonly start_time: string;
  readonly end_time: string;
  readonly duration_seconds: number;
  readonly direction: string;
  readonly agent_id?: string;
  readonly contact_id?: string;
  readonly list_id?: string;
  readonly attempt?: number;
}

/** The upsert of a call. Further fields of the vendor stay in the lake. */
export function crmUpsert(outcome: OutcomeRecord, map: OutcomeMap): CrmUpsert {
  const { category, mapped } = classify(map, outcome.dispositionCode, outcome.startTime);
  const { agentId, contactId, listId, attempt } = outcome;
  const record: CrmRecord = {
    campaign_id: outcome.campaignId,
    call_id: outcome.callId,
    disposition_code: outcome.dispositionCode,
    category,
    mapped,
    start_time: new Date(outcome.startTime).toISOString(),
    end_time: new Date(outcome.endTime).toISOString(),
    duration_seconds: outcome.durationSeconds,
    direction: outcome.direction,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(contactId === undefined ? {} : { contact_id: contactId }),
    ...(listId === undefined ? {} : { list_id: listId }),
    ...(attempt === undefined ? {} : { attempt }),
  };
  return { idempotency_key: hash("sha256", canonicalJson(record)), record };
}
