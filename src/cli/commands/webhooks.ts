// outdial webhooks: deliveries, replay of dead letters, delivery by hand, receivers; registrations for the vendor's own events.

import { type DeliveryEnd, openApi, openDelivery, webhookProof } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { VendorWebhook } from "../../operations/index.ts";
import type { EndpointView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/webhooks.ts";
import type { Io } from "../io.ts";
import { table } from "../table.ts";
import { grouped, printable } from "../text.ts";

export const deliveries: Run<typeof declared.deliveries> = async ({ options, io }) => {
  const { limit: most, status, receiver: endpoint } = options;
  await using api = await openApi(options, io);
  await io.each(
    await api.list("deliveries.list", { query: { status, endpoint }, most }),
    ({ id, status, endpoint: receiver, type, subject, attempts, lastError }) =>
      `${id}  ${status.padEnd(9)} ${printable(receiver)}  ${type}  ${printable(subject)}  ${attempts} attempts${lastError === null ? "" : `  ${printable(lastError)}`}`,
    { none: "no deliveries", fits: true },
  );
};

export const show: Run<typeof declared.show> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const found = await api.ask("deliveries.show", { params: { id } });
  const { eventId, endpoint, status, attempts, failures, event } = found;
  const lines = [
    `${id}  ${status}  ${printable(eventId)} for ${printable(endpoint)}, ${attempts} attempts`,
    ...failures.map(({ at, error }) => `  ${at}  ${printable(error)}`),
    ...JSON.stringify(event, null, 2).split("\n").map(printable),
  ];
  await io.answer(found, lines.join("\n"));
};

export const replay: Run<typeof declared.replay> = async ({ options, io }) => {
  const { id: given, receiver: endpoint } = options;
  const ids = given.length === 0 ? undefined : given;
  // The first delivery has the number 1.
  const range = { fromId: options.from ?? 1, toId: options.to, ids, endpoint, status: "dead" } as const;
  await using api = await openApi(options, io);
  const { queued } = await api.ask("deliveries.replay", { body: range });
  const delivery = (await api.deliverEvents?.()) ?? null;
  const came = delivery === null ? "the service delivers them" : drainedWords(delivery);
  await io.answer({ queued, delivery }, `${grouped(queued)} dead letters queued again: ${came}`);
  return delivery === null ? EXIT.done : drainedExit(delivery);
};

export const receivers: Run<typeof declared.receivers> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  await io.each(await api.list("deliveries.endpoints", {}), receiverLine, {
    none: "no receivers are configured, and no events are meant for any",
  });
};

function receiverLine(one: EndpointView): string {
  const off = one.offSince === null ? "on " : `off since ${one.offSince}: ${printable(one.message ?? "")}`;
  const failing = one.failingSince === null ? "" : `  failing since ${one.failingSince}`;
  const counts = `${grouped(one.pending)} waiting · ${grouped(one.delivered)} delivered · ${grouped(one.dead)} dead`;
  const quiet = one.quietUntil === null ? "" : `  only urgent alarms until ${one.quietUntil}`;
  const { types } = one;
  const takes = types.length > 3 ? `${types.length} types of events` : types.join(", ");
  return `${printable(one.endpoint).padEnd(9)} ${one.url ?? "not configured"}  ${counts}  ${off}${failing}${quiet}${takes === "" ? "" : `  takes ${takes}`}`;
}

const WORDS = {
  enable: ["is on now", "was on already"],
  disable: ["is off now", "was off already"],
  forget: ["is forgotten: no events are written for it any more", "was not a receiver of this store"],
} as const;

export const turnOn: Run<typeof declared.turnOn> = ({ args, options, io }) => turn(args.receiver, "enable", options, io);
export const turnOff: Run<typeof declared.turnOff> = ({ args, options, io }) => turn(args.receiver, "disable", options, io);
export const forget: Run<typeof declared.forget> = ({ args, options, io }) => turn(args.receiver, "forget", options, io);

