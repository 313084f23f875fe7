// Tagging files for the sandbox's generated calls, and the sandbox scenario they belong to.

export const CAMPAIGN = "camp_1";

/** A scenario with `count` calls `call_0000001…` of one campaign and no request limits unless given. */
export function callsScenario(count: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const off = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" };
  return {
    seed: 7,
    clients: [
      {
        id: "client-1",
        secret: "s3cret-of-client-1",
        scopes: ["outbound:campaign:read", "outbound:calls:disposition:update", "outbound:calls:read"],
      },
    ],
    campaigns: [
      {
        id: CAMPAIGN,
        name: "Test",
        status: "paused",
        dispositionCodes: [
          { id: "DISP_001", name: "Sale", reasonCodes: [{ id: "REASON_001", name: "First" }] },
          { id: "DISP_002", name: "No", reasonCodes: [] },
        ],
      },
    ],
    generateCalls: [{ campaignId: CAMPAIGN, count, days: 7, prefix: "call_", digits: 7 }],
    limits: off,
    ...more,
  };
}

export function callId(n: number): string {
  return `call_${String(n).padStart(7, "0")}`;
}

/** CSV of `count` good rows, one per call. @param first the number of the first call */
export function callsCsv(count: number, note = "", first = 1): string {
  const rows = ["call_id,disposition_code_id,reason_code_id,notes,tags"];
  for (let n = first; n < first + count; n++)
    rows.push(`${callId(n)},${n % 3 === 0 ? "DISP_002," : "DISP_001,REASON_001"},${note},${n % 2 === 0 ? "a|b" : ""}`);
  return `${rows.join("\n")}\n`;
}
