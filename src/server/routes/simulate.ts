// Simulations on worker threads: a scenario, two compared, the best pacing. Equal input gives equal figures.

import { z } from "zod";
import { parseScenario, type SimulationScenario } from "../../dialing/index.ts";
import { ServerError } from "../error.ts";
import { type ApiRoute, route } from "../routing/route.ts";

/** What the route acts on. */
export interface SimulatePort {
  run(
    scenarios: readonly [SimulationScenario, ...SimulationScenario[]],
    options: { readonly replications: number; readonly seed: number | string; readonly signal: AbortSignal },
  ): Promise<object>;
}

/** More would keep the service's processors from its work for long: the command line has no such limit. */
const MOST_REPLICATIONS = 200;

export function simulateRoutes(port: () => SimulatePort): ApiRoute[] {
  return [
    route({
      id: "simulate.run",
      method: "post",
      path: "/simulate",
      question: true,
      summary: "Simulates a scenario, or compares two under common random numbers",
      role: "viewer",
      body: z.strictObject({
        scenario: z.record(z.string(), z.unknown()).describe("As in simulation.schema.json"),
        compareWith: z.record(z.string(), z.unknown()).optional(),
        replications: z.int().min(2).max(MOST_REPLICATIONS).default(20),
        seed: z.union([z.int(), z.string().max(100)]).default(1),
      }),
      reply: z.looseObject({}),
      async handle({ body, signal }) {
        const scenario = parseScenario(body.scenario, "scenario");
        const other = body.compareWith === undefined ? [] : [parseScenario(body.compareWith, "compareWith")];
        const { replications, seed } = body;
        if (signal.aborted) throw new ServerError("invalid_request", "the caller has gone");
        return { ...(await port().run([scenario, ...other], { replications, seed, signal })) };
      },
    }),
  ];
}
