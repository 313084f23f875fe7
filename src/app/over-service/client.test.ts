// What a service, or what stands before it, answers and does not answer.

import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { createHandClock } from "../../../test/support/hand-clock.ts";
import { until } from "../../../test/support/until.ts";
import type { OutdialError } from "../../kernel/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { ServiceClient } from "./client.ts";
import { Silence } from "./silence.ts";

const TOKEN = "odt_a-token-of-somebody";

async function served(answer: RequestListener, silence?: Silence, clock = systemClock) {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    client: new ServiceClient(
      { url: `http://127.0.0.1:${port}`, token: TOKEN, ...(silence === undefined ? {} : { silence }) },
      undefined,
      { clock, warn: () => undefined },
    ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

test("a service that says nothing is given up in time, and it is said whether it may have taken what was sent", async () => {
  await using at = await served(() => undefined);
  const asked = at.client.ask("campaigns.stop", { body: {}, withinMs: 20 });
  await expect(asked).rejects.toMatchObject({
    code: "service_unavailable",
    message: expect.stringContaining("said nothing in time") as string,
    advice: expect.stringContaining("not known") as string,
  });
});

test("nothing was sent where nobody takes the connection", async () => {
  const { client, ...gone } = await served(() => undefined);
  await gone[Symbol.asyncDispose]();
  const asked = client.ask("jobs.cancel", { params: { id: "x" } });
  await expect(asked).rejects.toMatchObject({ code: "service_unavailable", advice: "Nothing was sent." });
});

test("a proxy that shows the request that it refuses does not bring the token into a message", async () => {
  await using at = await served((request, response) =>
    response.writeHead(403, { "content-type": "text/html" }).end(`<p>WAF: ${request.headers.authorization}</p>`),
  );
  await expect(at.client.ask("jobs.list", {})).rejects.toMatchObject({
    code: "not_a_service",
    message: expect.stringMatching(/^(?!.*odt_).*answered 403.*Bearer \[token\]/) as string,
  });
});

test("the token does not follow a redirect", async () => {
  const asked: string[] = [];
  await using at = await served((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  await expect(at.client.ask("jobs.list", {})).rejects.toMatchObject({ code: "service_unavailable" });
  expect(asked).toEqual(["/api/v1/jobs"]);
});

test("a port that web clients do not connect to is told as one of OUTDIAL_URL", async () => {
  const client = new ServiceClient({ url: "http://127.0.0.1:1", token: TOKEN });
  await expect(client.ask("jobs.list", {})).rejects.toMatchObject({
    code: "invalid_config",
    message: expect.stringMatching(/^OUTDIAL_URL: .*127\.0\.0\.1:1: it is blocked/) as string,
  });
});

test("when the answer to what was sent is lost, it is said that it may have been accepted", async () => {
  const lost: readonly RequestListener[] = [
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write('{"job');
      setImmediate(() => response.destroy());
    },
    (_, response) => response.writeHead(502).end("<p>Bad gateway</p>"),
  ];
  for (const answer of lost) {
    await using at = await served(answer);
    const asked = at.client.ask("outcomes.retrieve", { body: { campaignId: "c" } });
    await expect(asked).rejects.toMatchObject({
      code: "service_unavailable",
      advice: expect.stringContaining("It is not known whether the request was accepted") as string,
    });
  }
  const stop = new AbortController();
  await using at = await served(() => stop.abort());
  const asked = at.client.ask("outcomes.retrieve", { body: { campaignId: "c" }, signal: stop.signal });
  await expect(asked).rejects.toMatchObject({ code: "interrupted", advice: expect.stringContaining("not known") as string });
});

test("a list of lines whose end is missing is told as cut off, not taken for a short one", async () => {
  const row = (line: number) => ({ line, result: "success", attempts: 1 });
  const told = async (answer: RequestListener) => {
    await using at = await served(answer);
    const rows: unknown[] = [];
    try {
      for await (const one of at.client.lines("jobs.rows", { params: { id: "x" } })) rows.push(one);
      return { rows };
    } catch (thrown) {
      const { code, message } = thrown as OutdialError;
      return { rows, code, message };
    }
  };
  const one = JSON.stringify(row(1));
  const end = '{"end":{"lines":2}}\n';
  const whole = `${one}\n${JSON.stringify(row(2))}\n${end}`;
  const place = whole.indexOf(end);
  const cases = {
    nothing: ["", 0],
    "a line less": [`${one}\n${end}`, 1],
    "without its end": [whole.slice(0, place), 2],
    "within its end": [whole.slice(0, -2), 2],
    "within a line": [whole.slice(0, one.length + 5), 1],
  } as const;
  for (const [name, [text, lines]] of Object.entries(cases))
    expect([name, await told((_, response) => response.end(text))]).toMatchObject([
      name,
      { code: "answer_cut_off", message: expect.stringContaining(`was cut off after ${lines} line`) as string },
    ]);
  const lost = await told((_, response) => {
    response.write(whole.slice(0, one.length + 5));
    setImmediate(() => response.destroy());
  });
  expect(lost).toMatchObject({ code: "answer_cut_off", message: expect.stringMatching(/ after [01] lines? \(/) as string });
  const asked: (string | undefined)[] = [];
  const complete = await told((request, response) => {
    asked.push(request.url);
    response.end(whole);
  });
  expect([complete, asked]).toEqual([{ rows: [row(1), row(2)] }, ["/api/v1/jobs/x/rows?end=true"]]);
  expect(await told((_, response) => response.end('{"end":{"lines":0}}\n'))).toEqual({ rows: [] });
});

test.each(["..", ".", ""])("%j as an id asks for no other operation", async (id) => {
  await using at = await served((_, response) => response.end("{}"));
  await expect(at.client.ask("campaigns.pause", { params: { id } })).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringMatching(/^"\.{0,2}" is no id$/) as string,
  });
});

test("a service that stands still is told of within 10 s, once, with since when and what Ctrl-C does; and so is that it answers again", async () => {
  const clock = createHandClock(Date.UTC(2026, 10, 25, 8));
  const said: string[] = [];
  const silence = new Silence({ clock, warn: (message) => said.push(message) });
  let standing: () => void = () => undefined;
  await using at = await served((request, response) => {
    if (request.url?.endsWith("/1/proof") === true) response.end("{}");
    else standing = () => response.end("{}");
  }, silence);
  const ask = async (seq: number) => at.client.ask("audit.proof", { params: { seq } });
  await ask(1);
  const asked = ask(2);
  await clock.asleep(1, 10_000);
  clock.advance(9_999);
  expect(said).toEqual([]);
  clock.advance(1);
  await until(() => said.length > 0);
  expect(said).toEqual([
    expect.stringMatching(
      /^http:\S+ has not answered since 2026-11-25T08:00:00\.000Z; waiting for it\. Ctrl-C ends the waiting, not what the service has begun$/,
    ),
  ]);
  // Another look into the silence says nothing more.
  silence.tell("it said nothing in time");
  await until(() => {
    standing();
    return said.length > 1;
  });
  await asked;
  await ask(1);
  expect(said.slice(1)).toEqual(["the service answers again"]);
});

test("who follows what a service does ends it at once, also while the service says nothing", async () => {
  const asked = Promise.withResolvers<void>();
  let looks = 0;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  await using at = await served(
    (_, response) => {
      looks += 1;
      if (looks === 1) response.end('{"kind":"seen"}');
      else asked.resolve();
    },
    undefined,
    clock,
  );
  const followed = { job: "x", ended: () => false, again: "outdial jobs show x" };
  const seen = at.client.follow("audit.proof", { params: { seq: 1 } }, followed);
  await asked.promise;
  at.client.interrupt();
  expect(await seen).toEqual({ kind: "seen" });
});
