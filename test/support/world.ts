// A tenant on a socket, a database and a folder of a test's own, and the environment with which outdial reaches them.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { parseDocument } from "yaml";
import { openAccess } from "../../src/app/index.ts";
import { defaultScenario, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.ts";
import { type CliOptions, type CliProcess, type CliResult, runCli, startCli, workFolder } from "./cli.ts";
import { createDatabase } from "./database.ts";
import { startSandbox } from "./sandbox.ts";

export interface StartedWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Address of the tenant. */
  readonly url: string;
  readonly databaseUrl: string;
  /** The working folder; the store's is `.outdial` in it. */
  readonly folder: string;
  /** Database, tenant and credentials, and what was given besides. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes another outdial.yaml; where it does not speak of limits, outdial keeps to none. */
  configure(yaml: string): Promise<void>;
  /** Runs the command line in this process, in the folder. */
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  query<Row extends object = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface WorldSetting {
  readonly sandbox?: SandboxOptions;
  /** By which of its interfaces outdial speaks to the tenant; `rest` by default. */
  readonly profile?: "rest" | "acd" | undefined;
  /** What outdial.yaml says; nothing by default. Where it does not speak of limits, outdial keeps to none, and waits for none. */
  readonly yaml?: string | ((url: string) => string);
  /** More of the environment, or other. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Receivers that are configured and not there. */
export const NO_RECEIVER = receiver("BI", "events");
export const NO_ANALYTICS = receiver("ANALYTICS", "events");
export const NO_ALARMS = receiver("ALARMS", "alarms");

/** Lines of outdial.yaml for a client that keeps to the documented limits: some hundred rows are under way for seconds. */
export const LIMITED = "limits: {}\n";

/** Limits of a client of the ACD API that keeps to no rate. */
export const UNLIMITED_ACD = { "acd-read": "off", "acd-write": "off", "acd-report": "off", "acd-extract": "off" } as const;

/** The same of the guides' API. */
export const UNLIMITED_REST = {
  campaigns: "off",
  "outbound-read": "off",
  "outbound-write": "off",
  "dialer-write": "off",
  other: "off",
} as const;

/** What a tenant of a test does not say otherwise: it keeps nobody to a rate, and new settings are in force after what is long enough to be seen under way. */
const QUICK = { limits: "off", activation: { seconds: 0.2 } } as const;

function receiver(name: string, path: string): Readonly<Record<string, string>> {
  return {
    [`OUTDIAL_${name}_URL`]: `http://127.0.0.1:9/${path}`,
    [`OUTDIAL_${name}_SECRET`]: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  };
}

/** A pack of rules by which anybody may be called at any hour: where the hour of the run must not matter. */
export const ANY_HOUR = {
  format: "outdial-rule-pack/1",
  id: "test",
  title: "Test",
  version: "1",
  jurisdictions: [{ id: "US", title: "US", citation: "test", confidence: "policy" }],
  rules: [],
  calendars: {},
  emergencies: [],
  geography: "builtin",
};

/** What a command that looks at people says before it does: which store and tenant, and since when the company's list and the registries are there. */
export const STANDING =
  /^store postgres:\/\/\S+ · tenant http:\/\/\S+\ncompany's do-not-call list: .*(?:declared empty by .+,|, loaded) 20\S+.*\nregistries: (?:none loaded$|\S+ of 20\S+, loaded 20)/m;

/** Opens one; all of it goes when it is disposed of. */
export async function startWorld({
  sandbox: ofTenant = {},
  profile = "rest",
  yaml = "",
  environment: more = {},
}: WorldSetting = {}): Promise<StartedWorld> {
  await using stack = new AsyncDisposableStack();
  const scenario = ofTenant.scenario === undefined ? { ...defaultScenario(), ...QUICK } : { ...QUICK, ...ofTenant.scenario };
  const { sandbox, url, clientId, clientSecret } = stack.use(await startSandbox({ ...ofTenant, scenario }));
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const folder = stack.use(await workFolder()).path;
  const config = join(folder, "outdial.yaml");
  const unlimited = JSON.stringify(profile === "rest" ? UNLIMITED_REST : UNLIMITED_ACD);
  // Replies of profile acd carry the tenant's time, those of the other the machine's.
  const sharesTime =
    more["TEST_NOW"] === undefined && (profile === "rest" || (ofTenant.clock === undefined && ofTenant.now === undefined));
  const configure = (text: string) => {
    const limited = /^limits:/m.test(text) ? text : `${text}\nlimits: ${unlimited}\n`;
    return writeFile(config, sharesTime ? limited : notComparing(limited));
  };
  await configure(typeof yaml === "string" ? yaml : yaml(url));
  const environment = {
    DATABASE_URL: database.url,
    OUTDIAL_TENANT_URL: url,
    OUTDIAL_DIR: join(folder, ".outdial"),
    ...(profile === "rest"
      ? { CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret }
      : { OUTDIAL_PROFILE: profile, CXONE_ACCESS_KEY_ID: clientId, CXONE_ACCESS_KEY_SECRET: clientSecret }),
    OUTDIAL_CONFIG: config,
    ...more,
  };
  const owned = stack.move();
  return {
    sandbox,
    url,
    databaseUrl: database.url,
    folder,
    environment,
    configure,
    run: (args, options) => runCli(args, { cwd: folder, env: environment, ...options }),
    query: (sql, values) => queryOf(database.url, sql, values),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** For a tenant and an outdial that live in different times. */
function notComparing(yaml: string): string {
  const document = parseDocument(yaml);
  document.setIn(["tenant", "compareClock"], false);
  return document.toString();
}

async function queryOf<Row extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** A token for the API of a service that will run on the world's store. */
export async function operatorToken({ environment, folder }: Pick<StartedWorld, "environment" | "folder">): Promise<string> {
  await using access = await openAccess({ dir: join(folder, ".outdial") }, environment);
  return (await access.access.addToken({ name: "olga", role: "operator", expiresAt: null, by: "test" })).token;
}

/** Starts `outdial serve` as a process in the world's folder; `url` settles when it says that it serves. */
export function startServe(
  { environment, folder }: Pick<StartedWorld, "environment" | "folder">,
  ...more: readonly string[]
): { readonly running: CliProcess; readonly url: Promise<string> } {
  const running = startCli(["serve", "--port", "0", "--json", ...more], { cwd: folder, env: environment });
  const said = Promise.withResolvers<string>();
  running.child.stdout?.on("data", (text: string) => said.resolve(text));
  void running.ended.then(({ stderr }) => said.reject(new Error(stderr)));
  return { running, url: said.promise.then((text) => (JSON.parse(text) as { url: string }).url) };
}
