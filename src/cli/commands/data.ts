// outdial data: what is kept, and for how long.

import { openRecords } from "../../app/index.ts";
import type { LifeStanding } from "../../store/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/data.ts";
import { table } from "../table.ts";
import { grouped } from "../text.ts";

const TABLE = table<LifeStanding>([
  { title: "what", value: ({ name }) => name, isWhole: true },
  { title: "kept", value: ({ kept }) => kept },
  { title: "removed by", value: ({ by }) => by },
  { title: "changed by", value: ({ changed }) => changed },
  { title: "removed", value: ({ removed }) => (removed === null ? "" : grouped(removed)) },
  { title: "holds", value: ({ holds }) => holds },
]);

export const lives: Run<typeof declared.lives> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const items = await records.lives();
  await io.answer(
    {
      items: items.map((item) => ({
        ...item,
        removedAt: item.removedAt === null ? null : new Date(item.removedAt).toISOString(),
      })),
    },
    TABLE.lines(items, io.width),
  );
};
