// outdial outcomes push crm: tell the CRM of retrievals, and bring it the records.

import { type CrmRuntime, openCrm } from "../../app/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import { instant, span } from "../time-options.ts";

interface PushFlags extends GlobalFlags {
  readonly records?: boolean;
  readonly campaign?: string;
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly map?: string;
  readonly batch: string;
  readonly again?: boolean;
  readonly out?: string;
  readonly databaseUrl?: string;
}

/** Refused records that are shown without --out. */
const SHOWN = 10;

export async function pushCrm(_args: readonly string[], flags: PushFlags, io: Io): Promise<number> {
  const lastMs = span("--last", flags.last);
  const to = instant("--to", flags.to);
  const from = instant("--from", flags.from) ?? (lastMs === undefined ? undefined : (to ?? io.clock.now()) - lastMs);
  const batch = wholeNumber("--batch", flags.batch, 1, 10_000);
  const stop = new AbortController();
  const interrupt = () => {
    io.say("stopping: what the CRM has is noted; the same command goes on from there …");
    stop.abort();
  };
  await using crm = await openCrm(flags, io.env);
  using _listening = io.onInterrupt(interrupt);
  try {
    const announced = await crm.announce();
    const delivery = await crm.deliver();
    const request = { campaignId: flags.campaign, from, to, batch, again: flags.again, map: flags.map };
    const records = flags.records === true ? await pushRecords(crm, request, flags.out, stop.signal, io) : undefined;
    if (io.json) await io.data(JSON.stringify({ announced, delivery, ...(records === undefined ? {} : { records }) }));
    else {
      await io.data(
        `events: ${grouped(announced)} queued · ${grouped(delivery.delivered)} delivered · ${grouped(delivery.failed)} failed · ${grouped(delivery.dead)} dead`,
      );
      if (records !== undefined)
        await io.data(
          `records: ${grouped(records.acknowledged)} acknowledged · ${grouped(records.unchanged)} unchanged · ${grouped(records.refused + records.refusedBefore)} refused`,
        );
    }
    const troubles = delivery.failed + delivery.dead + (records === undefined ? 0 : records.refused + records.refusedBefore);
    return troubles > 0 ? EXIT.partlyFailed : EXIT.done;
  } catch (thrown) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw thrown;
  }
}

async function pushRecords(
  crm: CrmRuntime,
  request: Parameters<CrmRuntime["push"]>[0],
  out: string | undefined,
  signal: AbortSignal,
  io: Io,
) {
  await using output = out === undefined ? undefined : await openOutput(out, io);
  let shown = 0;
  return await crm.push(request, {
    signal,
    onProgress: ({ calls, acknowledged, refused }) =>
      io.progress(`${grouped(calls)} calls · ${grouped(acknowledged)} acknowledged · ${grouped(refused)} refused`),
    async onRefused(refusal) {
      await output?.line(refusal);
      if (shown++ < SHOWN) io.say(`refused ${printable(refusal.callId)}: ${refusal.status} ${printable(refusal.reason)}`);
      else if (shown === SHOWN + 1 && out === undefined) io.say("… more are refused; --out FILE writes them all");
    },
  });
}
