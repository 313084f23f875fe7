// outdial webhooks: deliveries, replay of dead letters, delivery by hand.

import { openDelivery, openRecords } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { oneOf, wholeNumber } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
}

export async function deliveries(
  _args: readonly string[],
  flags: Flags & { status?: string; limit: string },
  io: Io,
): Promise<number> {
  const status =
    flags.status === undefined ? undefined : oneOf("--status", flags.status, ["pending", "delivered", "dead"] as const);
  await using records = await openRecords(flags, io.env);
  const list = await records.deliveries({
    limit: wholeNumber("--limit", flags.limit, 1, 100_000),
    ...(status === undefined ? {} : { status }),
  });
  for (const delivery of list) {
    if (io.json) await io.data(JSON.stringify(delivery));
    else {
      const trouble = delivery.lastError === null ? "" : `  ${printable(delivery.lastError)}`;
      await io.data(
        `${delivery.id}  ${delivery.status.padEnd(9)} ${delivery.type}  ${printable(delivery.subject)}  ${delivery.attempts} attempts${trouble}`,
      );
    }
  }
  if (list.length === 0) io.say("no deliveries");
  return EXIT.done;
}

export async function replay(_args: readonly string[], flags: Flags & { from?: string; to?: string }, io: Io): Promise<number> {
  const bound = (flag: string, text: string | undefined) =>
    text === undefined ? undefined : wholeNumber(flag, text, 0, Number.MAX_SAFE_INTEGER);
  await using delivery = await openDelivery(flags, io.env);
  const queued = await delivery.replay({ from: bound("--from", flags.from), to: bound("--to", flags.to) });
  io.say(`${grouped(queued)} dead letters queued again`);
  return await drain(delivery, io);
}

export async function receivers(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using delivery = await openDelivery(flags, io.env);
  const list = await delivery.receivers();
  for (const one of list) {
    if (io.json) await io.data(JSON.stringify(one));
    else await io.data(receiverLine(one));
  }
  if (list.length === 0) io.say("no receivers are configured, and no events are meant for any");
  return EXIT.done;
}

function receiverLine(one: Awaited<ReturnType<Awaited<ReturnType<typeof openDelivery>>["receivers"]>>[number]): string {
  const off =
    one.offSince === null ? "on " : `off since ${new Date(one.offSince).toISOString()}: ${printable(one.offReason ?? "")}`;
  const failing = one.failingSince === null ? "" : `  failing since ${new Date(one.failingSince).toISOString()}`;
  const counts = `${grouped(one.pending)} waiting · ${grouped(one.delivered)} delivered · ${grouped(one.dead)} dead`;
  return `${printable(one.endpoint).padEnd(9)} ${one.origin ?? "not configured"}  ${counts}  ${off}${failing}`;
}

export async function turnOn(args: readonly string[], flags: Flags, io: Io): Promise<number> {
  return await turn(args, true, flags, io);
}

export async function turnOff(args: readonly string[], flags: Flags, io: Io): Promise<number> {
  return await turn(args, false, flags, io);
}

async function turn([receiver = ""]: readonly string[], on: boolean, flags: Flags, io: Io): Promise<number> {
  await using delivery = await openDelivery(flags, io.env);
  if (!(await delivery.receivers()).some(({ endpoint }) => endpoint === receiver))
    throw new OutdialError("invalid_input", `there is no receiver ${JSON.stringify(receiver)}`, {
      advice: "outdial webhooks receivers lists them.",
    });
  const changed = await delivery.turn(receiver, on);
  if (io.json) await io.data(JSON.stringify({ receiver, on, changed }));
  else await io.data(`${printable(receiver)} ${changed ? "is" : "was"} ${on ? "on" : "off"}${changed ? " now" : " already"}`);
  return EXIT.done;
}

export async function deliver(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using delivery = await openDelivery(flags, io.env);
  return await drain(delivery, io);
}

async function drain(delivery: Awaited<ReturnType<typeof openDelivery>>, io: Io): Promise<number> {
  const end = await delivery.drain();
  if (io.json) await io.data(JSON.stringify(end));
  else
    await io.data(
      `${grouped(end.delivered)} delivered · ${grouped(end.failed)} failed · ${grouped(end.dead)} dead · ${grouped(end.pending)} waiting for a later try`,
    );
  return end.failed + end.dead > 0 ? EXIT.partlyFailed : EXIT.done;
}
