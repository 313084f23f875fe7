// outdial data: what is kept, and for how long.

import { openApi } from "../../app/index.ts";
import type { Answer } from "../../server/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/data.ts";
import { table } from "../table.ts";
import { grouped } from "../text.ts";

const TABLE = table<Answer<"lives.list">["items"][number]>([
  { title: "what", value: ({ name }) => name, isWhole: true },
  { title: "kept", value: ({ kept }) => kept },
  { title: "removed by", value: ({ by }) => by },
  { title: "changed by", value: ({ changed }) => changed },
  { title: "removed", value: ({ removed }) => (removed === null ? "" : grouped(removed)) },
  { title: "holds", value: ({ holds }) => holds },
]);

export const lives: Run<typeof declared.lives> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const answer = await api.ask("lives.list", {});
  await io.answer(answer, TABLE.lines(answer.items, io.width));
};
