// A small HTTP server on a free loopback port that answers from a script and remembers what it was asked.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer as data, or a function that writes it (or tears the connection down). */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | ((response: ServerResponse, asked: Asked) => void);

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Requests to the API, token requests left out. */
  readonly asked: readonly Asked[];
  readonly tokenRequests: readonly Asked[];
}

export interface Script {
  /** Answers an API request; `index` counts from 0. */
  readonly api?: (asked: Asked, index: number) => Answer;
  /** Answers a token request; by default a token for an hour, `token-1`, `token-2` and so on. */
  readonly token?: (asked: Asked, index: number) => Answer;
}

const TOKEN_PATH = /\/oauth\/token$/;

export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const tokenRequests: Asked[] = [];
  const grant = (_: Asked, index: number): Answer => ({
    json: { access_token: `token-${index + 1}-secret`, expires_in: 3600, token_type: "Bearer" },
  });
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const seen = { method, url, headers, body: Buffer.concat(pieces).toString("utf8") };
      const isToken = TOKEN_PATH.test(url);
      const list = isToken ? tokenRequests : asked;
      list.push(seen);
      const answer = isToken
        ? (script.token ?? grant)(seen, list.length - 1)
        : (script.api ?? (() => ({ json: {} })))(seen, list.length - 1);
      write(answer, response, seen);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    tokenRequests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function write(answer: Answer, response: ServerResponse, asked: Asked): void {
  if (typeof answer === "function") {
    answer(response, asked);
    return;
  }
  const body = answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json));
  const type: Record<string, string> = answer.json === undefined ? {} : { "content-type": "application/json" };
  response.writeHead(answer.status ?? 200, { ...type, ...answer.headers }).end(body);
}
