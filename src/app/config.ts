// One configuration from outdial.yaml, the environment and flags, in rising order; read once at the start of a command.

import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { messageOf, OutdialError, parseDuration, problemsOf } from "../kernel/index.ts";
import { type ConfigFile, configSchema, RECEIVERS, type Receiver } from "./config-schema.ts";

/** `invalid_config`: a setting is missing, unknown or wrong; the message says where and what is allowed. */
export class ConfigError extends OutdialError<"invalid_config"> {
  constructor(message: string, advice?: string) {
    super("invalid_config", message, advice === undefined ? {} : { advice });
  }
}

/** Settings given on the command line. */
export interface Flags {
  readonly config?: string | undefined;
  readonly dir?: string | undefined;
  readonly tenantUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
}

/** A webhook receiver with its secret resolved. */
export interface WebhookEndpoint {
  readonly url: string;
  readonly secret: string;
  /** While a secret is being changed: the one before, and until when events carry a signature by it too. */
  readonly previous?: { readonly secret: string; readonly until: number | undefined } | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly offAfterMs?: number | undefined;
}

/** What every command works with. Secrets are read only by the functions here and handed on to the part that needs them. */
export interface Config {
  /** Folder of the embedded store, the audit keys and lock files. */
  readonly dir: string;
  readonly databaseUrl: string | undefined;
  readonly file: ConfigFile;
  readonly tenantUrl: string | undefined;
  readonly concurrency: number;
  readonly actor: string;
}

/** The user's name as the system has it; a container may run under a number without one. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration. Throws ConfigError. */
export async function loadConfig(flags: Flags, environment: Environment, cwd: string): Promise<Config> {
  const named = flags.config ?? environment["OUTDIAL_CONFIG"];
  const file = await readConfigFile(resolve(cwd, named ?? "outdial.yaml"), named !== undefined);
  return {
    dir: resolve(cwd, flags.dir ?? environment["OUTDIAL_DIR"] ?? ".outdial"),
    databaseUrl: flags.databaseUrl ?? environment["DATABASE_URL"] ?? file.store?.url,
    file,
    tenantUrl: flags.tenantUrl ?? environment["OUTDIAL_TENANT_URL"],
    concurrency: file.tagging?.concurrency ?? 32,
    actor: environment["OUTDIAL_ACTOR"] ?? environment["USER"] ?? systemUser(),
  };
}

async function readConfigFile(path: string, required: boolean): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    if (missing && !required) return {};
    throw new ConfigError(`cannot read the configuration ${path}: ${messageOf(thrown)}`);
  }
  return parseConfig(text, path);
}

/** Parses the text of outdial.yaml. Errors name the file, the line where YAML has one, the field and what is allowed. */
export async function parseConfig(text: string, path: string): Promise<ConfigFile> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken !== undefined) throw new ConfigError(`${path}: ${broken.message.split("\n")[0]}`);
  const value: unknown = document.toJS() ?? {};
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(configSchema, value, parsed.error).map(
    ({ path: field, message }) => `${field || "the file"}: ${message}`,
  );
  throw new ConfigError(
    `${path}: ${problems.join("; ")}`,
    "An editor that knows schemas/outdial.schema.json completes and checks this file.",
  );
}

/** A secret from `NAME` or the file named by `NAME_FILE`; undefined when neither is set. */
export async function secretFrom(environment: Environment, name: string): Promise<string | undefined> {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  const path = environment[`${name}_FILE`];
  if (path === undefined || path === "") return undefined;
  return readSecretFile(path, `${name}_FILE`);
}

async function readSecretFile(path: string, where: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (thrown) {
    throw new ConfigError(`${where}: cannot read ${path}: ${messageOf(thrown)}`);
  }
}

/** The receivers of events that are configured, each with its secret. */
export async function receiversOf(
  config: Config,
  environment: Environment,
): Promise<Readonly<Partial<Record<Receiver, WebhookEndpoint>>>> {
  const found: Partial<Record<Receiver, WebhookEndpoint>> = {};
  for (const name of RECEIVERS) {
    const endpoint = await receiver(name, config, environment);
    if (endpoint !== undefined) found[name] = endpoint;
  }
  return found;
}

/** The name of the receiver of alarms, when it is configured. */
export function alarmsIn(receivers: Readonly<Partial<Record<Receiver, WebhookEndpoint>>>): Receiver | undefined {
  return receivers.alarms === undefined ? undefined : "alarms";
}

/** One receiver from the file and from `OUTDIAL_<NAME>_URL` and `OUTDIAL_<NAME>_SECRET`. */
async function receiver(name: Receiver, config: Config, environment: Environment): Promise<WebhookEndpoint | undefined> {
  const given = config.file.webhooks?.[name];
  const prefix = `OUTDIAL_${name.toUpperCase()}`;
  const url = environment[`${prefix}_URL`] ?? given?.url;
  if (url === undefined) return undefined;
  const variable = given?.secretEnv ?? `${prefix}_SECRET`;
  const secret =
    given?.secretFile === undefined
      ? await secretFrom(environment, variable)
      : await readSecretFile(given.secretFile, `webhooks.${name}.secretFile`);
  if (secret === undefined) {
    throw new ConfigError(
      `webhooks.${name}: the signing secret is not set; set ${variable}`,
      "Any base64 text of 24 to 64 bytes, with or without the prefix whsec_. For example: openssl rand -base64 32",
    );
  }
  const before = await secretFrom(environment, `${variable}_PREVIOUS`);
  const until = given?.previousUntil;
  return {
    url,
    secret,
    allowPrivate: given?.allowPrivate,
    offAfterMs: given?.offAfter === undefined ? undefined : parseDuration(given.offAfter),
    previous: before === undefined ? undefined : { secret: before, until: until === undefined ? undefined : Date.parse(until) },
  };
}
