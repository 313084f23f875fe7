// What a running service works by, read again: what can be exchanged is exchanged, the rest is named and keeps until a restart.

import { isDeepStrictEqual } from "node:util";
import { canonicalJson, messageOf, OutdialError } from "../../kernel/index.ts";
import type { RulesInForce } from "../../operations/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import { INBOUND_CHANNELS } from "../../store/index.ts";
import { rulesOf } from "../compliance.ts";
import { type Config, type Credential, credentialFrom, credentialName, type Flags, loadConfig } from "../config.ts";
import { ConfigError } from "../config-error.ts";
import type { ConfigFile } from "../config-schema.ts";
import { type Environment, secretFrom } from "../environment.ts";
import { inboundSecretName, inboundSecrets } from "../inbound.ts";
import { type ConfiguredReceivers, mailOf, receiversOf } from "../receivers.ts";
import { signInOf } from "../sign-in.ts";
import type { Workplace } from "../workplace.ts";

type Inbound = Awaited<ReturnType<typeof inboundSecrets>>;

/** All that a service works by. The secrets in it are compared and handed on, never shown. */
interface Settings extends ConfiguredReceivers {
  readonly config: Config;
  readonly inbound: Inbound;
  readonly rules: RulesInForce;
  /** Further secrets by the place where they are given. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
}

interface ReloadParts {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly workplace: Workplace;
  /** The address on which the service listens. */
  readonly host: string;
  readonly log: ServiceLog;
  /** Takes what can be exchanged beside what the workplace has. */
  readonly take: (next: { readonly file: ConfigFile; readonly inbound: Inbound }) => void;
}

/** Exchanges what a service works by. */
export interface Reload {
  /**
   * Reads configuration and secrets again, as they are after the call; never rejects: what cannot be used is logged, and all from before
   * stays in force.
   */
  again(): Promise<void>;
}

/** @returns what exchanges the settings, which are now in force */
export async function reloadable(parts: ReloadParts): Promise<Reload> {
  const { flags, environment, workplace, log } = parts;
  // The tenant that was chosen at the start, whatever is chosen in the folder since.
  const same: Flags = { ...flags, tenant: workplace.config.named?.name ?? flags.tenant };
  let inForce = await settingsOf(workplace.config, parts, workplace);
  const exchange = async () => {
    const config = await loadConfig(same, environment);
    if (config.path !== workplace.config.path)
      throw new ConfigError(
        config.path === undefined
          ? `${workplace.config.path} is gone`
          : `${config.path} would be read instead of ${workplace.config.path ?? "none"}`,
        "A service keeps to the file with which it was started; stop it to give it another one.",
      );
    const next = await settingsOf(config, parts);
    const told: Told = { changed: [], kept: [] };
    const lives = livesBetween(inForce, next);
    // A new object: the rules are those of this reading.
    const file: ConfigFile = { ...merged(inForce.config.file, next.config.file, lives) };
    const receivers = merged(inForce.receivers, next.receivers, lives, "webhooks");
    merged(shown(inForce), shown(next), lives, "", told);
    await workplace.exchange(file, { receivers, mail: next.mail });
    parts.take({ file, inbound: next.inbound });
    const secrets = merged(inForce.secrets, next.secrets, lives, "secrets");
    inForce = { ...next, config: { ...inForce.config, file }, receivers, secrets };
    const { changed, kept } = told;
    log(
      "info",
      `configuration and secrets were read again: ${changed.length === 0 ? "nothing was exchanged" : `exchanged ${changed.join(", ")}`}`,
      { changed },
    );
    if (kept.length > 0)
      log("warn", `what the configuration says now of ${kept.join(", ")} holds only after a restart`, { restart: kept });
  };
  let turn: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return {
    again() {
      waiting ??= turn.then(() => {
        waiting = undefined;
        turn = exchange().catch((thrown: unknown) =>
          log("error", `the configuration was not exchanged, all from before stays in force: ${messageOf(thrown)}`, {
            code: thrown instanceof OutdialError ? thrown.code : "internal",
            ...(thrown instanceof OutdialError && thrown.advice !== undefined ? { advice: thrown.advice } : {}),
          }),
        );
        return turn;
      });
      return waiting;
    },
  };
}

