// outdial webhooks: deliveries, replay of dead letters, delivery by hand.

import { openDelivery, openRecords } from "../../app/index.ts";
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
  await using records = await openRecords(flags, process.env);
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
  await using delivery = await openDelivery(flags, process.env);
  const queued = await delivery.replay({ from: bound("--from", flags.from), to: bound("--to", flags.to) });
  io.say(`${grouped(queued)} dead letters queued again`);
  return await drain(delivery, io);
}

export async function deliver(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using delivery = await openDelivery(flags, process.env);
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
