// Interactions, simulations and the vendor's registrations as the service's routes act on them.

import { DEFAULT_EXCLUSIVE, previewCorrection, readInteraction, readTree } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { openStudies } from "../simulation/studies.ts";
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
    now: () => systemClock.now(),
  };
}

/** Threads of one simulation: the service has other things to do beside it. */
const WORKERS = 1;

export const simulatePort: ReturnType<Work["simulate"]> = {
  async run([scenario, other], { replications, seed, signal }) {
    await using studies = openStudies({ replications, seed, workers: WORKERS });
    const interrupt = () => studies.interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    try {
      if (other === undefined) return { scenario: scenario.name, result: await studies.run(scenario) };
      return { names: [scenario.name, other.name], ...(await studies.compare(scenario, other)) };
    } finally {
      signal.removeEventListener("abort", interrupt);
    }
  },
};

export function vendorWebhooksPort(workplace: Workplace, environment: Environment): ReturnType<Work["vendorWebhooks"]> {
  return {
    list: () => vendorWebhooksOn(workplace, environment, workplace.config.actor).list(),
    register: (draft, by) => vendorWebhooksOn(workplace, environment, by).register(draft),
    remove: (id, by) => vendorWebhooksOn(workplace, environment, by).remove(id),
  };
}