async function settingsOf(
  config: Config,
  { environment, host }: Pick<ReloadParts, "environment" | "host">,
  known?: ConfiguredReceivers,
): Promise<Settings> {
  const { profile, named } = config;
  const credentials: readonly Credential[] =
    profile === "acd" ? ["CLIENT_ID", "CLIENT_SECRET", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] : ["CLIENT_ID", "CLIENT_SECRET"];
  const secrets = await Promise.all([
    ...credentials.map(
      async (one) => [credentialName(named?.name, one), await credentialFrom(config, environment, one)] as const,
    ),
    (async () => ["OUTDIAL_METRICS_TOKEN", await secretFrom(environment, "OUTDIAL_METRICS_TOKEN")] as const)(),
  ]);
  return {
    config,
    receivers: known?.receivers ?? (await receiversOf(config, environment)),
    mail: known === undefined ? await mailOf(config, environment) : known.mail,
    inbound: await inboundSecrets(environment),
    rules: await rulesOf(config, {})(),
    secrets: {
      ...Object.fromEntries(secrets),
      "of service.signIn": (await signInOf(config, environment, host))?.clientSecret,
    },
  };
}

/** The settings as a tree whose paths are the names that are logged. */
function shown({ config: { file }, receivers, mail, inbound, rules, secrets }: Settings): object {
  const webhooks = Object.entries(receivers).map(([name, receiver]) => [
    name,
    // Quiet hours are those of `alarms`.
    { ...receiver, quiet: undefined, ...(name === "crm" ? { recordsUrl: file.webhooks?.crm?.recordsUrl } : {}) },
  ]);
  const channels = INBOUND_CHANNELS.map((channel) => [inboundSecretName(channel), inbound[channel]]);
  return {
    ...file,
    webhooks: Object.fromEntries(webhooks),
    alarms: { ...file.alarms, mail: mail === undefined ? undefined : { ...mail, quiet: undefined } },
    compliance: { ...file.compliance, pack: canonicalJson(rules.pack) },
    secrets: { ...secrets, ...Object.fromEntries(channels) },
  };
}

/** Whether a setting can be exchanged in a running process. */
type Lives = (path: string, before: unknown, after: unknown) => boolean;

const LIVE = /^(webhooks|alarms|limits|compliance|secrets\.OUTDIAL_INBOUND_\w+|service\.logLevel)(\.|$)/;
/** What a part that runs has taken for good: the opt-outs of retrievals, and the day that the pages show. */
const FIXED = /^compliance\.(optOutCodes|timeZone)(\.|$)/;

function livesBetween(before: Settings, after: Settings): Lives {
  const { profile, named } = before.config;
  const [id, secret] = (
    profile === "acd" ? (["ACCESS_KEY_ID", "ACCESS_KEY_SECRET"] as const) : (["CLIENT_ID", "CLIENT_SECRET"] as const)
  ).map((one) => credentialName(named?.name, one));
  const isSameClient = before.secrets[id ?? ""] === after.secrets[id ?? ""];
  // The runs of pushes are shared by processes with the same CRM.
  const crmOf = ({ receivers, config }: Settings) => [receivers["crm"]?.url, config.file.webhooks?.crm?.recordsUrl];
  const isSameCrm = isDeepStrictEqual(crmOf(before), crmOf(after));
  return (path, was, is) => {
    if (path === `secrets.${secret}`) return isSameClient;
    if (/^webhooks\.crm(\.|$)/.test(path) && !isSameCrm) return false;
    // A family without a limit has no queue.
    if (path.startsWith("limits.") && (was === "off" || is === "off")) return false;
    return LIVE.test(path) && !FIXED.test(path);
  };
}

/** Paths of settings that differ, by whether they were exchanged. */
interface Told {
  readonly changed: string[];
  readonly kept: string[];
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** The tree that is in force afterwards: of what differs, what can be exchanged is as in `after`, the rest as in `before`. */
function merged<Value>(before: Value, after: Value, lives: Lives, path = "", told?: Told): Value {
  if (isDeepStrictEqual(before, after)) return before;
  const [was, is] = [before ?? {}, after ?? {}];
  if (!isTree(was) || !isTree(is)) {
    const takes = lives(path, before, after);
    (takes ? told?.changed : told?.kept)?.push(path);
    return takes ? after : before;
  }
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  // A receiver or a header may be called as what every object has.
  const own = (tree: Tree, key: string) => (Object.hasOwn(tree, key) ? tree[key] : undefined);
  const entries = keys.map(
    (key) => [key, merged(own(was, key), own(is, key), lives, path === "" ? key : `${path}.${key}`, told)] as const,
  );
  const left = entries.filter(([, value]) => value !== undefined);
  // What has gone altogether is undefined; the last receiver leaves none, not nothing.
  const isGone = left.length === 0 && (before === undefined || after === undefined);
  return (isGone ? undefined : Object.fromEntries(left)) as Value;
}
