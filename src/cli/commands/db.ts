// outdial db.

import { type DatabaseStanding, migrateDatabase, readDatabase } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/db.ts";
import type { Io } from "../io.ts";
import { printable } from "../text.ts";

export const dbMigrate: Run<typeof declared.dbMigrate> = async ({ options, io }) =>
  tell(await migrateDatabase(options, io.env), io);

export const dbStatus: Run<typeof declared.dbStatus> = async ({ options, io }) => tell(await readDatabase(options, io.env), io);

async function tell(standing: DatabaseStanding, io: Io): Promise<number> {
  const { database, server, troubles, role, outdial, dbos, isReady } = standing;
  const version = ({ found, wanted }: DatabaseStanding["outdial"]) =>
    `${found === null ? "not known: the role may not read it" : found === 0 ? "missing" : found}; this outdial works with ${wanted}`;
  await io.answer(standing, [
    `database        ${printable(database)}, role ${printable(role)}`,
    `server          ${printable(server)}`,
    ...troubles.flatMap(({ state, text, mend }) => [`  ${state}  ${text}`, `        ${mend}`]),
    `schema outdial  ${version(outdial)}`,
    `schema dbos     ${version(dbos)}`,
  ]);
  if (!isReady && (outdial.found ?? 0) < outdial.wanted) io.say("bring it up to date: outdial db migrate");
  return isReady ? EXIT.done : EXIT.failed;
}
