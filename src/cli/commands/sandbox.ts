// outdial sandbox: a tenant on this machine until it is interrupted.

import { createSandbox, parseScenario } from "../../sandbox/index.ts";
import { known, type Run } from "../command.ts";
import type * as declared from "../groups/demo.ts";
import { stopped } from "../running.ts";
import { readFileText } from "../source.ts";

export const sandbox: Run<typeof declared.sandbox> = async ({ options, io }) => {
  const { port, host, scenario: file, speed, frozen, seed, profile } = options;
  const scenario = file === undefined ? undefined : parseScenario(await readFileText(file, "the scenario"), file);
  const tenant = createSandbox({
    ...known({ scenario, seed }),
    clock: frozen ? "frozen" : speed === undefined ? "real" : { speed },
  });
  const { url } = await tenant.listen({ port, host });
  const { clientId, clientSecret } = tenant.ready;
  // A program that reads the announcement may stop the sandbox at once.
  const stop = stopped(io);
  const own =
    profile === "acd"
      ? {
          profile,
          issuer: url,
          tokenUrl: `${url}${tenant.accessKeyTokenPath}`,
          ...tenant.accessKey,
          clientId,
          clientSecret,
        }
      : { tokenUrl: `${url}${tenant.tokenPath}`, clientId, clientSecret };
  await io.data(JSON.stringify({ url, ...own, controlUrl: `${url}/__sandbox` }));
  await stop;
  await tenant.close();
};
