// outdial doctor.

import { type Check, examine } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/doctor.ts";
import { printableWhole, wrapped } from "../text.ts";
import { toned } from "../tone.ts";

export const doctor: Run<typeof declared.doctor> = async ({ options, io }) => {
  const checks: Check[] = [];
  for await (const some of examine(options, io.env, io.say)) {
    checks.push(...some);
    if (!io.json) await io.data(some.flatMap((check) => checkLines(check, io.colour)).flatMap((line) => wrapped(line, io.width)));
  }
  const counts = SUMMARY.flatMap(({ state, word }) => {
    const count = checks.filter((check) => check.state === state).length;
    return count === 0 ? [] : `${count} ${word}`;
  });
  // A person chooses the lists; without the tenant nothing works.
  const isReady = checks.every(({ check, state }) => state !== "fail" && (check !== "tenant" || state !== "todo"));
  await io.answer({ ok: isReady, checks }, ["", counts.join(" · ")]);
  return isReady ? EXIT.done : EXIT.failed;
};

const SUMMARY: readonly { readonly state: Check["state"]; readonly word: string }[] = [
  { state: "fail", word: "wrong" },
  { state: "todo", word: "left to do" },
  { state: "warn", word: "doubtful" },
  { state: "ok", word: "ok" },
];

function checkLines({ check, state, text, mend }: Check, colour: boolean): string[] {
  // When a file has several mistakes, each has its own line.
  const [first = "", ...more] = [...text.split("\n"), ...(mend === null ? [] : mend.split("\n"))].map(printableWhole);
  const line = `${toned(state.padEnd(4), colour)}  ${check.padEnd(20)}  ${first}`;
  return [line, ...more.map((next) => `${" ".repeat(28)}${next}`)];
}
