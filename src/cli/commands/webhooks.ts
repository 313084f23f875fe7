// outdial webhooks: deliveries, replay of dead letters, delivery by hand.

import { openDelivery, openRecords } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { known, type OptionsOf, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/webhooks.ts";
import type { Io } from "../io.ts";
import { grouped, printable, timeText } from "../render-tagging.ts";

type Delivery = Awaited<ReturnType<typeof openDelivery>>;

export const deliveries: Run<typeof declared.deliveries> = async ({ options, io }) => {
  const { limit, status } = options;
  await using records = await openRecords(options, io.env);
  await io.each(
    await records.deliveries(known({ limit, status })),
    ({ id, status, type, subject, attempts, lastError }) =>
      `${id}  ${status.padEnd(9)} ${type}  ${printable(subject)}  ${attempts} attempts${lastError === null ? "" : `  ${printable(lastError)}`}`,
    { none: "no deliveries" },
  );
};

export const replay: Run<typeof declared.replay> = async ({ options, io }) => {
  await using delivery = await openDelivery(options, io.env);
  const { from, to } = options;
  io.say(`${grouped(await delivery.replay({ from, to }))} dead letters queued again`);
  return await drain(delivery, io);
};

export const receivers: Run<typeof declared.receivers> = async ({ options, io }) => {
  await using delivery = await openDelivery(options, io.env);
  await io.each(await delivery.receivers(), receiverLine, {
    none: "no receivers are configured, and no events are meant for any",
  });
};

function receiverLine(one: Awaited<ReturnType<Delivery["receivers"]>>[number]): string {
  const off = one.offSince === null ? "on " : `off since ${timeText(one.offSince)}: ${printable(one.offReason ?? "")}`;
  const failing = one.failingSince === null ? "" : `  failing since ${timeText(one.failingSince)}`;
  const counts = `${grouped(one.pending)} waiting · ${grouped(one.delivered)} delivered · ${grouped(one.dead)} dead`;
  return `${printable(one.endpoint).padEnd(9)} ${one.origin ?? "not configured"}  ${counts}  ${off}${failing}`;
}

export const turnOn: Run<typeof declared.turnOn> = ({ args, options, io }) => turn(args.receiver, true, options, io);
export const turnOff: Run<typeof declared.turnOff> = ({ args, options, io }) => turn(args.receiver, false, options, io);

async function turn(receiver: string, on: boolean, options: OptionsOf<typeof declared.turnOn>, io: Io): Promise<void> {
  await using delivery = await openDelivery(options, io.env);
  if (!(await delivery.receivers()).some(({ endpoint }) => endpoint === receiver))
    throw new OutdialError("invalid_input", `there is no receiver ${JSON.stringify(receiver)}`, {
      advice: "outdial webhooks receivers lists them.",
    });
  const changed = await delivery.turn(receiver, on);
  const words = `${changed ? "is" : "was"} ${on ? "on" : "off"}${changed ? " now" : " already"}`;
  await io.answer({ receiver, on, changed }, `${printable(receiver)} ${words}`);
}

export const deliver: Run<typeof declared.deliver> = async ({ options, io }) => {
  await using delivery = await openDelivery(options, io.env);
  return await drain(delivery, io);
};

async function drain(delivery: Delivery, io: Io): Promise<number> {
  const end = await delivery.drain();
  await io.answer(
    end,
    `${grouped(end.delivered)} delivered · ${grouped(end.failed)} failed · ${grouped(end.dead)} dead · ${grouped(end.pending)} waiting for a later try`,
  );
  return end.failed + end.dead > 0 ? EXIT.partlyFailed : EXIT.done;
}
