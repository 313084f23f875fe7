// What a service, or what stands before it, answers and does not answer.

import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { z } from "zod";
import { ServiceClient } from "./client.ts";

const TOKEN = "odt_a-token-of-somebody";

async function served(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    client: new ServiceClient({ url: `http://127.0.0.1:${port}`, token: TOKEN }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

test("a service that says nothing is given up in time, and it is said whether it may have taken what was sent", async () => {
  await using at = await served(() => undefined);
  const asked = at.client.json(z.object({}), "/campaigns/stop", { method: "POST", body: {}, withinMs: 20 });
  await expect(asked).rejects.toMatchObject({
    code: "service_unavailable",
    message: expect.stringContaining("said nothing in time") as string,
    advice: expect.stringContaining("not known") as string,
  });
});

test("nothing was sent where nobody takes the connection", async () => {
  const { client, ...gone } = await served(() => undefined);
  await gone[Symbol.asyncDispose]();
  const asked = client.json(z.object({}), "/jobs/x/cancel", { method: "POST", body: {} });
  await expect(asked).rejects.toMatchObject({ code: "service_unavailable", advice: "Nothing was sent." });
});

test("a proxy that shows the request that it refuses does not bring the token into a message", async () => {
  await using at = await served((request, response) =>
    response.writeHead(403, { "content-type": "text/html" }).end(`<p>WAF: ${request.headers.authorization}</p>`),
  );
  await expect(at.client.json(z.object({}), "/jobs")).rejects.toMatchObject({
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
  await expect(at.client.json(z.object({}), "/jobs")).rejects.toMatchObject({ code: "service_unavailable" });
  expect(asked).toEqual(["/api/v1/jobs"]);
});

test("a port that web clients do not connect to is told as one of OUTDIAL_URL", async () => {
  const client = new ServiceClient({ url: "http://127.0.0.1:1", token: TOKEN });
  await expect(client.json(z.object({}), "/jobs")).rejects.toMatchObject({
    code: "invalid_config",
    message: expect.stringMatching(/^OUTDIAL_URL: .*127\.0\.0\.1:1: it is blocked/) as string,
  });
});
