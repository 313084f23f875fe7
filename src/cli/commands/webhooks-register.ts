// outdial webhooks register, vendor, remove: registrations for the vendor's own events.

import { readVendorWebhooks, registerWebhook, removeWebhook } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/webhooks.ts";
import { printable } from "../render-tagging.ts";

const NAMES = { wfm: "outdial WFM", metrics: "outdial metrics" } as const;

export const register: Run<typeof declared.register> = async ({ args: { kind }, options, io }) => {
  const { url, name = NAMES[kind], secretFile, tokenEnv, header } = options;
  if (kind === "metrics" && tokenEnv !== undefined)
    throw new OutdialError("invalid_input", "--token-env belongs to wfm; deliveries of metrics carry headers", {
      advice: "Use --header.",
    });
  if (kind === "wfm" && header.length > 0)
    throw new OutdialError("invalid_input", "--header belongs to metrics; deliveries to wfm carry a bearer token", {
      advice: "Use --token-env.",
    });
  if (secretFile !== undefined && (tokenEnv !== undefined || header.length > 0))
    throw new OutdialError("invalid_input", "--secret-file stands for --token-env and --header; give only one of them");
  const secrets = { tokenEnv, secretFile, headers: headersOf(header) };
  const { id, already } = await registerWebhook(options, io.env, { kind, name, url }, secrets);
  await io.answer({ id, already }, `${printable(id)} ${already ? "is registered already" : "registered"}`);
};

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new OutdialError("invalid_input", `--header ${JSON.stringify(line)} is not "Name: value"`);
      return [name, value] as const;
    }),
  );
}

export const listVendor: Run<typeof declared.listVendor> = async ({ options, io }) => {
  const webhooks = await readVendorWebhooks(options, io.env);
  await io.answer(
    { webhooks },
    webhooks.map(({ id, kind, name, url, events }) =>
      [id, kind.padEnd(7), name, url, events.join(",")].map(printable).join("  "),
    ),
  );
  if (webhooks.length === 0) io.say("no webhooks are registered at the tenant");
};

export const remove: Run<typeof declared.remove> = async ({ args: { id }, options, io }) => {
  const { name, kind } = await removeWebhook(options, io.env, id);
  await io.answer({ id, removed: true }, `${printable(id)} removed (${kind}, ${printable(name)})`);
};
