// outdial data: what is kept, for how long, and where a person is.

import { openApi } from "../../app/index.ts";
import { MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import type { Answer } from "../../server/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { wrong } from "../declare.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/data.ts";
import type { Io } from "../io.ts";
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
/** And read again until nothing is left. */
const ERASE_MS = 4 * FIND_MS;

export const findPerson: Run<typeof declared.findPerson> = async ({ args: { number }, options, io }) => {
  await using api = await openApi(options, io);
  const answer = await api.ask("data.find", { body: { person: `+${number}` }, withinMs: FIND_MS });
  await io.answer(
    answer,
    answer.items.length === 0 ? "nothing that is kept has this number" : PLACES.lines(answer.items, io.width),
  );
};

const STEPS = table<Answer<"data.previewErase">["places"][number]>([
  { title: "where", value: ({ name }) => name, isWhole: true },
  { title: "rows", value: ({ rows }) => grouped(rows) },
  { title: "of calls", value: ({ calls }) => grouped(calls) },
  { title: "when erased", value: ({ erased }) => erased },
]);

const erasedLines = ({ id, erased, left }: Answer<"data.eraseAgain">["items"][number], io: Io): string[] => [
  `erased; in place of the number stands ${id}`,
  ...erased.map(({ name, rows }) => `  ${name}: ${grouped(rows)}`),
  ...(left.length === 0 ? ["nothing is left"] : ["what is left:", ...STEPS.lines(left, io.width)]),
];

export const erasePerson: Run<typeof declared.erasePerson> = async ({ args: { number }, options, io }) => {
  const { again, reason } = options;
  if (again === (number !== undefined)) throw wrong("give a number, or --again");
  await using api = await openApi(options, io);
  if (number === undefined) {
    if (!(await confirmed("Erase again whoever was erased since the backup?", io))) return EXIT.interrupted;
    const answer = await api.ask("data.eraseAgain", { withinMs: ERASE_MS });
    const lines = answer.items.flatMap((one) => erasedLines(one, io));
    return await io.answer(answer, lines.length === 0 ? "the database has every erasure of the list" : lines);
  }
  if (reason === undefined) throw wrong("--reason is needed: why the person is erased");
  const body = { person: `+${number}`, reason };
  const { confirm, places, refusals } = await api.ask("data.previewErase", { body, withinMs: FIND_MS });
  if (refusals.length > 0) throw new OutdialError("plan_refused", refusals.join("; "));
  if (!io.yes) for (const line of STEPS.lines(places, io.width)) io.say(line);
  if (!(await confirmed("Erase the person? It cannot be taken back.", io))) return EXIT.interrupted;
  const { result, approval } = await api.carryOut("data.erase", { body: { ...body, confirm }, withinMs: ERASE_MS });
  if (approval !== null) return await answerWaits(approval, io);
  return await io.answer(result, erasedLines(result, io));
};
