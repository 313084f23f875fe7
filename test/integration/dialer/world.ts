// A sandbox on a socket, a database and a folder of a test's own, and the runtime that changes the one's dialer settings over the other.

import { type DialerRuntime, openDialer } from "../../../src/app/index.ts";
import { type ChangeReport, type DialerSettings, parseSettingsFile, type SettingsFile } from "../../../src/operations/index.ts";
import { NO_ALARMS, type StartedWorld, startWorld } from "../../support/world.ts";

const ALL = [
  "dialer:read",
  "dialer:write",
  "campaigns:write",
  "analytics:read",
  "audit:read",
  "webhooks:read",
  "webhooks:write",
  "omnichannel:campaigns:read",
  "outbound:campaign:read",
  "omnichannel:webhooks:read",
  "omnichannel:webhooks:write",
];

/** In force at the start. */
export const OLD: DialerSettings = {
  name: "Morning",
  type: "predictive",
  concurrency: { max_agents: 50, max_simultaneous_calls: 120, call_spacing_ms: 150 },
  algorithm: {
    type: "predictive",
    abandonment_rate_target: 0.03,
    agent_availability_estimate: 0.85,
    dial_ratio: 2,
    warm_line_timeout_sec: 2,
  },
};

/** Applied by most tests. */
export const NEW: DialerSettings = { ...OLD, algorithm: { ...OLD.algorithm, dial_ratio: 2.5 } };

export const textOf = (settings: DialerSettings): string =>
  JSON.stringify({ ...settings, carrier_capacity: { max_trunks: 300 } });

export const fileOf = (settings: DialerSettings): Promise<SettingsFile> => parseSettingsFile(textOf(settings), "settings.json");

export interface World extends StartedWorld {
  /** Opens the runtime as one process would; close it before opening another. */
  open(options?: Partial<Parameters<typeof openDialer>[2]>): Promise<DialerRuntime>;
  /** Prepares, begins and runs a change. */
  apply(
    dialer: DialerRuntime,
    settings?: DialerSettings,
    guard?: Parameters<DialerRuntime["changes"]["begin"]>[1],
  ): Promise<ChangeReport>;
  /** The settings that the tenant shows, without their tag. */
  inForce(): unknown;
  /** Statuses and tags of the writes that reached the tenant, in order. */
  writes(): { readonly status: number; readonly ifMatch: string | undefined; readonly ratio: unknown }[];
}

export async function openWorld(scenario: Record<string, unknown> = {}, looks = 15): Promise<World> {
  const off = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" };
  const scenarioOf = {
    seed: 4,
    clients: [{ id: "client-1", secret: "s3cret-of-client-1", scopes: [...ALL] }],
    dialer: { settings: OLD, history: { metricHours: 150, auditEntries: 130 } },
    activation: { seconds: 0.2 },
    limits: off,
    ...scenario,
  };
  const yaml = `dialer: { activation: { first: 20ms, most: 100ms, looks: ${looks}, settle: 500ms } }\n`;
  const world = await startWorld({ sandbox: { scenario: scenarioOf }, yaml, environment: NO_ALARMS });
  const { sandbox, environment } = world;
  return {
    ...world,
    open: (more = {}) =>
      openDialer({}, environment, { warn: () => undefined, limits: "off", deliver: false, retry: { maxAttempts: 1 }, ...more }),
    async apply(dialer, settings = NEW, guard = null) {
      const prepared = await dialer.changes.prepare("apply", await fileOf(settings), { overrides: [], store: true });
      const { version } = await dialer.changes.begin(prepared, guard);
      return dialer.changes.run(version);
    },
    inForce() {
      const snapshot = JSON.parse(JSON.stringify(sandbox.control.snapshot()));
      return snapshot.tenant?.dialer?.inForce?.settings ?? snapshot.dialer?.inForce?.settings;
    },
    writes: () =>
      sandbox.control.requests({ operation: "putDialerSettings", limit: 1000 }).map(({ status, headers, body }) => ({
        status,
        ifMatch: headers["if-match"],
        ratio: (body as Partial<DialerSettings>).algorithm?.dial_ratio,
      })),
  };
}
