// outdial sandbox: a tenant on this machine until it is interrupted.

import { readFile } from "node:fs/promises";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { createSandbox, parseScenario } from "../../sandbox/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { wholeNumber } from "../options.ts";
import { stopped } from "../running.ts";

export interface SandboxFlags {
  readonly port: string;
  readonly host: string;
  readonly scenario?: string;
  readonly speed?: string;
  readonly frozen?: boolean;
  readonly seed?: string;
}

export async function sandbox(_args: readonly string[], flags: SandboxFlags, io: Io): Promise<number> {
  const port = wholeNumber("--port", flags.port, 0, 65_535);
  const scenario = flags.scenario === undefined ? undefined : parseScenario(await readScenario(flags.scenario), flags.scenario);
  const speed = flags.speed === undefined ? undefined : Number(flags.speed);
  if (speed !== undefined && !(speed > 0 && speed <= 100_000)) {
    throw new OutdialError("invalid_input", `--speed ${flags.speed} is not a number above 0 and up to 100000`);
  }
  const tenant = createSandbox({
    ...(scenario === undefined ? {} : { scenario }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    clock: flags.frozen === true ? "frozen" : speed === undefined ? "real" : { speed },
  });
  const { url } = await tenant.listen({ port, host: flags.host });
  const { clientId, clientSecret } = tenant.ready;
  // Whoever reads that it is there may stop it at once.
  const stop = stopped(io);
  await io.data(
    JSON.stringify({ url, tokenUrl: `${url}${tenant.tokenPath}`, clientId, clientSecret, controlUrl: `${url}/__sandbox` }),
  );
  await stop;
  await tenant.close();
  return EXIT.done;
}

async function readScenario(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot read the scenario ${path}: ${messageOf(thrown)}`);
  }
}
