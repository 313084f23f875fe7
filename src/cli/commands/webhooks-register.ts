// outdial webhooks register, vendor, remove: registrations for the vendor's own events.

import { readVendorWebhooks, registerWebhook, removeWebhook } from "../../app/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { VENDOR_WEBHOOKS } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { oneOf } from "../options.ts";
import { printable } from "../render-tagging.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

const NAMES = { wfm: "outdial WFM", metrics: "outdial metrics" } as const;

export async function register(
  [word = ""]: readonly string[],
  flags: Flags & {
    readonly url: string;
    readonly name?: string;
    readonly tokenEnv?: string;
    readonly secretFile?: string;
    readonly header: readonly string[];
  },
  io: Io,
): Promise<number> {
  const kind = oneOf("<kind>", word, VENDOR_WEBHOOKS);
  if (kind === "metrics" && flags.tokenEnv !== undefined)
    throw new OutdialError("invalid_input", "--token-env belongs to wfm; deliveries of metrics carry headers", {
      advice: "Use --header.",
    });
  if (kind === "wfm" && flags.header.length > 0)
    throw new OutdialError("invalid_input", "--header belongs to metrics; deliveries to wfm carry a bearer token", {
      advice: "Use --token-env.",
    });
  if (flags.secretFile !== undefined && (flags.tokenEnv !== undefined || flags.header.length > 0))
    throw new OutdialError("invalid_input", "--secret-file stands for --token-env and --header; give only one of them");
  const draft = { kind, name: flags.name ?? NAMES[kind], url: flags.url };
  const { id, already } = await registerWebhook(flags, io.env, draft, {
    tokenEnv: flags.tokenEnv,
    secretFile: flags.secretFile,
    headers: headersOf(flags.header),
  });
  if (io.json) await io.data(JSON.stringify({ id, already }));
  else await io.data(`${printable(id)} ${already ? "is registered already" : "registered"}`);
  return EXIT.done;
}

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

export async function listVendor(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  const list = await readVendorWebhooks(flags, io.env);
  if (io.json) await io.data(JSON.stringify({ webhooks: list }));
  else
    for (const { id, kind, name, url, events } of list)
      await io.data([id, kind.padEnd(7), name, url, events.join(",")].map(printable).join("  "));
  if (list.length === 0) io.say("no webhooks are registered at the tenant");
  return EXIT.done;
}

export async function remove([id = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  const { name, kind } = await removeWebhook(flags, io.env, id);
  if (io.json) await io.data(JSON.stringify({ id, removed: true }));
  else await io.data(`${printable(id)} removed (${kind}, ${printable(name)})`);
  return EXIT.done;
}
