// The sandbox's truth about ended calls, hashed as the documents say, by code that shares nothing with the program's.

import { createHash } from "node:crypto";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { CAMPAIGN, callsScenario } from "./calls.ts";

/** A scenario of `count` ended calls over the last days of one campaign, without request limits. */
export function outcomesScenario(count: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return callsScenario(count, more);
}

/** What the lake should say of one call. */
export interface TrueCall {
  readonly id: string;
  readonly code: string;
  readonly start: number;
}

/** The ended calls of the sandbox that started in a window, by start and id, and the hash over them. */
export function truthOf(
  sandbox: Sandbox,
  from: number,
  to: number,
): { readonly calls: readonly TrueCall[]; readonly hash: string } {
  const fold = createHash("sha256");
  const calls: TrueCall[] = [];
  const ended = sandbox.control
    .calls(1_000_000)
    .filter((call) => call.campaignId === CAMPAIGN && call.endTime !== undefined)
    .filter(({ startTime }) => Date.parse(startTime) >= from && Date.parse(startTime) <= to)
    .sort((a, b) => Date.parse(a.startTime) - Date.parse(b.startTime) || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
  for (const call of ended) {
    const { id, campaignId, dispositionCode = "UNKNOWN", startTime, endTime = "", direction, agentId, contactId, ...rest } = call;
    const { locked: _, writes: __, effects: ___, ...further } = rest;
    const content = {
      ...(agentId === undefined ? {} : { agentId }),
      callId: id,
      campaignId,
      ...(contactId === undefined ? {} : { contactId }),
      direction,
      dispositionCode,
      endTime: Date.parse(endTime),
      raw: JSON.stringify(sorted(further)),
      startTime: Date.parse(startTime),
    };
    calls.push({ id, code: dispositionCode, start: content.startTime });
    fold.update(createHash("sha256").update(JSON.stringify(content)).digest());
  }
  return { calls, hash: fold.digest("hex") };
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
