// outdial calls show and recordings.

import { openApi } from "../../app/index.ts";
import { cellText } from "../../kernel/index.ts";
import type { RecordingLink } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/calls.ts";
import { table } from "../table.ts";
import { printable } from "../text.ts";

export const showCall: Run<typeof declared.showCall> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const call = await api.ask("calls.show", { params: { id } });
  const { disposition, ...fields } = call;
  const parts = typeof disposition === "object" ? disposition : {};
  const shown = Object.entries<unknown>({ ...fields, ...parts }).filter(([, value]) => cellText(value) !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  await io.answer(
    call,
    shown.map(([name, value]) => `${printable(name).padEnd(width)}  ${printable(cellText(value))}`),
  );
};

const LINKS = table<RecordingLink>([
  { title: "recording", value: ({ url }) => url, isWhole: true },
  { title: "media", value: ({ media }) => media ?? "" },
  { title: "from", value: ({ from }) => from ?? "" },
  { title: "to", value: ({ to }) => to ?? "" },
]);

export const recordings: Run<typeof declared.recordings> = async ({ args: { id }, options, io }) => {
  await using api = await openApi(options, io);
  const { items } = await api.ask("calls.recordings", { params: { id } });
  await io.answer({ items }, LINKS.lines(items, io.width));
  if (items.length === 0) io.say(`no recordings: the tenant has none of ${printable(id)}, or does not know it`);
};
