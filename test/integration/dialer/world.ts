// A sandbox on a socket, a database and a folder of a test's own, and the runtime that changes the one's dialer settings over the other.

import { type DialerRuntime, openDialer } from "../../../src/app/index.ts";
import { type ChangeReport, type DialerSettings, parseSettingsFile, type SettingsFile } from "../../../src/operations/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { NO_ALARMS, type StartedWorld, startWorld, UNLIMITED_ACD } from "../../support/world.ts";

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
  JSON.stringify({ ...settings, carrier_capacity: { max_trunks: 300 }, expected: { answer_rate: 0.15 } });

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

const SKILL = "4001";

/** Gives the first skill agents. @returns its settings, and others that differ in fields of both groups, each of which is a request */
export async function staffedSkill({
  sandbox,
  url,
}: Pick<StartedWorld, "sandbox" | "url">): Promise<{ readonly old: DialerSettings; readonly changed: DialerSettings }> {
  const tenant = createAcdTenant({ issuer: url, credentials: sandbox.accessKey, limits: UNLIMITED_ACD });
  const agents = Array.from({ length: 40 }, (_, i) => ({ agentId: String(5001 + i) }));
  await tenant.request("assignSkillAgents", { path: { skillId: SKILL }, body: { agents } });
  const { value } = await tenant.capabilities.pacingSettings.read(SKILL);
  await tenant.close();
  const { vendor: _, ...old } = value as unknown as DialerSettings & { readonly vendor: unknown };
  const { dial_ratio: ratio, warm_line_timeout_sec: timeout = 0 } = old.algorithm;
  const algorithm = { ...old.algorithm, dial_ratio: ratio === 2 ? 1 : 2, warm_line_timeout_sec: timeout === 2 ? 1 : 2 };
  return { old, changed: { ...old, algorithm } };
}

/** A skill of the ACD API with settings of its own: the same sandbox, seen through the other profile. */
export async function openSkillWorld(looks = 15): Promise<SkillWorld> {
  const campaigns = [{ id: "camp_1", name: "Active", status: "active", dispositionCodes: [] }];
  const world = await startWorld({
    sandbox: { scenario: { seed: 4, campaigns, limits: "off" } },
    profile: "acd",
    yaml: yamlOf(looks),
    environment: NO_ALARMS,
  });
  const { old, changed } = await staffedSkill(world);
  const { dial_ratio: ratio, warm_line_timeout_sec: timeout = 0 } = old.algorithm;
  return {
    ...world,
    campaign: SKILL,
    old,
    new: changed,
    inForce() {
      const { dialects } = JSON.parse(JSON.stringify(world.sandbox.control.snapshot())) as Dialects;
      const [, state] = dialects.find(([name]) => name === "acd") ?? [];
      const { generalSettings, cpaSettings } = state?.skills[0]?.settings ?? { generalSettings: {}, cpaSettings: {} };
      const { maximumRatio = ratio } = generalSettings;
      const { abandonTimeout = timeout } = cpaSettings;
      return { ...old, algorithm: { ...old.algorithm, dial_ratio: maximumRatio, warm_line_timeout_sec: abandonTimeout } };
    },
  };
}

export interface SkillWorld extends StartedWorld {
  readonly campaign: string;
  /** In force at the start. */
  readonly old: DialerSettings;
  /** To be applied. */
  readonly new: DialerSettings;
  inForce(): unknown;
}

interface Dialects {
  readonly dialects: readonly [
    name: string,
    state: {
      readonly skills: readonly {
        readonly settings: {
          readonly generalSettings: { readonly maximumRatio?: number };
          readonly cpaSettings: { readonly abandonTimeout?: number };
        };
      }[];
    },
  ][];
}

const yamlOf = (looks: number) => `dialer: { activation: { first: 20ms, most: 100ms, looks: ${looks}, settle: 500ms } }\n`;

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
  const world = await startWorld({ sandbox: { scenario: scenarioOf }, yaml: yamlOf(looks), environment: NO_ALARMS });
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
