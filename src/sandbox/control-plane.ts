// The control plane over HTTP, under /__sandbox (contract §3). It needs no token.

import { z } from "zod";
import { OutdialError, problemText } from "../kernel/index.ts";
import type { ClockModeOption } from "./clock.ts";
import type { SandboxControl } from "./control.ts";
import { FaultError } from "./faults.ts";
import { wholeNumber } from "./parameters.ts";
import { splitTarget } from "./router.ts";
import { badRequest, jsonReply, Refusal, refusalReply, type SandboxRequest, type SandboxResponse } from "./wire.ts";

/** No path of the vendor begins with it. */
const CONTROL_PREFIX = "/__sandbox";

/** Larger bodies are refused; a snapshot may be large. */
export const MAX_CONTROL_BODY_BYTES = 268_435_456;

interface ControlCall {
  readonly body: unknown;
  readonly query: URLSearchParams;
}

type Action = (control: SandboxControl, call: ControlCall) => unknown;

const clockChange = z.strictObject({
  advanceSeconds: z.number().min(0).optional(),
  mode: z.enum(["real", "frozen", "accelerated"]).optional(),
  speed: z.number().positive().max(100_000).optional(),
});
const revocation = z.strictObject({ clientId: z.string().optional() });
const failures = z.strictObject({ count: z.int().min(1).max(1_000_000).default(1) });
const MANY = 1_000_000_000;

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw badRequest(`Invalid body: ${problemText(schema, value ?? {}, result.error, "body")}`);
}

async function changeClock(control: SandboxControl, body: unknown): Promise<unknown> {
  const { advanceSeconds, mode, speed } = check(clockChange, body);
  let next: ClockModeOption | undefined;
  if (mode === "real" || mode === "frozen") next = mode;
  else if (speed !== undefined) next = { speed };
  else if (mode === "accelerated") throw badRequest("An accelerated clock needs a speed.");
  if (next !== undefined) control.setClock(next);
  return advanceSeconds === undefined ? control.clock() : await control.advance(advanceSeconds);
}

const ACTIONS: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  "/state": {
    GET: (control, { query }) => {
      if (!query.has("calls")) return control.state();
      return { ...control.state(), callList: control.calls(wholeNumber(query, "limit", { default: 1000, min: 1, max: MANY })) };
    },
  },
  "/reset": {
    POST: (control) => {
      control.reset();
      return control.state();
    },
  },
  "/snapshot": {
    GET: (control) => control.snapshot(),
    POST: (control, { body }) => {
      control.restore(body);
      return control.state();
    },
  },
  "/clock": {
    GET: (control) => control.clock(),
    POST: (control, { body }) => changeClock(control, body),
  },
  "/requests": {
    GET: (control, { query }) => ({
      total: control.state().requests,
      requests: control.requests({
        since: wholeNumber(query, "since", { default: 0, min: 0, max: MANY }),
        limit: wholeNumber(query, "limit", { default: 1000, min: 1, max: MANY }),
        operation: query.get("operation") ?? undefined,
      }),
    }),
    DELETE: (control) => {
      control.clearRequests();
      return { total: 0 };
    },
  },
  "/faults": {
    GET: (control) => ({ faults: control.faults.list() }),
    POST: (control, { body }) => ({ faults: control.faults.add(body) }),
    DELETE: (control, { query }) => ({ cleared: control.faults.clear(query.get("id") ?? undefined) }),
  },
  "/tokens/revoke": {
    POST: (control, { body }) => ({ revoked: control.revokeTokens(check(revocation, body).clientId) }),
  },
  "/activation/fail-next": {
    POST: (control, { body }) => {
      const { count } = check(failures, body);
      control.failNextActivation(count);
      return { count };
    },
  },
  "/simulate/metrics": { POST: (control, { body }) => control.simulateMetrics(body) },
  "/simulate/call": { POST: (control, { body }) => control.simulateCall(body) },
  "/simulate/edit": { POST: (control, { body }) => control.simulateEdit(body) },
  "/simulate/list": { POST: (control, { body }) => control.simulateList(body) },
  "/webhooks/flush": { POST: (control) => control.flushWebhooks() },
  "/webhooks/deliveries": { GET: (control) => ({ deliveries: control.deliveries() }) },
};

/** Whether a request target belongs to the control plane. */
export function isControlTarget(target: string): boolean {
  if (!target.startsWith(CONTROL_PREFIX)) return false;
  const next = target.charAt(CONTROL_PREFIX.length);
  return next === "" || next === "/" || next === "?";
}

/** Answers a request to the control plane. Never rejects. */
export async function answerControl(control: SandboxControl, request: SandboxRequest): Promise<SandboxResponse> {
  const correlationId = request.headers["x-correlation-id"]?.replace(/[^\x21-\x7e]/g, "") || "control";
  try {
    const { path, search } = splitTarget(request.target);
    const name = path.slice(CONTROL_PREFIX.length);
    const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (actions === undefined) {
      throw new Refusal(404, "not_found", `The control plane has no ${path}.`, {
        items: Object.keys(ACTIONS).map((known) => CONTROL_PREFIX + known),
      });
    }
    const action = Object.hasOwn(actions, request.method) ? actions[request.method] : undefined;
    if (action === undefined) {
      const allow = Object.keys(actions).join(", ");
      throw new Refusal(405, "method_not_allowed", `${request.method} is not possible on ${path}; possible: ${allow}.`, {
        headers: { allow },
      });
    }
    if (request.oversize === true) throw new Refusal(413, "payload_too_large", "The body is too large.");
    const body = await action(control, { body: parse(request.body), query: new URLSearchParams(search) });
    return jsonReply(200, body, correlationId);
  } catch (thrown) {
    return refusalReply(refusalOf(thrown), correlationId);
  }
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw badRequest("The body is not JSON.");
  }
}

/** An expected error of a control function is the caller's mistake and becomes a refusal. */
function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof FaultError) return badRequest(thrown.message, thrown.problems);
  if (thrown instanceof OutdialError || thrown instanceof z.ZodError) return badRequest(thrown.message);
  return new Refusal(500, "internal", "The sandbox failed inside; this is a defect of the sandbox.");
}
