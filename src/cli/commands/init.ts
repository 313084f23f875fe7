// outdial init.

import { resolve } from "node:path";
import { initWorkplace, workplaceAbove } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/init.ts";
import { printableWhole } from "../text.ts";

export const init: Run<typeof declared.init> = async ({ args, options, io }) => {
  const folder = resolve(io.cwd, args.folder ?? ".");
  const above = await workplaceAbove(folder);
  const question = `${above} is a workplace already, and is used in ${folder} as well. Make another one in ${folder}?`;
  if (above !== undefined && !(await confirmed(question, io))) return EXIT.refused;
  const report = await initWorkplace(folder, options, io.env);
  const { config, store, tenant, made } = report;
  const wordOf = (what: "config" | "store") => (made.includes(what) ? "made" : "was there already");
  await io.answer(report, [
    `workplace  ${printableWhole(report.folder)}`,
    `  ${printableWhole(config)}: ${wordOf("config")}`,
    `  store ${printableWhole(store)}: ${wordOf("store")}`,
  ]);
  const steps = [
    ...(tenant === null ? [`Name the tenant under tenant.hosts in ${printableWhole(config)}.`] : []),
    "Bring the company's do-not-call list: outdial dnc import FILE (or outdial dnc declare-empty).",
    "See what is missing: outdial doctor.",
  ];
  if (made.length > 0) io.say(["", "next", ...steps.map((step) => `  ${step}`)]);
  return EXIT.done;
};
