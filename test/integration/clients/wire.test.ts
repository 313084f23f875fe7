// That the clients' requests look on the wire as published: headers of a GET included, text of the bodies to the letter.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { CampaignStepsClient } from "../../clients/campaign-client.ts";
import { DialerStepsClient, predictivePayload } from "../../clients/dialer-client.ts";
import { type Environment, naiveUtc, strictFloat, strictInteger } from "../../clients/environment.ts";
import { OutcomeClient } from "../../clients/outcome-client.ts";
import { TaggingClient } from "../../clients/tagging-client.ts";

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that answers everything with one object and remembers what came. */
async function echo(reply: unknown): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      seen.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const NOW = Date.parse("2024-05-08T10:00:00Z") / 1000 + 0.123456;
const env: Environment = { fetch: (url, init) => fetch(url, init), now: () => NOW, sleep: async () => {} };
const account = (baseUrl: string) => ({ baseUrl, clientId: "id ü", clientSecret: "a:b+c%41" });
const token = { access_token: "tok", expires_in: 3600 };

test("tagging: Basic without form encoding, content type on a GET, spaced JSON, trailing slash stripped", async () => {
  const codes = [{ id: "DISP_001", name: "Sale", reasonCodes: [{ id: "REASON_002", name: "x" }] }];
  const { url, seen } = await echo({ ...token, dispositionCodes: codes });
  const client = new TaggingClient(env, account(`${url}/`));
  await client.initialize("YOUR_CAMPAIGN_ID");
  const notes = "Automated verification completed";
  await client.assign({ callId: "C", code: "DISP_001", reason: "REASON_002", notes, tags: ["verified", "priority_a"] });
  await client.assign({ callId: "C", code: "DISP_001", notes: "", tags: [] });

  expect(seen.map((request) => request.line)).toEqual([
    "POST /oauth/token",
    "GET /api/v2/outbound/campaigns/YOUR_CAMPAIGN_ID/dispositioncodes",
    "PUT /api/v2/outbound/calls/C/disposition",
    "PUT /api/v2/outbound/calls/C/disposition",
  ]);
  expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from("id ü:a:b+c%41").toString("base64")}`);
  expect(seen[0]).toMatchObject({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials",
  });
  expect(seen[1]).toMatchObject({
    body: "",
    headers: {
      authorization: "Bearer tok",
      "content-type": "application/json",
      accept: "application/json",
      "accept-encoding": "gzip, deflate",
      connection: "keep-alive",
    },
  });
  expect(seen[1]?.headers).not.toHaveProperty("content-length");
  expect(seen[2]?.body).toBe(
    '{"dispositionCodeId": "DISP_001", "notes": "Automated verification completed", "reasonCodeId": "REASON_002", "tag": ["verified", "priority_a"]}',
  );
  expect(seen[3]?.body).toBe('{"dispositionCodeId": "DISP_001", "notes": ""}');
});

test("campaigns: scopes joined by plus in the form, == encoded in the query, rates written as decimals", async () => {
  const { url, seen } = await echo({ ...token, id: "camp", contacts: [] });
  const client = new CampaignStepsClient(env, account(url));
  await client.createCampaign({ name: "P", contactListId: "list_12345", timeZone: "America/New_York" });
  await client.segment("list_12345");
  expect(seen[0]?.body).toContain("scope=omnichannel%3Acampaigns%3Awrite+omnichannel%3Acampaigns%3Aread+");
  expect(seen[1]?.body).toContain('"callRate": 12.0, "abandonmentThreshold": 0.03');
  expect(seen[2]?.line).toBe(
    "GET /api/v2/omnichannel/contactlists/list_12345/contacts?query=consentFlags.outbound.call%3D%3Dtrue&pageSize=100&page=1&sortBy=lastModifiedTime&sortOrder=desc",
  );
  expect(seen[2]?.headers["content-type"]).toBe("application/json");
});

test("dialer: JSON token request, doubled Bearer, repeated metrics without a content type, bare If-Match on the poll", async () => {
  const { url, seen } = await echo({ ...token, versionTag: "v1", operationId: "op", status: "COMPLETED" });
  const client = new DialerStepsClient(env, account(url));
  await client.apply(predictivePayload("steps"), "v0");
  await client.metrics("CAMPAIGN_001");
  expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
    grant_type: "client_credentials",
    client_id: "id ü",
    client_secret: "a:b+c%41",
  });
  expect(seen[1]).toMatchObject({
    line: "PUT /api/v1/dialer/settings",
    headers: { authorization: "Bearer Bearer tok", "if-match": "v0", "content-type": "application/json", accept: "*/*" },
  });
  expect(seen[1]?.body).toContain('"dial_ratio": 4.0, "warm_line_timeout_sec": 12');
  expect(seen[2]).toMatchObject({ line: "GET /api/v1/dialer/operations/op", headers: { "if-match": "v0" } });
  expect(seen[3]?.line).toBe(
    "GET /api/v1/analytics/dialer/metrics?campaignId=CAMPAIGN_001&metrics=efficiency&metrics=abandonmentRate&metrics=answerRate&metrics=averageWaitTime&groupBy=hour&pageSize=100",
  );
  expect(seen[3]?.headers).not.toHaveProperty("content-type");
  expect(seen[3]?.headers.accept).toBe("application/json");
});

test("outcomes: naive times with microseconds, codes joined by an encoded comma, */* accepted", async () => {
  const { url, seen } = await echo({ ...token, calls: [] });
  const client = new OutcomeClient(env, account(url), url);
  const codes = ["CONVERTED", "BUSY"];
  await client.retrieve({ campaignId: "camp-uuid-456", start: NOW - 7 * 86_400, end: NOW, codes });
  expect(seen[1]?.line).toBe(
    "GET /api/v2/outbound/calls?campaignId=camp-uuid-456&startDateTime=2024-05-01T10%3A00%3A00.123456&endDateTime=2024-05-08T10%3A00%3A00.123456&dispositionCode=CONVERTED%2CBUSY&limit=1000",
  );
  expect(seen[1]?.headers).toMatchObject({ accept: "*/*", "content-type": "application/json" });
});

test("numbers and times are read and written as strictly as published", () => {
  expect(strictInteger("2")).toBe(2);
  for (const text of ["1.5", "", "Wed, 21 Oct 2015 07:28:00 GMT"]) expect(() => strictInteger(text)).toThrow(TypeError);
  expect(strictFloat("1.5")).toBe(1.5);
  expect(() => strictFloat("Wed, 21 Oct 2015 07:28:00 GMT")).toThrow(TypeError);
  expect(naiveUtc(1_714_557_600)).toBe("2024-05-01T10:00:00.000001");
});
