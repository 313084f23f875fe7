// The configured receivers of events, each with its secret.

import { resolve } from "node:path";
import { parseDuration } from "../kernel/index.ts";
import { isEverOver, MAIL, type MailReceiver, type QuietHours, typesNamed, usualTypes } from "../operations/index.ts";
import type { EgressProxy } from "../tenant/index.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFile } from "./config-schema.ts";
import { periodOf, USUAL_RECEIVERS } from "./config-schema-receivers.ts";
import { proxyOf } from "./egress.ts";
import { type Environment, filled, readSecretFile, secretFrom } from "./environment.ts";

/** A webhook receiver with its secret resolved. */
export interface WebhookEndpoint {
  readonly url: string;
  /** Types of events that it takes, in the order of the alphabet. */
  readonly types: readonly string[];
  /** Whether an event waits for the earlier ones of its subject. Default `subject`. */
  readonly order?: "subject" | "none" | undefined;
  /** Requests that are open at once. */
  readonly concurrency?: number | undefined;
  /** Undefined when the form is one for chats. */
  readonly secret?: string | undefined;
  /** While a secret is being changed: the previous one, and until when events carry a signature with it, too. */
  readonly previous?: { readonly secret: string; readonly until: number | undefined } | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly offAfterMs?: number | undefined;
  readonly form?: "cloudevents" | "plain" | "slack" | "teams" | undefined;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** When only urgent events are sent. */
  readonly quiet?: QuietHours | undefined;
  /** The proxy for https out of this network. */
  readonly proxy?: EgressProxy | undefined;
}

/** The receivers of events that are configured. */
export interface ConfiguredReceivers {
  /** Webhooks. */
  readonly receivers: Readonly<Record<string, WebhookEndpoint>>;
  /** Recipients of alarms by e-mail. */
  readonly mail: MailReceiver | undefined;
}

/** Every receiver by the name that the outbox knows it by. */
export const allOf = ({ receivers, mail }: ConfiguredReceivers): Readonly<Record<string, WebhookEndpoint | MailReceiver>> => ({
  ...receivers,
  ...(mail === undefined ? {} : { [MAIL]: mail }),
});

/** The types of events that each of them takes. */
export const takenBy = ({ receivers, mail }: ConfiguredReceivers): Readonly<Record<string, readonly string[]>> => ({
  ...Object.fromEntries(Object.entries(receivers).map(([name, { types }]) => [name, types])),
  ...(mail === undefined ? {} : { [MAIL]: usualTypes(MAIL) }),
});

/** The configured receivers of events, each with its secret. */
export async function receiversOf(config: Config, environment: Environment): Promise<ConfiguredReceivers["receivers"]> {
  const found: Record<string, WebhookEndpoint> = {};
  for (const name of new Set([...USUAL_RECEIVERS, ...Object.keys(config.file.webhooks ?? {})])) {
    const endpoint = await receiver(name, config, environment);
    if (endpoint !== undefined) found[name] = endpoint;
  }
  return found;
}

/** The mail server for alarms, with its password. Throws ConfigError. */
export async function mailOf(config: Config, environment: Environment): Promise<MailReceiver | undefined> {
  const given = config.file.alarms?.mail;
  if (given === undefined) return undefined;
  const { server: url, from, to, user, passwordFile, offAfter } = given;
  const variable = given.passwordEnv ?? "OUTDIAL_MAIL_PASSWORD";
  const password =
    user === undefined
      ? undefined
      : passwordFile === undefined
        ? await secretFrom(environment, variable)
        : await readSecretFile(resolve(config.folder, passwordFile), "alarms.mail.passwordFile");
  if (user !== undefined && password === undefined)
    throw new ConfigError(
      `alarms.mail: the password of ${user} is not set; set ${variable}, or ${variable}_FILE to a file that holds it`,
    );
  return {
    url,
    from,
    to,
    user,
    password,
    offAfterMs: offAfter === undefined ? undefined : parseDuration(offAfter),
    quiet: quietOf(config.file),
  };
}

