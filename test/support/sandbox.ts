// A sandbox of a test's own: started on a free loopback port, gone at the end of the block (`await using`).

import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.ts";

export interface StartedSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Starts a sandbox and serves it on a socket; `options` are those of `createSandbox`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<StartedSandbox> {
  const sandbox = createSandbox(options);
  const { url } = await sandbox.listen();
  const { clientId, clientSecret } = sandbox.ready;
  return { sandbox, url, clientId, clientSecret, [Symbol.asyncDispose]: () => sandbox.close() };
}
