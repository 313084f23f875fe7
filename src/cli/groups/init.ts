// outdial init: a workplace.

import { command } from "../command.ts";
import { choice, file, flag, TENANT_AND_STORE } from "../declare.ts";

export const init = command(
  "init",
  { ...TENANT_AND_STORE, makes: "store" },
  {
    runs: "here",
    summary: "create a workplace: outdial.yaml, and the store with the key of its audit log",
    args: [file("[folder]", "where; this folder by default")],
    options: [
      flag(
        "--sandbox",
        "for a sandbox tenant, which is started here and runs until Ctrl-C; again starts it anew at the same address",
      ),
      choice("--profile <profile>", "which of the vendor's interfaces the tenant answers; default: OUTDIAL_PROFILE, else rest", [
        "rest",
        "acd",
      ]),
    ],
    interrupted: "the sandbox is stopped; the workplace stays",
    notes:
      "Commands find the workplace from its folder and from every folder below it. Existing files are not changed.\n" +
      "With --database-url or DATABASE_URL the store is that database; its tables are created there.",
    examples: [
      "outdial init",
      "outdial init --sandbox",
      "outdial init --sandbox --profile acd",
      "outdial init renewals --tenant-url https://api-us-02.niceincontact.com",
    ],
  },
);