/** When only urgent alarms are sent. */
function quietOf({ alarms }: ConfigFile): QuietHours | undefined {
  const given = alarms?.quietHours;
  if (given === undefined) return undefined;
  const hours = { zone: given.zone, periods: given.periods.map(periodOf) };
  if (isEverOver(hours)) return hours;
  throw new ConfigError(
    "alarms.quietHours.periods: these periods never end",
    "Alarms that are not urgent would never be sent; leave some hours of the week out.",
  );
}

/** One receiver from the file and from `OUTDIAL_<NAME>_URL` and `OUTDIAL_<NAME>_SECRET`. */
async function receiver(name: string, config: Config, environment: Environment): Promise<WebhookEndpoint | undefined> {
  const given = config.file.webhooks?.[name];
  const prefix = variablePrefix(name);
  const named = given?.urlEnv === undefined ? undefined : await secretFrom(environment, given.urlEnv);
  const url = filled(environment[`${prefix}_URL`]) ?? named ?? given?.url;
  if (url === undefined && given?.urlEnv !== undefined)
    throw new ConfigError(`webhooks.${name}: the address is not set; set ${given.urlEnv}`);
  if (url === undefined && given?.types !== undefined)
    throw new ConfigError(`webhooks.${name}: the address is not set; give url or urlEnv, or set ${prefix}_URL`);
  if (url === undefined) return undefined;
  const variable = given?.secretEnv ?? `${prefix}_SECRET`;
  const secret =
    given?.secretFile === undefined
      ? await secretFrom(environment, variable)
      : await readSecretFile(resolve(config.folder, given.secretFile), `webhooks.${name}.secretFile`);
  if (secret === undefined && !isChat(given?.form)) {
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
    types: typesOf(name, given?.types),
    order: given?.order,
    concurrency: given?.concurrency,
    allowPrivate: given?.allowPrivate,
    form: given?.form,
    headers: await headersOf(name, given, config, environment),
    offAfterMs: given?.offAfter === undefined ? undefined : parseDuration(given.offAfter),
    quiet: (given?.quietHours ?? (name === "alarms" || isChat(given?.form))) ? quietOf(config.file) : undefined,
    proxy: proxyOf(environment),
    previous: before === undefined ? undefined : { secret: before, until: until === undefined ? undefined : Date.parse(until) },
  };
}

const isChat = (form: WebhookEndpoint["form"]) => form === "slack" || form === "teams";

/** What the variables of a receiver begin with: `OUTDIAL_<NAME>`. */
export const variablePrefix = (name: string): string => `OUTDIAL_${name.toUpperCase().replaceAll("-", "_")}`;

/** The types that a receiver takes, each once. Throws ConfigError for one that there is not. */
function typesOf(name: string, written: readonly string[] | undefined): readonly string[] {
  const named = written?.map((one) => ({ one, types: typesNamed(one) }));
  const unknown = named?.find(({ types }) => types.length === 0);
  if (unknown !== undefined)
    throw new ConfigError(
      `webhooks.${name}.types: there is no event ${unknown.one}`,
      `Allowed are * and ${typesNamed("*").join(", ")}, or the beginning of some with * at its end.`,
    );
  return [...new Set(named?.flatMap(({ types }) => types) ?? usualTypes(name))].sort();
}

/** The headers for a receiver, with its token. */
async function headersOf(
  name: string,
  given: NonNullable<ConfigFile["webhooks"]>[string] | undefined,
  config: Config,
  environment: Environment,
): Promise<Record<string, string>> {
  const { headers = {}, bearerEnv, bearerFile } = given ?? {};
  const named = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  if (bearerEnv === undefined && bearerFile === undefined) return named;
  const token =
    bearerFile === undefined
      ? await secretFrom(environment, bearerEnv ?? "")
      : await readSecretFile(resolve(config.folder, bearerFile), `webhooks.${name}.bearerFile`);
  if (token === undefined) throw new ConfigError(`webhooks.${name}: the token is not set; set ${bearerEnv}`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new ConfigError(`webhooks.${name}: the token is not printable ASCII without blanks`);
  return { ...named, authorization: `Bearer ${token}` };
}
