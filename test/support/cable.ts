// A cable between two parties (browser and service, service and database) that can be pulled, cut off silently and put back: a proxy of bytes.

import { connect, createServer, type Socket } from "node:net";

export interface Cable extends AsyncDisposable {
  /** The target's address through the cable. */
  readonly url: string;
  /** Ends every connection and takes no more. */
  pull(): void;
  /** Keeps every connection and takes new ones, and lets nothing through any more. */
  silence(): void;
  putBack(): void;
  /** Connections that were refused while it was pulled. */
  refused(): number;
  /** Pieces that went through, either way, and ends of connections. */
  passed(): number;
  /** Whether an answer is awaited that may come soon. */
  awaits(): boolean;
}

/** What takes longer waits for something else than the answering party. */
const SOON_MS = 1_000;

/** @param target address of a server on the loopback, with its port */
export async function lay(target: string): Promise<Cable> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let isPulled = false;
  let isSilent = false;
  let refused = 0;
  let passed = 0;
  const asking = new Map<Socket, number>();
  const server = createServer((near) => {
    if (isPulled) {
      refused += 1;
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on("data", () => {
        passed += 1;
        if (from === near) asking.set(near, performance.now());
        else asking.delete(near);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        asking.delete(near);
        passed += 1;
        to.destroy();
      });
      if (isSilent) from.pause();
      else from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the cable has no port");
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const url = new URL(target);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href.replace(/(?<=:\d+)\/$/, ""),
    pull() {
      isPulled = true;
      cut();
    },
    silence() {
      isSilent = true;
      for (const socket of open) socket.unpipe().pause();
    },
    putBack() {
      isPulled = false;
      isSilent = false;
    },
    refused: () => refused,
    passed: () => passed,
    awaits: () => !isSilent && [...asking.values()].some((since) => performance.now() - since < SOON_MS),
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
