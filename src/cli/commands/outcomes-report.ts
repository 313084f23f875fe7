// outdial outcomes report: conversion, what it is made of, how it moves; to the terminal or a file.

import { reportOnOutcomes } from "../../app/index.ts";
import { type OutcomeReport, renderCsv, renderHtml, renderText } from "../../outcomes/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { writeText } from "../output.ts";

type Format = NonNullable<OptionsOf<typeof declared.report>["format"]>;

const ENDINGS: Readonly<Record<string, Format>> = { html: "html", htm: "html", json: "json", csv: "csv" };

export const report: Run<typeof declared.report> = async ({ options, io }) => {
  const { campaign: campaigns, from, to, last, map, zone, by, compare, minimum, confidence, keep, out } = options;
  const ending = out === undefined ? "" : (out.split(".").at(-1) ?? "").toLowerCase();
  const format = options.format ?? (io.json ? "json" : (ENDINGS[ending] ?? "text"));
  const asked = { campaigns, from, to, last, map, zone, by, compare, minimum, confidence, keep };
  const made = await reportOnOutcomes(options, io.env, asked);
  const toFile = out !== undefined && out !== "-";
  const lines = render(made, format, toFile, io);
  if (toFile) {
    await writeText(out, `${lines.join("\n")}\n`, 0o666);
    io.say(`${made.calls.toLocaleString("en-US")} calls reported in ${out}`);
  } else await io.data(lines);
  if (made.calls === 0) io.say("the lake has no calls in this period; outdial outcomes pull brings them");
};

function render(report: OutcomeReport, format: Format, toFile: boolean, io: Io): string[] {
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
