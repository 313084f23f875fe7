// Dialer settings as the service's routes act on them.

import { createDialerCampaign, fileInForce, judge } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { chanceOf, type DialerRuntime } from "../dialer.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";
import { PredictionThread, predictBeside } from "./prediction-thread.ts";

type DialerPort = ReturnType<ServerPorts["work"]["dialer"]>;

const nameOf = (version: number): string => `dialer version ${version}`;

export function dialerPort(
  { config, store, tenant }: Workplace,
  dialer: Omit<DialerRuntime, keyof AsyncDisposable>,
  background: Background,
): DialerPort {
  const { changes } = dialer;
  const thread = new PredictionThread();
  return {
    changes,
    history: (limit, before) => store.dialer.list(limit, before),
    prediction: async (settings) => thread.of(fileInForce(settings, await dialer.latestApplied())),
    latestApplied: () => dialer.latestApplied(),
    async inForce() {
      const { value, lock } = await tenant.dialer.settings.locked();
      return { value, tag: lock?.tag };
    },
    validate: (file) =>
      judge(file, {
        pacing: tenant.capabilities.pacingSettings,
        predict: predictBeside,
        chance: chanceOf(config),
        overrides: [],
      }),
    guardPlan: (durationMs, campaigns) => dialer.guardPlan(durationMs, campaigns),
    start: (version) => background.start(nameOf(version), () => changes.run(version)),
    running: (version) => background.has(nameOf(version)),
    metrics: ({ campaignId, metrics }) =>
      tenant.dialer.metrics({ ...(campaignId === undefined ? {} : { campaignId }), metrics: [...metrics], groupBy: "hour" }),
    vendorAudit: (entity) => tenant.auditLogs.list({ entity }),
    createCampaign: (file, by) =>
      createDialerCampaign(
        file,
        {
          ledger: store.dialer,
          actor: by,
          desk: {
            create: (settings) => tenant.dialer.createCampaign(settings),
            auditEntries: () => tenant.auditLogs.list({ entity: "campaign" }),
          },
        },
        { again: false },
      ),
  };
}
