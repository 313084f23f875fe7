// Renders the chart of deploy/helm as Helm does, for the few actions that its templates use: values, quote, toYaml with nindent, if, required.
// An action that is none of these throws.

import { readdir, readFile } from "node:fs/promises";
import { parse, parseAllDocuments, stringify } from "yaml";

const CHART = new URL("../../deploy/helm/outdial/", import.meta.url);

type Values = Readonly<Record<string, unknown>>;

/** The chart's own values. */
export async function chartValues(): Promise<Values> {
  return parse(await readFile(new URL("values.yaml", CHART), "utf8")) as Values;
}

/** The objects of all templates. @param name of the release */
export async function renderChart(name: string, values: Values): Promise<Record<string, unknown>[]> {
  const folder = new URL("templates/", CHART);
  const texts = await Promise.all((await readdir(folder)).toSorted().map((file) => readFile(new URL(file, folder), "utf8")));
  return texts.flatMap((text) =>
    parseAllDocuments(rendered(text, { Release: { Name: name }, Values: values })).map((document) => {
      if (document.errors.length > 0) throw new Error(document.errors.join("\n"));
      return document.toJS() as Record<string, unknown>;
    }),
  );
}

function rendered(template: string, scope: Values): string {
  // `{{-` takes the blanks and line ends before it away.
  const parts = template.split(/(\s*\{\{-.*?\}\}|\{\{.*?\}\})/);
  const shown: boolean[] = [];
  let text = "";
  for (const part of parts) {
    const [, action] = /^\s*\{\{-?\s*(.*?)\s*\}\}$/.exec(part) ?? [];
    if (action === undefined) {
      if (shown.every(Boolean)) text += part;
    } else if (action.startsWith("if ")) shown.push(Boolean(valueOf(action.slice(3), scope)));
    else if (action === "end") shown.pop();
    else if (shown.every(Boolean)) text += evaluated(action, scope);
  }
  return text;
}

function evaluated(action: string, scope: Values): string {
  const [, path = "", indent] = /^toYaml (\S+) \| nindent (\d+)$/.exec(action) ?? [];
  if (indent !== undefined) {
    const lines = stringify(valueOf(path, scope)).trimEnd().split("\n");
    return lines.map((line) => `\n${" ".repeat(Number(indent))}${line}`).join("");
  }
  const [, message, needed] = /^required "(.*)" (\S+)$/.exec(action) ?? [];
  if (needed !== undefined) {
    const value = plainOf(needed, scope);
    if (value === "") throw new Error(message);
    return value;
  }
  const [, quoted] = /^(\S+) \| quote$/.exec(action) ?? [];
  return quoted === undefined ? plainOf(action, scope) : JSON.stringify(plainOf(quoted, scope));
}

/** A text or a number, as text. */
function plainOf(path: string, scope: Values): string {
  const value = valueOf(path, scope);
  if (typeof value !== "string" && typeof value !== "number") throw new Error(`${path} is no text and no number`);
  return `${value}`;
}

function valueOf(path: string, scope: Values): unknown {
  if (!/^(\.[A-Za-z]+)+$/.test(path)) throw new Error(`the renderer of the tests does not know the action ${path}`);
  const value = path
    .slice(1)
    .split(".")
    .reduce<unknown>((at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined), scope);
  if (value === undefined) throw new Error(`the chart has no value ${path}`);
  return value;
}
