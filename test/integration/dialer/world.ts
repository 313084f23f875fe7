// A sandbox on a socket, a database and a folder of a test's own, and the runtime that changes the one's dialer settings over the other.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { type DialerRuntime, openDialer } from "../../../src/app/index.ts";
import { type ChangeReport, type DialerSettings, parseSettingsFile, type SettingsFile } from "../../../src/operations/index.ts";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";

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

export interface World extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly folder: string;
  readonly environment: Record<string, string>;
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
  query(sql: string): Promise<Record<string, unknown>[]>;
}

export async function openWorld(scenario: Record<string, unknown> = {}, looks = 15): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const off = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" };
  const sandbox = createSandbox({
    scenario: {
      seed: 4,
      clients: [{ id: "client-1", secret: "s3cret-of-client-1", scopes: [...ALL] }],
      dialer: { settings: OLD, history: { metricHours: 150, auditEntries: 130 } },
      activation: { seconds: 0.2 },
      limits: off,
      ...scenario,
    },
  });
  stack.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder());
  await writeFile(
    join(folder.path, "outdial.yaml"),
    `dialer: { activation: { first: 20ms, most: 100ms, looks: ${looks}, settle: 500ms } }\n`,
  );
  const environment = {
    DATABASE_URL: database.url,
    CXONE_CLIENT_ID: sandbox.ready.clientId,
    CXONE_CLIENT_SECRET: sandbox.ready.clientSecret,
    OUTDIAL_TENANT_URL: url,
    OUTDIAL_DIR: join(folder.path, ".outdial"),
    OUTDIAL_CONFIG: join(folder.path, "outdial.yaml"),
    OUTDIAL_ALARMS_URL: "http://127.0.0.1:9/alarms",
    OUTDIAL_ALARMS_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
  const owned = stack.move();
  return {
    sandbox,
    url,
    folder: folder.path,
    environment,
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
    async query(sql) {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
