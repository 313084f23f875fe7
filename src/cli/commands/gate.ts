// outdial compliance gate, manifests and verify-manifest.

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { openFacts, readSettings } from "../../app/index.ts";
import { messageOf } from "../../kernel/index.ts";
import {
  type GateManifest,
  hashing,
  OperationError,
  parseManifest,
  readContacts,
  verifyManifest,
} from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { interruptible } from "../interrupt.ts";
import { openOutput, writeText } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import { readFileText, rowSource } from "../source.ts";
import { packOf } from "./compliance-check.ts";
import { refusedLine } from "./facts-import.ts";

export const gate: Run<typeof declared.gate> = async ({ args, options, io }) => {
  const { campaign, callType, subject, reasons, out, record: recordFile } = options;
  if (campaign.trim() === "") throw new OperationError("invalid_input", "--campaign is empty");
  if (out !== undefined && out === recordFile)
    throw new OperationError("invalid_input", `--out and --record are the same file, ${out}`);
  const source = await rowSource(args.contacts, options, io);
  const pack = await packOf(options, io);
  await using runtime = await openFacts(options, io.env);
  const at = options.at ?? runtime.clock.now();
  await using output = await openOutput(out, io);
  await using record = await openOutput(recordFile, io);
  const contacts = readContacts(interruptible(io, source, "there is no manifest, so nothing of this may be dialed"));
  const { manifest } = await runtime.gate(
    { campaign, callType, subject, at, pack, contacts, reasons },
    {
      ...(output === undefined ? {} : { verdict: (_, json) => output.text(json) }),
      ...(record === undefined ? {} : { record: (json) => record.text(json) }),
      refused: (line) => io.complain(refusedLine(line)),
      progress: (done) => io.progress(`deciding · ${grouped(done)} contacts`),
    },
  );
  if (options.manifest !== undefined) await writeText(options.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  if (out === "-" || recordFile === "-") io.say(gateLines(manifest));
  else await io.answer({ gate: manifest }, gateLines(manifest));
  return manifest.counts.refused > 0 ? EXIT.partlyFailed : EXIT.done;
};

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

export const manifests: Run<typeof declared.manifests> = async ({ args: { id }, options, io }) => {
  const { campaign, limit } = options;
  await using runtime = await openFacts(options, io.env);
  if (id !== undefined) {
    const found = await runtime.facts.findManifest(id);
    if (found !== undefined) return await io.data(found.manifest);
    throw new OperationError("invalid_input", `there is no manifest ${id}`, {
      advice: "outdial compliance manifests lists them.",
    });
  }
  const found = await runtime.facts.listManifests({ campaign, limit });
  for (const { manifest } of found) await io.data(io.json ? manifest : manifestLines(manifest));
  if (found.length === 0) io.say("no manifests");
  else if (found.length === limit) io.say(`the newest ${grouped(limit)}; --limit shows more`);
};

/** A stored manifest for a person: its name first. */
function manifestLines(text: string): string[] {
  const [counts = "", name = ""] = gateLines(parseManifest(text));
  return [name, `    ${counts}`];
}

export const verifyGate: Run<typeof declared.verifyGate> = async ({ args, options, io }) => {
  const key = options.key ?? join((await readSettings(options, io.env)).dir, "audit.pub");
  const [text, vkey] = await Promise.all([readFileText(args.file), readFileText(key)]);
  const [output, record] = [await hashOf(options.decisions), await hashOf(options.record)];
  const verdict = verifyManifest(text, vkey, { output, record });
  await io.answer(
    verdict,
    verdict.ok
      ? [
          `verified: signed by ${vkey.split("+")[0] ?? ""}, unchanged since ${verdict.manifest.madeAt}`,
          ...gateLines(verdict.manifest),
        ]
      : `NOT verified: ${printable(verdict.reason)}`,
  );
  return verdict.ok ? EXIT.done : EXIT.failed;
};

async function hashOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { bytes, digest } = hashing(createReadStream(path));
  try {
    for await (const _ of bytes);
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${path}: ${messageOf(thrown)}`);
  }
  return digest();
}
