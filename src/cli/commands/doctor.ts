// outdial doctor.

import { type Check, examine } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/doctor.ts";
import { printableWhole } from "../text.ts";
import { toned } from "../tone.ts";

export const doctor: Run<typeof declared.doctor> = async ({ options, io }) => {
  const checks = await examine(options, io.env);
  const failed = checks.filter(({ state }) => state === "fail").length;
  const warned = checks.filter(({ state }) => state === "warn").length;
  const words = [`${failed} wrong`, `${warned} doubtful`, `${checks.length - failed - warned} ok`];
  await io.answer({ ok: failed === 0, checks }, [
    ...checks.flatMap((check) => checkLines(check, io.colour)),
    "",
    words.join(" · "),
  ]);
  return failed === 0 ? EXIT.done : EXIT.failed;
};

function checkLines({ check, state, text, mend }: Check, colour: boolean): string[] {
  // When a file has several mistakes, each has its own line.
  const [first = "", ...more] = [...text.split("\n"), ...(mend === null ? [] : mend.split("\n"))].map(printableWhole);
  const line = `${toned(state.padEnd(4), colour)}  ${check.padEnd(20)}  ${first}`;
  return [line, ...more.map((next) => `${" ".repeat(28)}${next}`)];
}
