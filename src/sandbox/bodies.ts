// Request bodies: from bytes to what the operation accepts, or a 400 refusal that names each wrong field.

import { z } from "zod";
import { CAMPAIGN_STATUSES, campaignDraftAccepted, type OPERATIONS, type OperationId, operationOf } from "../contract/index.ts";
import { problemsOf } from "../kernel/index.ts";
import { badRequest } from "./wire.ts";

/** The body a handler gets. */
export type AcceptedBody<Id extends OperationId> = (typeof OPERATIONS)[Id] extends { accepts: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : (typeof OPERATIONS)[Id] extends { request: infer Schema extends z.ZodType }
    ? z.output<Schema>
    : undefined;

const transition = z.looseObject({ status: z.enum(CAMPAIGN_STATUSES) });

/** The fields of a whole campaign in a body of `updateCampaign`; a body without any of them is a transition of state. */
const CAMPAIGN_FIELDS = Object.keys(campaignDraftAccepted.shape).filter((name) => name !== "status");

/** Whether a body of `updateCampaign` only asks for another state. */
export function isTransition(body: unknown): boolean {
  return typeof body !== "object" || body === null || !CAMPAIGN_FIELDS.some((name) => Object.hasOwn(body, name));
}

function schemaOf(operation: OperationId, body: unknown): z.ZodType | undefined {
  if (operation === "updateCampaign") return isTransition(body) ? transition : campaignDraftAccepted;
  const row = operationOf(operation);
  return row.accepts ?? row.request;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads the body of an operation; undefined for operations without one, whatever was sent. */
export function readBody(operation: OperationId, bytes: Uint8Array): unknown {
  const row = operationOf(operation);
  if (row.request === undefined) return undefined;
  if (bytes.length === 0) throw badRequest("The body is missing; a JSON object is needed.");
  let body: unknown;
  try {
    body = JSON.parse(decoder.decode(bytes));
  } catch {
    throw badRequest("The body is not JSON in UTF-8.");
  }
  const schema = schemaOf(operation, body);
  if (schema === undefined) return body;
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = problemsOf(schema, body, read.error);
  const first = problems[0];
  const where = first === undefined || first.path === "" ? "The body" : first.path;
  throw badRequest(`Invalid payload: ${where}: ${first?.message ?? "not accepted"}.`, problems);
}
