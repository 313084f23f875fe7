// Files of extractions: rows of completed contacts, at an address that works without a token for a short time.

import { createHmac } from "node:crypto";
import type { Instant } from "../../kernel/index.ts";
import type { Tenant } from "../tenant.ts";
import { type AcdAnswer, AcdRefusal } from "./answer.ts";
import type { AcdCall } from "./call.ts";
import { callsOf, isOver, shownContact } from "./calls.ts";
import { stateOf } from "./state.ts";

export const EXTRACT_FILE_PATH = "/data-extraction/v1/files";

/** How long an address works, and how long a file exists. */
const ADDRESS_MS = 30_000;
export const FILE_MS = 86_400_000;

const signed = (tenant: Tenant, id: string, until: Instant): string =>
  createHmac("sha256", `${tenant.seed}/extract`).update(`${id}/${until}`).digest("base64url").slice(0, 22);

/** A new address of an extraction's file, valid for half a minute. */
export function extractAddress({ tenant, origin, now }: AcdCall, id: string): string {
  const until = now + ADDRESS_MS;
  return `${origin}${EXTRACT_FILE_PATH}?id=${id}&until=${until}&signature=${signed(tenant, id, until)}`;
}

/** The file at an address. */
export function extractFile(tenant: Tenant, query: URLSearchParams): AcdAnswer {
  const [id, until] = [query.get("id") ?? "", Number(query.get("until"))];
  const good = query.get("signature") === signed(tenant, id, until) && tenant.clock.now() < until;
  const file = stateOf(tenant).files[`${id}.csv`];
  if (!good || file === undefined) throw new AcdRefusal(403, "AccessDenied", "The address has expired");
  return { status: 200, file: file.content };
}

/**
 * Contacts that began in a range, with the fields of completed contacts. No entity of outbound calls is published: all entities
 * have these fields.
 */
export function extractRows({ tenant, state, switches, now }: AcdCall, from: Instant, to: Instant): string {
  const calls = callsOf(tenant, state.skills, from, to).filter(({ call }) => isOver(call));
  const rows = calls.map(({ skill, call }) => shownContact(tenant, state, skill, call, switches, now));
  const names = [
    "contactId",
    "contactStartDate",
    "skillId",
    "skillName",
    "agentId",
    "fromAddress",
    "toAddress",
    "abandoned",
    "primaryDispositionId",
    "totalDurationSeconds",
    "lastUpdateTime",
  ];
  const quoted = (value: unknown): string => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names.join(","), ...rows.map((row) => names.map((name) => quoted(row[name])).join(",")), ""].join("\r\n");
}
