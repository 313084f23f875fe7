// outdial compliance gate, manifests and verify-manifest.

import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFacts, readSettings } from "../../app/index.ts";
import { CALL_TYPES } from "../../compliance/index.ts";
import { messageOf } from "../../kernel/index.ts";
import {
  type GateManifest,
  hashing,
  OperationError,
  parseManifest,
  readContacts,
  verifyManifest,
} from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf, wholeNumber } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import type { SourceFlags } from "../source.ts";
import { momentOf } from "../values.ts";
import { type PackFlags, packOf } from "./compliance-check.ts";
import { factSource, refusedLine } from "./facts-import.ts";

export interface GateFlags extends SourceFlags, PackFlags {
  readonly campaign: string;
  readonly callType: string;
  readonly subject?: string;
  readonly at?: string;
  readonly out?: string;
  readonly reasons?: boolean;
  readonly manifest?: string;
  readonly record?: string;
  readonly databaseUrl?: string;
}

export async function gate([file = "-"]: readonly string[], flags: GateFlags, io: Io): Promise<number> {
  const callType = oneOf("--call-type", flags.callType, CALL_TYPES);
  if (flags.campaign.trim() === "") throw new OperationError("invalid_input", "--campaign is empty");
  if (flags.out !== undefined && flags.out === flags.record)
    throw new OperationError("invalid_input", `--out and --record are the same file, ${flags.out}`);
  const source = await factSource(file, flags, io);
  const pack = await packOf(flags, io);
  await using runtime = await openFacts(flags, io.env);
  const at = momentOf(flags.at, runtime.clock.now());
  await using output = flags.out === undefined ? undefined : await openOutput(flags.out, io);
  await using record = flags.record === undefined ? undefined : await openOutput(flags.record, io);
  const { campaign, subject, reasons } = flags;
  const { manifest } = await interruptible(io, source, "there is no manifest, so nothing of this may be dialed", (list) =>
    runtime.gate(
      { campaign, callType, subject, at, pack, contacts: readContacts(list), reasons },
      {
        ...(output === undefined ? {} : { verdict: (_, json) => output.text(json) }),
        ...(record === undefined ? {} : { record: (json) => record.text(json) }),
        refused: (line) => io.complain(refusedLine(line)),
        progress: (contacts) => io.progress(`deciding · ${grouped(contacts)} contacts`),
      },
    ),
  );
  if (flags.manifest !== undefined) await save(flags.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  const lines = gateLines(manifest);
  if (flags.out === "-" || flags.record === "-") for (const line of lines) io.say(line);
  else if (io.json) await io.data(JSON.stringify({ gate: manifest }));
  else for (const line of lines) await io.data(line);
  return manifest.counts.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot write ${path}: ${messageOf(thrown)}`);
  }
}

/** A manifest for a person: the whole in one line, then what there is to know about it. */
export function gateLines(manifest: GateManifest): string[] {
  const { counts, byReason, input } = manifest;
  const parts = byReason.map(({ reason, verdict, contacts, from, to }) => {
    if (verdict === "never") return `${grouped(contacts)} ${reason}`;
    return `${grouped(contacts)} ${reason} until ${from ?? ""}${to === from ? "" : ` to ${to ?? ""}`}`;
  });
  if (counts.refused > 0) parts.push(`${grouped(counts.refused)} unreadable`);
  const registries = manifest.facts.registries.map(({ registry, asOf }) => `${registry} of ${asOf}`).join(", ");
  const lines = [
    `${grouped(input.contacts)} loaded: ${[`${grouped(counts.dial)} callable now`, ...parts].join(", ")}`,
    `${manifest.id} · campaign ${printable(manifest.campaign)} at ${manifest.at} · pack ${manifest.pack.version} · registry ${registries === "" ? "none loaded" : registries}`,
  ];
  const { unresolvedOptOuts } = manifest.facts;
  if (unresolvedOptOuts > 0)
    lines.push(
      `${grouped(unresolvedOptOuts)} opt-outs are of calls whose number is not known (outdial dnc pending): import the attempts of these calls`,
    );
  return lines;
}

interface ManifestFlags extends GlobalFlags {
  readonly campaign?: string;
  readonly limit: string;
  readonly databaseUrl?: string;
}

export async function manifests([id]: readonly string[], flags: ManifestFlags, io: Io): Promise<number> {
  const limit = wholeNumber("--limit", flags.limit, 1, 100_000);
  await using runtime = await openFacts(flags, io.env);
  if (id !== undefined) {
    const found = await runtime.facts.findManifest(id);
    if (found === undefined)
      throw new OperationError("invalid_input", `there is no manifest ${id}`, {
        advice: "outdial compliance manifests lists them.",
      });
    await io.data(found.manifest);
    return EXIT.done;
  }
  const found = await runtime.facts.listManifests({ campaign: flags.campaign, limit });
  for (const { manifest } of found) {
    if (io.json) await io.data(manifest);
    else for (const [n, line] of manifestLines(manifest).entries()) await io.data(`${n === 0 ? "" : "    "}${line}`);
  }
  if (found.length === 0) io.say("no manifests");
  else if (found.length === limit) io.say(`the newest ${grouped(limit)}; --limit shows more`);
  return EXIT.done;
}

/** A stored manifest for a person: its name first. */
function manifestLines(text: string): string[] {
  const [counts = "", name = ""] = gateLines(parseManifest(text));
  return [name, counts];
}

interface VerifyFlags extends GlobalFlags {
  readonly key?: string;
  readonly decisions?: string;
  readonly record?: string;
}

export async function verifyGate([file = ""]: readonly string[], flags: VerifyFlags, io: Io): Promise<number> {
  const key = flags.key ?? join((await readSettings(flags, io.env)).dir, "audit.pub");
  const [text, vkey] = await Promise.all([read(file), read(key)]);
  const verdict = verifyManifest(text, vkey, {
    output: flags.decisions === undefined ? undefined : await hashOf(flags.decisions),
    record: flags.record === undefined ? undefined : await hashOf(flags.record),
  });
  if (io.json) await io.data(JSON.stringify(verdict));
  else if (!verdict.ok) await io.data(`NOT verified: ${printable(verdict.reason)}`);
  else {
    await io.data(`verified: signed by ${vkey.split("+")[0] ?? ""}, unchanged since ${verdict.manifest.madeAt}`);
    for (const line of gateLines(verdict.manifest)) await io.data(line);
  }
  return verdict.ok ? EXIT.done : EXIT.failed;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${path}: ${messageOf(thrown)}`);
  }
}

async function hashOf(path: string): Promise<string> {
  const { bytes, digest } = hashing(createReadStream(path));
  try {
    for await (const _ of bytes);
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${path}: ${messageOf(thrown)}`);
  }
  return digest();
}
