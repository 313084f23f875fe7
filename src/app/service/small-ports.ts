// Interactions and the vendor's registrations as the service's routes act on them.

import { DEFAULT_EXCLUSIVE, previewCorrection, readInteraction, readTree } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
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

export function vendorWebhooksPort(workplace: Workplace, environment: Environment): ReturnType<Work["vendorWebhooks"]> {
  return {
    list: () => vendorWebhooksOn(workplace, environment, workplace.config.actor).list(),
    register: (draft, by) => vendorWebhooksOn(workplace, environment, by).register(draft),
    remove: (id, by) => vendorWebhooksOn(workplace, environment, by).remove(id),
  };
}
