// How replies of the ACD API are read: taken out of their envelope and parsed by the operation's schema; how refusals are read;
// and detection of changed shapes.

import { type AcdOperation, type AcdOperationId, acdOperationOf } from "../../contract/acd/index.ts";
import type { Dialect } from "../dialect.ts";
import { emit, type TenantHooks } from "../hooks.ts";
import { judgeJson, parseJson, type ReplyReading, type VendorWords } from "../reply.ts";
import { headerOf, type TransportResponse } from "../transport.ts";
import { unwrap } from "./envelope.ts";
import { Shapes } from "./shapes.ts";

/** @param known shapes of replies seen before, by operation */
export function acdDialect(hooks: TenantHooks, known: () => Readonly<Record<string, string>> = () => ({})): Dialect {
  const shapes = new Shapes(known, {
    first: (operationId, shape) => emit(hooks, "onShape", { operationId, shape }),
    drift: (operationId, before, after) => emit(hooks, "onDrift", { operationId, before, after }),
  });
  return {
    correlationHeader: "correlationid",
    throttles503: true,
    // Only the client of this table calls it, with ids of this table.
    read: (id, _, response) => readAcd(id as AcdOperationId, response, shapes),
    words: (response, scrubber) => {
      const { code, message } = acdWords(response);
      const correlationId = headerOf(response.headers, "correlationid");
      return {
        code: code === undefined ? undefined : scrubber.clean(code.slice(0, 128)),
        message: message === undefined ? undefined : scrubber.clean(message),
        correlationId: correlationId === undefined ? undefined : scrubber.clean(correlationId.slice(0, 128)),
      };
    },
  };
}

function readAcd(id: AcdOperationId, response: TransportResponse, shapes: Shapes): ReplyReading {
  const operation: AcdOperation = acdOperationOf(id);
  const { reply: schema, success } = operation;
  if (schema === undefined) return { kind: "value", value: undefined };
  const size = `${response.body.length} characters`;
  if (response.body === "") {
    const nothing = nothingOf(operation);
    if (response.status === 204 && nothing !== undefined) return judgeJson(schema, nothing, response, size);
    if (success.body === "optional" && (response.status === 204 || operation.emptyStatus === undefined))
      return { kind: "value", value: undefined };
    return { kind: "unreadable", why: "an empty body instead of JSON" };
  }
  const json = parseJson(response.body);
  if (json === undefined) return judgeJson(schema, json, response, size);
  const { value, shape } = unwrap(operation, json);
  const reading = judgeJson(schema, value, response, size);
  if (reading.kind === "invalid") shapes.broken(id, reading.why);
  else if (shape !== undefined) shapes.seen(id, shape);
  return reading;
}

/** An empty list as the reply of a list operation. */
function nothingOf({ envelope, retry }: AcdOperation): object | undefined {
  const [list] = envelope?.items ?? [];
  return list === undefined || retry !== "safe" ? undefined : { totalRecords: 0, [list]: [] };
}

const CODES = ["error", "code"] as const;
const TEXTS = ["error_description", "errorDescription", "error_Description", "message", "Message", "details"] as const;

/** The message of a refusal: in its body, in any of the known spellings, or in a header. */
function acdWords({ body, headers }: TransportResponse): Pick<VendorWords, "code" | "message"> {
  const json = parseJson(body);
  const fields: Readonly<Record<string, unknown>> = typeof json === "object" && json !== null ? { ...json } : {};
  const first = (names: readonly string[]) =>
    names.map((name) => fields[name]).find((value): value is string => typeof value === "string" && value.trim() !== "");
  const code = first(CODES);
  const page =
    json === undefined
      ? body
          .slice(0, 4000)
          .replace(/<[^>]*>/g, " ")
          .trim()
      : "";
  const text = first(TEXTS) ?? headerOf(headers, "icstatusdescription") ?? (page === "" ? undefined : page);
  if (text === undefined) return { code, message: code };
  return { code, message: code === undefined || text.startsWith(code) ? text : `${code}: ${text}` };
}
