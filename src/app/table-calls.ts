// Calls any read operation of a tenant's table by its name: for looking at a tenant, checking it, and finding out what it can do.

import { type AnyOperation, OPERATIONS, type OperationId, type OperationTable, REST_TABLE } from "../contract/index.ts";
import { nearest, OutdialError } from "../kernel/index.ts";
import type { AcdTenant } from "../tenant/acd/index.ts";
import type { Requester, Tenant } from "../tenant/index.ts";
import type { ConnectedTenant } from "./tenant-from-config.ts";

/** The input of an operation. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
}

export interface CallAnswer {
  readonly reply: unknown;
  readonly status: number;
  readonly latencyMs: number;
  /** Which version answered; null where resources have no versions. */
  readonly version: number | null;
}

/** A tenant with its table. */
export interface TableCalls {
  readonly table: OperationTable;
  /** Throws TenantError. */
  send(id: string, input: CallInput): Promise<CallAnswer>;
}

/** The table of operations for a tenant's profile. */
export async function tableCallsOf(tenant: ConnectedTenant): Promise<TableCalls> {
  if (tenant.profile === "rest") return { table: REST_TABLE, send: (id, input) => sendRest(tenant, id, input) };
  const { ACD_TABLE } = await import("../contract/acd/index.ts");
  return { table: ACD_TABLE, send: (id, input) => sendAcd(tenant, id, input) };
}

async function sendRest(tenant: Tenant, id: string, input: CallInput): Promise<CallAnswer> {
  // Ids come from the table, and the client checks path, query and body against it.
  const request = input as unknown as Parameters<Requester["request"]>[1];
  const { reply, status, latencyMs } = await tenant.request(id as OperationId, request);
  return { reply, status, latencyMs, version: null };
}

async function sendAcd(tenant: AcdTenant, id: string, input: CallInput): Promise<CallAnswer> {
  const { reply, status, latencyMs, version } = await tenant.send(id as Parameters<AcdTenant["send"]>[0], input);
  return { reply, status, latencyMs, version: version === 0 ? null : version };
}

/** Operations that change nothing. */
export function readsOf({ operations }: OperationTable): string[] {
  return Object.entries(operations).flatMap(([id, { retry }]) => (retry === "safe" ? [id] : []));
}

/** The table entry of a read. Throws OutdialError `invalid_input` for one that does not exist, or that changes something. */
export function readOf(table: OperationTable, id: string): AnyOperation {
  const { operations, profile } = table;
  const operation = Object.hasOwn(operations, id) ? operations[id] : undefined;
  if (operation === undefined) {
    const near = nearest(id, Object.keys(operations));
    const other = profile === "acd" && Object.hasOwn(OPERATIONS, id) ? "; it is one of the profile rest" : "";
    throw new OutdialError("invalid_input", `there is no operation ${id} in the profile ${profile}${other}`, {
      advice: near === undefined ? "outdial call --list names them." : `Did you mean ${near}? outdial call --list names all.`,
    });
  }
  if (operation.retry !== "safe")
    throw new OutdialError("invalid_input", `${id} changes something; outdial call only reads`, {
      advice: "Use the command for this action; it has the necessary gates.",
    });
  return operation;
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** Names of a path's parameters. */
export const placeholdersOf = ({ path }: AnyOperation): string[] => [...path.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);

/** `name=value` texts as path and query of an operation. Throws OutdialError `invalid_input`. */
export function inputOf(id: string, operation: AnyOperation, parameters: readonly string[]): CallInput {
  const inPath = placeholdersOf(operation);
  const shape: Readonly<Record<string, unknown>> = operation.query?.shape ?? {};
  const allowed = [...inPath, ...Object.keys(shape)];
  const [path, query]: [Record<string, string>, Record<string, unknown>] = [{}, {}];
  for (const parameter of parameters) {
    const at = parameter.indexOf("=");
    const [name, text] = at < 0 ? [parameter, undefined] : [parameter.slice(0, at), parameter.slice(at + 1)];
    if (text === undefined) throw new OutdialError("invalid_input", `--param ${parameter}: write it as NAME=VALUE`);
    if (inPath.includes(name)) path[name] = text;
    else if (name in shape) query[name] = valueOf(operation, name, text);
    else
      throw new OutdialError("invalid_input", `--param ${name}: ${id} has no such parameter`, {
        advice: allowed.length === 0 ? "It has none." : `It has ${allowed.join(", ")}.`,
      });
  }
  const missing = inPath.filter((name) => !(name in path));
  if (missing.length > 0)
    throw new OutdialError("invalid_input", `${id} needs ${missing.join(" and ")}`, {
      advice: `Give ${missing.map((name) => `--param ${name}=…`).join(" ")}.`,
    });
  return { path, query: operation.query === undefined ? undefined : query };
}

/** A text converted to the type of its query parameter: the first of list, number, boolean and text that its schema accepts. */
function valueOf({ query }: AnyOperation, name: string, text: string): unknown {
  const schema = query?.shape[name] as { safeParse(value: unknown): { success: boolean } } | undefined;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const candidates = [
    text,
    ...(Number.isNaN(number) ? [] : [number]),
    ...(text === "true" || text === "false" ? [text === "true"] : []),
    text.split(","),
  ];
  return candidates.find((value) => schema?.safeParse(value).success === true) ?? text;
}

const SECRET = /secret|password|token|authorization|apikey|api_key/i;

/** A reply for display: values whose names suggest secrets are left out. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name) && typeof member === "string" && !/^(next|page)/i.test(name) ? "[secret]" : redacted(member),
    ]),
  );
}
