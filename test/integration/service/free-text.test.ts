// Texts that somebody wrote and in which a telephone number stands: no answer to a viewer has it, on whatever page.

import { expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const WRITTEN = [
  "+1 (212) 555-0177",
  "212.555.0177",
  "2125550177",
  "２１２-５５５-０１７７",
  "2 1 2 5 5 5 0 1 7 7",
  "call_212-555-0177",
  "2125550177_a",
] as const;
const SHOWN = {
  test: (text: string) =>
    /2\D{0,3}1\D{0,3}2\D{0,3}5\D{0,3}5\D{0,3}5\D{0,3}0\D{0,3}1\D{0,3}7\D{0,3}7/.test(text.normalize("NFKC")),
};

test("no page of a viewer and no live update shows a number that stands in a reason, a file's name, or an event of the vendor", async () => {
  const client = {
    id: "client-1",
    secret: "s3cret-of-client-1",
    scopes: [
      "outbound:campaign:read",
      "outbound:calls:disposition:update",
      "outbound:calls:read",
      "omnichannel:campaigns:read",
      "omnichannel:campaigns:update",
    ],
  };
  await using world = await startService({ sandbox: { scenario: callsScenario(3, { clients: [client] }) } });
  const live = new AbortController();
  const stream = await world.ask("/api/v1/events", { as: "viewer", signal: live.signal });
  let streamed = "";
  const reading = stream.body?.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        streamed += text;
      },
    }),
  );
  reading?.catch(() => undefined);
  for (const number of WRITTEN) {
    const reason = `the owner of ${number} complained`;
    expect((await world.post(`/api/v1/campaigns/${CAMPAIGN}/pause`, { reason })).status).toBe(200);
    expect([200, 202]).toContain((await world.post("/api/v1/campaigns/stop", { reason })).status);
    const name = encodeURIComponent(`calls of ${number}.csv`);
    const headers = { "content-type": "text/csv" };
    const sent = await world.ask(`/api/v1/campaigns/${CAMPAIGN}/tags?name=${name}&again=true`, {
      method: "POST",
      headers,
      // A call that is named as the number: its row is shown by the pages of jobs.
      body: `${callsCsv(3)}${number},DISP_001,REASON_001,,\n`,
    });
    expect(sent.status).toBe(202);
    const alarm = { endpoint: "alarms", type: "WEBHOOK_RECEIVER_OFF", subject: `of ${number}`, eventId: `alarm of ${number}` };
    await world.service.store.outbox.add([{ ...alarm, body: JSON.stringify({ data: { message: reason } }) }]);
    await world.service.store.inbound.add([
      { channel: "dialer", eventId: `evt ${number}`, type: `of ${number}`, occurredAt: Date.now(), body: "{}" },
    ]);
  }
  const { paths } = (await world.get("/api/v1/openapi.json")) as { paths: Record<string, { get?: object }> };
  const { items: jobs } = (await world.get("/api/v1/jobs", "viewer")) as { items: { id: string; sourceName: string }[] };
  const { items: stops } = (await world.get("/api/v1/campaigns/stops", "viewer")) as { items: { id: string }[] };
  expect(jobs.map(({ sourceName }) => sourceName)).toEqual(Array(WRITTEN.length).fill(expect.stringMatching(/77(?:_a)?\.csv$/)));
  const ids: Readonly<Record<string, string>> = { id: CAMPAIGN, job: jobs[0]?.id ?? "", stop: stops[0]?.id ?? "" };
  let looked = 0;
  for (const [path, { get }] of Object.entries(paths)) {
    if (get === undefined || path === "/api/v1/events") continue;
    const filled = path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => (path.startsWith("/api/v1/jobs/") ? ids["job"] : ids[name]) ?? "",
    );
    const answer = await world.ask(filled, { as: "viewer" });
    if (answer.ok) looked += 1;
    expect({ path, shows: SHOWN.test(await answer.text()) }).toEqual({ path, shows: false });
  }
  for (const job of jobs) {
    for (const format of ["csv", "ndjson"]) {
      const path = `/api/v1/jobs/${job.id}/rows?format=${format}`;
      const read = async () => (await world.ask(path, { as: "viewer" })).text();
      await expect.poll(read, { timeout: 60_000 }).toContain("77");
      const rows = await read();
      expect({ path, shows: SHOWN.test(rows) }).toEqual({ path, shows: false });
    }
  }
  expect(looked).toBeGreaterThan(30);
  // Of all that is streamed alarms say what somebody wrote: each came, with its number masked.
  const alarms = () => [...streamed.matchAll(/^data: (\{"type":"alarm".*\})$/gm)].map(([, data]) => JSON.parse(data ?? ""));
  await until(() => alarms().length === WRITTEN.length);
  const masked = expect.stringMatching(/^the owner of .*•.*77(?:_a)? complained$/);
  expect(alarms()).toEqual(
    WRITTEN.map(() => expect.objectContaining({ message: masked, subject: expect.stringContaining("•") })),
  );
  live.abort();
  expect(SHOWN.test(streamed)).toBe(false);
  // An operator sees what was written, for that is what they work with.
  expect(SHOWN.test(JSON.stringify(await world.get("/api/v1/jobs")))).toBe(true);
});
