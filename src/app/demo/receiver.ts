// The receivers of the demo's events: they check each signature and count.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

/** A receiver of events on a free loopback port. */
export interface EventReceiver {
  readonly url: string;
  /** The secret for checking signatures. */
  readonly secret: string;
  /** Events received with a valid signature, each once. */
  verified(): number;
  close(): Promise<void>;
}

/** Starts a receiver. */
export async function openEventReceiver(): Promise<EventReceiver> {
  const { Webhook } = await import("standardwebhooks");
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const webhook = new Webhook(secret);
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      try {
        webhook.verify(Buffer.concat(chunks).toString("utf8"), request.headers as Record<string, string>);
        seen.add(String(request.headers["webhook-id"]));
        response.writeHead(202).end();
      } catch {
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/events`,
    secret,
    verified: () => seen.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
