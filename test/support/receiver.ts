// A receiver of events: a real HTTP server on a free loopback port that checks every signature and answers as the test says.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly subject: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The signature holds for this id, timestamp and body. */
  readonly signed: boolean;
}

/** A status, or a function that does the answering (or does not). */
export type Answer = number | ((response: ServerResponse) => void);

export interface Receiver {
  readonly url: string;
  /** In order of arrival. */
  readonly received: readonly Received[];
  /** The most requests that were open at once. */
  readonly mostAtOnce: number;
  /** Connections made so far. */
  readonly connections: number;
  answer: (event: Received, index: number) => Answer;
  /** Resolves when so many events have arrived. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** @param secret what it shares with the sender */
export async function startReceiver(secret: string): Promise<Receiver> {
  const webhook = new Webhook(secret);
  const received: Received[] = [];
  let watchers: (() => void)[] = [];
  let open = 0;
  let mostAtOnce = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.on("close", () => {
      open -= 1;
    });
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("utf8");
      const { headers, url: path = "" } = request;
      const id = String(headers["webhook-id"]);
      const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
      const signed = webhook.sign(id, at, body) === headers["webhook-signature"];
      const event: Received = { path, id, subject: JSON.parse(body).subject, headers, body, signed };
      received.push(event);
      for (const watcher of watchers) watcher();
      const answer = receiver.answer(event, received.length - 1);
      if (typeof answer === "number") response.writeHead(answer).end();
      else answer(response);
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // Port 0 was asked for on an IP address, so this is no pipe's name.
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/events`,
    received,
    get mostAtOnce() {
      return mostAtOnce;
    },
    get connections() {
      return connections;
    },
    answer: () => 204,
    arrived: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          watchers = watchers.filter((one) => one !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
