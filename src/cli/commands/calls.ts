// outdial calls show.

import { readCall } from "../../app/index.ts";
import { cellText } from "../../kernel/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/calls.ts";
import { printable } from "../text.ts";

export const showCall: Run<typeof declared.showCall> = async ({ args: { id }, options, io }) => {
  const call = await readCall(id, options, io.env);
  const { disposition, ...fields } = call;
  const shown = Object.entries({ ...fields, ...disposition }).filter(([, value]) => cellText(value) !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  await io.answer(
    call,
    shown.map(([name, value]) => `${printable(name).padEnd(width)}  ${printable(cellText(value))}`),
  );
};
