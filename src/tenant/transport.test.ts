// Both transports behave alike towards a server that does everything wrong.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Answer, startScriptedServer } from "../../test/support/scripted-server.ts";
import { fetchTransport } from "./fetch-transport.ts";
import { systemClock } from "./system-clock.ts";
import { type Transport, TransportFailure, type TransportRequest } from "./transport.ts";
import { undiciTransport } from "./undici-transport.ts";

const transports: [string, () => Transport][] = [
  ["undici", () => undiciTransport({ maxConnections: 2, connectTimeoutMs: 2000, clock: systemClock })],
  ["fetch", () => fetchTransport(fetch)],
];

async function failureOf(work: Promise<unknown>): Promise<TransportFailure> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof TransportFailure) return thrown;
    throw thrown;
  }
  throw new Error("it succeeded");
}

describe.each(transports)("the %s transport", (_, create) => {
  async function against<T>(
    answer: Answer,
    test: (send: (more?: Partial<TransportRequest>) => ReturnType<Transport>, asked: () => number) => Promise<T>,
  ) {
    await using server = await startScriptedServer({ api: () => answer });
    const transport = create();
    const base: TransportRequest = {
      method: "PUT",
      origin: server.url,
      path: "/a%2Fb?x=%2C",
      headers: { "content-type": "application/json" },
      body: '{"ü":1}',
      headersTimeoutMs: 5000,
      bodyTimeoutMs: 5000,
      maxBodyBytes: 1000,
    };
    try {
      return await test(
        (more) => transport({ ...base, ...more }),
        () => server.asked.length,
      );
    } finally {
      await transport.close?.();
    }
  }

  it("brings back status, headers and text", () =>
    against({ status: 418, headers: { "x-a": "1" }, text: "grün" }, async (send) => {
      expect(await send()).toMatchObject({ status: 418, body: "grün", headers: { "x-a": "1" } });
    }));

  it("sends method, path and body as they are", () =>
    against(
      (response, asked) => response.end(JSON.stringify(asked)),
      async (send) => {
        const { body } = await send();
        expect(JSON.parse(body)).toMatchObject({ method: "PUT", url: "/a%2Fb?x=%2C", body: '{"ü":1}' });
      },
    ));

  it("gives a redirect back as it is", () =>
    against({ status: 308, headers: { location: "/elsewhere" } }, async (send, asked) => {
      expect((await send()).status).toBe(308);
      expect(asked()).toBe(1);
    }));

  it("unfolds a compressed body, within the limit", async () => {
    const answer =
      (text: string): Answer =>
      (response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(text));
    await against(answer("packed"), async (send) => {
      expect((await send({ headers: { "accept-encoding": "gzip" } })).body).toBe("packed");
    });
    await against(answer("0".repeat(100_000)), async (send) => {
      expect((await failureOf(send())).kind).toBe("body_too_large");
    });
  });

  it("stops reading at the limit, also when the body never ends", () =>
    against(
      (response) => {
        const more = () => {
          if (!response.destroyed) response.write("x".repeat(600), () => setImmediate(more));
        };
        more();
      },
      async (send) => {
        expect(await failureOf(send())).toMatchObject({ kind: "body_too_large", sent: true, status: 200 });
      },
    ));

  it("reports a torn connection as sent", () =>
    against(
      (response) => response.destroy(),
      async (send) => {
        expect(await failureOf(send())).toMatchObject({ kind: "network", sent: true });
      },
    ));

  it("reports a body cut off", () =>
    against(
      (response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("half", () => response.destroy());
      },
      async (send) => {
        expect(await failureOf(send())).toMatchObject({ kind: "network", sent: true, status: 200 });
      },
    ));

  it("reports a refused connection as not sent", async () => {
    const gone = await startScriptedServer({});
    await gone[Symbol.asyncDispose]();
    await against({}, async (send) => {
      expect(await failureOf(send({ origin: gone.url }))).toMatchObject({ kind: "network", sent: false });
    });
  });

  it("waits for headers and for the body no longer than told", async () => {
    await against(
      () => {},
      async (send) => {
        expect(await failureOf(send({ headersTimeoutMs: 30 }))).toMatchObject({ kind: "timeout", sent: true });
      },
    );
    await against(
      (response) => void response.writeHead(200).write("a"),
      async (send) => {
        expect(await failureOf(send({ bodyTimeoutMs: 30 }))).toMatchObject({ kind: "timeout", sent: true, status: 200 });
      },
    );
  });

  it("ends with the signal, whenever it comes", async () => {
    await against({}, async (send, asked) => {
      expect(await failureOf(send({ signal: AbortSignal.abort() }))).toMatchObject({ kind: "aborted", sent: false });
      expect(asked()).toBe(0);
    });
    const controller = new AbortController();
    await against(
      () => controller.abort(),
      async (send) => {
        expect(await failureOf(send({ signal: controller.signal }))).toMatchObject({ kind: "aborted", sent: true });
      },
    );
  });
});

describe("the undici transport", () => {
  it("withdraws what waits for a connection, and knows that it was not sent", async () => {
    await using server = await startScriptedServer({ api: () => () => {} });
    const transport = undiciTransport({ maxConnections: 1, connectTimeoutMs: 2000, clock: systemClock });
    const request = {
      method: "PUT",
      origin: server.url,
      path: "/",
      headers: {},
      headersTimeoutMs: 5000,
      bodyTimeoutMs: 5000,
      maxBodyBytes: 10,
    } as const;
    const first = new AbortController();
    const second = new AbortController();
    const sent = failureOf(transport({ ...request, signal: first.signal }));
    const waiting = failureOf(transport({ ...request, signal: second.signal }));
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    second.abort();
    expect(await waiting).toMatchObject({ kind: "aborted", sent: false });
    first.abort();
    expect(await sent).toMatchObject({ kind: "aborted", sent: true });
    const late = await failureOf(transport({ ...request, deadline: Date.now() - 1 }));
    expect(late).toMatchObject({ kind: "timeout", sent: false });
    expect(server.asked.length).toBe(1);
    await transport.close?.();
    expect(await failureOf(transport({ ...request, origin: "http://127.0.0.1:1" }))).toMatchObject({ sent: false });
  });
});
