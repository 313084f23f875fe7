// outdial data: what is kept, for how long, and where a person is.

import { openApi } from "../../app/index.ts";
import { MINUTE_MS } from "../../kernel/index.ts";
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

const PLACES = table<Answer<"data.find">["items"][number]>([
  { title: "where", value: ({ name }) => name, isWhole: true },
  { title: "rows", value: ({ rows }) => grouped(rows) },
  { title: "of calls", value: ({ calls }) => grouped(calls) },
  { title: "kept", value: ({ kept }) => kept },
  { title: "removed by", value: ({ by }) => by },
  { title: "holds", value: ({ holds }) => holds },
]);
/** Everything is read. */
const FIND_MS = 30 * MINUTE_MS;

export const findPerson: Run<typeof declared.findPerson> = async ({ args: { number }, options, io }) => {
  await using api = await openApi(options, io);
  const answer = await api.ask("data.find", { body: { person: `+${number}` }, withinMs: FIND_MS });
  await io.answer(
    answer,
    answer.items.length === 0 ? "nothing that is kept has this number" : PLACES.lines(answer.items, io.width),
  );
};
