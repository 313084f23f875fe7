// outdial context.

import { readContext } from "../../app/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/context.ts";
import { printableWhole } from "../text.ts";

export const context: Run<typeof declared.context> = async ({ options, io }) => {
  const found = await readContext(options, io.env);
  const lines = Object.entries(found).map(
    ([name, { value, from }]) => `${name.padEnd(11)} ${value === null ? "none" : printableWhole(value)}  (${from})`,
  );
  await io.answer(found, lines);
};
