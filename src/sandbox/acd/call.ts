// An admitted request to the ACD API.

import type { AcdOperationId } from "../../contract/acd/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { Tenant } from "../tenant.ts";
import type { AcdAnswer } from "./answer.ts";
import type { Parameters } from "./query.ts";

import type { AcdState } from "./state.ts";
import type { AcdSwitches } from "./switches.ts";

export interface AcdCall {
  readonly id: AcdOperationId;
  readonly tenant: Tenant;
  readonly state: AcdState;
  readonly switches: AcdSwitches;
  /** The version in the path; 0 for resources without versions. */
  readonly version: number;
  /** The version whose form the reply has: that of the path, unless the switch of the resource changes it. */
  readonly v: number;
  /** The resource; switches refer to it by this name. */
  readonly section: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Parameters;
  /** The body as JSON; undefined without one. */
  readonly body: unknown;
  /** Path and query as sent. */
  readonly target: string;
  /** Scheme and host as the client wrote them. */
  readonly origin: string;
  readonly clientId: string;
  readonly now: Instant;
}

type AcdHandler = (call: AcdCall) => AcdAnswer;
export type AcdHandlers<Ids extends AcdOperationId = AcdOperationId> = { readonly [Id in Ids]: AcdHandler };

/** A field of the body, or undefined. */
export function bodyField(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  return new Map<string, unknown>(Object.entries(body)).get(name);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A scalar as text; an empty text for anything else. */
export const words = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
