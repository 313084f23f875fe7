// outdial outcomes report: conversion, what it is made of, how it moves; to the terminal or a file.

import { writeFile } from "node:fs/promises";
import { reportOnOutcomes } from "../../app/index.ts";
import { messageOf } from "../../kernel/index.ts";
import { OperationError } from "../../operations/index.ts";
import { type OutcomeReport, renderCsv, renderHtml, renderText } from "../../outcomes/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf, wholeNumber } from "../options.ts";
import { words } from "../time-options.ts";

interface ReportFlags extends GlobalFlags {
  readonly campaign: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly map?: string;
  readonly zone?: string;
  readonly by?: string;
  readonly compare: readonly string[];
  readonly minimum?: string;
  readonly confidence: string;
  readonly format?: string;
  readonly out?: string;
  readonly keep: boolean;
  readonly databaseUrl?: string;
}

const FORMATS = ["text", "html", "json", "csv"] as const;
const ENDINGS: Readonly<Record<string, (typeof FORMATS)[number]>> = { html: "html", htm: "html", json: "json", csv: "csv" };

export async function report(_args: readonly string[], flags: ReportFlags, io: Io): Promise<number> {
  const ending = flags.out === undefined ? "" : (flags.out.split(".").at(-1) ?? "").toLowerCase();
  const format =
    flags.format === undefined ? (io.json ? "json" : (ENDINGS[ending] ?? "text")) : oneOf("--format", flags.format, FORMATS);
  const made = await reportOnOutcomes(flags, io.env, {
    campaigns: flags.campaign,
    from: flags.from,
    to: flags.to,
    last: flags.last,
    map: flags.map,
    zone: flags.zone,
    by: words(flags.by),
    compare: flags.compare,
    minimum: flags.minimum === undefined ? undefined : wholeNumber("--minimum", flags.minimum, 1, 1_000_000_000),
    confidence: wholeNumber("--confidence", flags.confidence, 50, 99),
    keep: flags.keep,
  });
  const lines = render(made, format, flags.out !== undefined && flags.out !== "-", io);
  if (flags.out === undefined || flags.out === "-") for (const line of lines) await io.data(line);
  else {
    try {
      await writeFile(flags.out, `${lines.join("\n")}\n`);
    } catch (thrown) {
      throw new OperationError("invalid_input", `cannot write ${flags.out}: ${messageOf(thrown)}`);
    }
    io.say(`${made.calls.toLocaleString("en-US")} calls reported in ${flags.out}`);
  }
  if (made.calls === 0) io.say("the lake has no calls in this period; outdial outcomes pull brings them");
  return EXIT.done;
}

function render(report: OutcomeReport, format: (typeof FORMATS)[number], toFile: boolean, io: Io): string[] {
  switch (format) {
    case "html":
      return [renderHtml(report).trimEnd()];
    case "json":
      return [JSON.stringify(report)];
    case "csv":
      return [...renderCsv(report)];
    case "text": {
      const isTerminal = io.width !== undefined && !toFile;
      const color = isTerminal && io.env["NO_COLOR"] === undefined && io.env["TERM"] !== "dumb";
      return renderText(report, { width: isTerminal ? (io.width ?? 100) : 100, color });
    }
  }
}
