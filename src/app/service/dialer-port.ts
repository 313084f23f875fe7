// Dialer settings as the service's routes act on them.

import { z } from "zod";
import { basisInForce, createDialerCampaign, fileInForce, judge } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { chanceOf, type DialerRuntime } from "../dialer.ts";
import type { Workplace } from "../workplace.ts";
import { timesOf } from "./known-campaigns.ts";
import { PredictionThread, predictBeside } from "./prediction-thread.ts";
import type { TenantRefresh } from "./tenant-refresh.ts";

type DialerPort = ReturnType<ServerPorts["work"]["dialer"]>;

/** Settings as the refresh keeps them; the document is the vendor's, and judged by whoever reads it. */
const keptSettings = z.object({ settings: z.unknown(), tag: z.string().nullable() });
const NOT_READ = { settings: null, tag: null };

export function dialerPort(
  { config, store, tenant, runs }: Workplace,
  dialer: Omit<DialerRuntime, keyof AsyncDisposable>,
  refresh: TenantRefresh,
): DialerPort {
  const { changes } = dialer;
  const thread = new PredictionThread();
  return {
    changes,
    history: (limit, before) => store.dialer.list(limit, before),
    prediction: async (settings) => thread.of(fileInForce(settings, await dialer.latestApplied())),
    basis: async (settings) => basisInForce(settings, await dialer.latestApplied()),
    latestApplied: () => dialer.latestApplied(),
    async inForce(fresh) {
      if (fresh) await refresh.dialerNow();
      refresh.looking("dialer");
      const reading = await store.tenantReadings.find({ what: "dialer" });
      const known = keptSettings.safeParse(reading?.value);
      const { settings, tag } = known.success ? known.data : NOT_READ;
      const times = timesOf(reading);
      return { value: settings, tag, readAt: known.success ? times.readAt : null, failed: times.failed };
    },
    validate: (file) =>
      judge(file, {
        pacing: tenant.capabilities.pacingSettings,
        predict: predictBeside,
        chance: chanceOf(config),
        overrides: [],
      }),
    guardPlan: (durationMs, campaigns) => dialer.guardPlan(durationMs, campaigns),
    async start(version) {
      const { jobId } = await changes.find(version);
      if (jobId !== null) await runs.start(jobId);
    },
    standing: ({ jobId }) => runs.standingOf(jobId),
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
