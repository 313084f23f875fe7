// Interactions, simulations and the vendor's registrations as the service's routes act on them.

import { DEFAULT_EXCLUSIVE, previewCorrection, readInteraction, readTree } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { calibrateCalls } from "../simulation/calibrate.ts";
import { openStudies, type Studies } from "../simulation/studies.ts";
import { variationsOf } from "../simulation/variations.ts";
import { vendorWebhooksOn } from "../vendor-webhooks.ts";
import type { Environment, Workplace } from "../workplace.ts";

type Work = ServerPorts["work"];

export function interactionsPort({ config, tenant }: Workplace): ReturnType<Work["interactions"]> {
  const { interactionDispositions } = tenant.capabilities;
  const exclusive = config.file.interactions?.exclusive ?? DEFAULT_EXCLUSIVE;
  return {
    show: async (id) => ({
      version: await readInteraction(interactionDispositions, id),
      tree: await readTree(interactionDispositions),
    }),
    preview: (row) => previewCorrection(interactionDispositions, row, exclusive),
    now: () => config.clock.now(),
  };
}

/** Threads of one simulation: the service has other things to do beside it. */
const WORKERS = 1;

type SimulatePort = ReturnType<Work["simulate"]>;

export const simulatePort: SimulatePort = {
  calibrate: (calls, question) => calibrateCalls(calls, question),
  run: ([scenario, other], options) =>
    studying(options, async (studies) => {
      if (other === undefined) return { scenario: scenario.name, result: await studies.run(scenario) };
      return { names: [scenario.name, other.name], ...(await studies.compare(scenario, other)) };
    }),
  whatIf: (scenario, axes, options) =>
    studying(options, async (studies) => {
      const variations = await studies.vary(variationsOf(scenario, axes));
      return { scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) };
    }),
  optimise: (scenario, goal, options) =>
    studying(options, async (studies) => ({
      scenario: scenario.name,
      optimum: await studies.optimise({ scenario, ...goal }),
    })),
};

/** Studies that end when the caller hangs up. */
async function studying<T>(
  { replications, seed, signal }: Parameters<SimulatePort["optimise"]>[2],
  work: (studies: Studies) => Promise<T>,
): Promise<T> {
  await using studies = openStudies({ replications, seed, workers: WORKERS });
  const interrupt = () => studies.interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await work(studies);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

export function vendorWebhooksPort(workplace: Workplace, environment: Environment): ReturnType<Work["vendorWebhooks"]> {
  return {
    list: () => vendorWebhooksOn(workplace, environment, workplace.config.actor).list(),
    register: (draft, by) => vendorWebhooksOn(workplace, environment, by).register(draft),
    remove: (id, by) => vendorWebhooksOn(workplace, environment, by).remove(id),
  };
}