async function turn(
  receiver: string,
  verb: keyof typeof WORDS,
  options: OptionsOf<typeof declared.turnOn>,
  io: Io,
): Promise<void> {
  await using api = await openApi(options, io);
  if (!(await api.list("deliveries.endpoints", {})).some(({ endpoint }) => endpoint === receiver))
    throw new OutdialError("invalid_input", `there is no receiver ${JSON.stringify(receiver)}`, {
      advice: "outdial webhooks receivers lists them.",
    });
  const { changed } = await api.ask(`deliveries.${verb}`, { params: { name: receiver } });
  const said = verb === "forget" ? { receiver, changed } : { receiver, on: verb === "enable", changed };
  await io.answer(said, `${printable(receiver)} ${WORDS[verb][changed ? 0 : 1]}`);
}

export const deliver: Run<typeof declared.deliver> = async ({ options, io }) => {
  await using delivery = await openDelivery(options, io.env);
  const end = await delivery.drain();
  await io.answer(end, drainedWords(end));
  return drainedExit(end);
};

function drainedWords({ delivered, failed, dead, pending }: DeliveryEnd): string {
  return `${grouped(delivered)} delivered · ${grouped(failed)} failed · ${grouped(dead)} dead · ${grouped(pending)} waiting for a later try`;
}

function drainedExit({ failed, dead }: DeliveryEnd): number {
  return failed + dead > 0 ? EXIT.partlyFailed : EXIT.done;
}

const NAMES = { wfm: "outdial WFM", metrics: "outdial metrics" } as const;

export const register: Run<typeof declared.register> = async ({ args: { kind }, options, io }) => {
  const {
    url,
    name = NAMES[kind],
    secretFile,
    tokenEnv,
    header,
    retries: maxRetries,
    backoff: backoffMultiplier,
    timeout,
  } = options;
  if (timeout !== undefined && timeout % 1000 !== 0)
    throw new OutdialError("invalid_input", "--timeout must be whole seconds, such as 10s");
  const asked = { maxRetries, backoffMultiplier, timeoutSec: timeout === undefined ? undefined : timeout / 1000 };
  const retryPolicy = Object.values(asked).every((one) => one === undefined) ? undefined : asked;
  if (kind === "metrics" && tokenEnv !== undefined)
    throw new OutdialError("invalid_input", "--token-env is only for wfm; deliveries of metrics have headers", {
      advice: "Use --header.",
    });
  if (kind === "wfm" && header.length > 0)
    throw new OutdialError("invalid_input", "--header is only for metrics; deliveries of wfm have a bearer token", {
      advice: "Use --token-env.",
    });
  if (secretFile !== undefined && (tokenEnv !== undefined || header.length > 0))
    throw new OutdialError("invalid_input", "--secret-file replaces --token-env and --header; give only one of them");
  const secrets = { tokenEnv, secretFile, headers: headersOf(header) };
  const proof = await webhookProof(kind, secrets, io.env);
  await using api = await openApi(options, io);
  const { id, already } = await api.ask("webhooks.register", { body: { kind, name, url, retryPolicy, ...proof } });
  if (already && retryPolicy !== undefined)
    io.say(
      "the existing registration keeps its retry policy; to change it, end the registration with outdial webhooks remove and register again",
    );
  await io.answer({ id, already }, `${printable(id)} ${already ? "is registered already" : "registered"}`);
};

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new OutdialError("invalid_input", `--header ${JSON.stringify(line)} is not "Name: value"`);
      return [name, value] as const;
    }),
  );
}

const REGISTRATIONS = table<VendorWebhook>(
  [
    { title: "id", value: ({ id }) => id, isWhole: true },
    { title: "kind", value: ({ kind }) => kind, least: 7 },
    { title: "name", value: ({ name }) => name },
    { title: "url", value: ({ url }) => url },
    { title: "events", value: ({ events }) => events.join(",") },
  ],
  { heads: false },
);

export const listVendor: Run<typeof declared.listVendor> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const { items, shorter } = await api.ask("webhooks.list", {});
  await io.answer({ items, shorter }, REGISTRATIONS.lines(items, io.width));
  if (shorter === null && items.length === 0) io.say("no webhooks are registered at the tenant");
  if (shorter === null) return EXIT.done;
  io.say(`${printable(shorter)}. Look in the vendor's administration; what is gone: outdial webhooks remove ID --gone`);
  return EXIT.partlyFailed;
};

export const remove: Run<typeof declared.remove> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const { name, kind } = await api.ask("webhooks.remove", { params: { id }, query: { gone: options.gone } });
  await io.answer({ id, removed: true }, `${printable(id)} removed (${kind}, ${printable(name)})`);
};
