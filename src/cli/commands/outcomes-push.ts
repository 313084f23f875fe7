// outdial outcomes push crm: tell the CRM of retrievals, and bring it the records.

import { type CrmRuntime, openCrm } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";

/** Refused records that are shown without --out. */
const SHOWN = 10;

export const pushCrm: Run<typeof declared.pushCrm> = async ({ options, io }) => {
  const { campaign: campaignId, to, last, batch, again, map, out } = options;
  const from = options.from ?? (last === undefined ? undefined : (to ?? io.clock.now()) - last);
  await using crm = await openCrm(options, io.env);
  const { signal } = io;
  signal.addEventListener("abort", () => io.say("stopping: what the CRM has is noted; the same command goes on from there …"));
  try {
    const announced = await crm.announce();
    const delivery = await crm.deliver();
    const request = { campaignId, from, to, batch, again, map };
    const records = options.records ? await pushRecords(crm, request, out, io) : undefined;
    const events = `events: ${grouped(announced)} queued · ${grouped(delivery.delivered)} delivered · ${grouped(delivery.failed)} failed · ${grouped(delivery.dead)} dead`;
    const refused = records === undefined ? 0 : records.refused + records.refusedBefore;
    await io.answer({ announced, delivery, records }, [
      events,
      ...(records === undefined
        ? []
        : [
            `records: ${grouped(records.acknowledged)} acknowledged · ${grouped(records.unchanged)} unchanged · ${grouped(refused)} refused`,
          ]),
    ]);
    return delivery.failed + delivery.dead + refused > 0 ? EXIT.partlyFailed : EXIT.done;
  } catch (thrown) {
    if (signal.aborted) return EXIT.interrupted;
    throw thrown;
  }
};

async function pushRecords(crm: CrmRuntime, request: Parameters<CrmRuntime["push"]>[0], out: string | undefined, io: Io) {
  await using output = await openOutput(out, io);
  let shown = 0;
  return await crm.push(request, {
    signal: io.signal,
    onProgress: ({ calls, acknowledged, refused }) =>
      io.progress(`${grouped(calls)} calls · ${grouped(acknowledged)} acknowledged · ${grouped(refused)} refused`),
    async onRefused(refusal) {
      await output?.line(refusal);
      if (shown++ < SHOWN) io.say(`refused ${printable(refusal.callId)}: ${refusal.status} ${printable(refusal.reason)}`);
      else if (shown === SHOWN + 1 && out === undefined) io.say("… more are refused; --out FILE writes them all");
    },
  });
}
