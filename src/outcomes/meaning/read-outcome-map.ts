// Reads a tenant's outcome map from YAML, and reports every fault with its file, line and field.

import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson, problemsOf, yamlValue } from "../../kernel/index.ts";
import { CATEGORIES } from "./category.ts";
import { MeaningError } from "./error.ts";
import { localTime, parseInstant } from "./local-time.ts";
import { DOCUMENTED_CODES, DOCUMENTED_VERSION, type Era, type OutcomeMap } from "./outcome-map.ts";

const text = z.string().min(1).max(200);

/** The schema of the file. Every scalar is read as text, so that a code such as 007 is kept. */
const mapSchema = z.strictObject({
  name: text
    .regex(/^[A-Za-z0-9._-]+$/, "letters, digits, dots, - and _ are allowed")
    .describe("Name of the map, quoted beside every figure"),
  zone: text.optional().describe("IANA zone of the dates below; UTC by default"),
  versions: z
    .array(
      z.strictObject({
        version: text.describe("Name of this version, unlike any other"),
        from: text
          .optional()
          .describe("First day (2026-03-08) or instant (with offset) it holds for; from the beginning when absent"),
        to: text
          .optional()
          .describe(
            "Day or instant it ends before; open when absent. Calls outside all versions are classified by the documented codes",
          ),
        base: z
          .enum(["documented", "none"])
          .optional()
          .describe(
            "documented (the default): the documented codes hold too, unless named here. none: only the codes named here",
          ),
        codes: z.record(text, z.enum(CATEGORIES)).describe("Category of each disposition code"),
      }),
    )
    .min(1)
    .max(1000),
});

/**
 * The JSON Schema of the file for editors. Editors read plain scalars as YAML does, so code names and versions may also be
 * numbers.
 */
export function outcomeMapJsonSchema(): object {
  return { title: "outcome map", ...z.toJSONSchema(mapSchema, { io: "input" }) };
}

type Path = readonly PropertyKey[];

/**
 * Reads a map. Versions may be in any order and have gaps between them, but may not overlap.
 * @param path the file's name, for messages
 * @throws MeaningError `invalid_input` with file, line, field, and what is allowed
 */
export async function readOutcomeMap(text: string, path: string): Promise<OutcomeMap> {
  const { isMap, isScalar, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new MeaningError(`${path}, line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split("\n")[0]}`);

  /** The line of a field, or of the nearest enclosing field that is in the file. */
  const lineOf = (at: Path): number => {
    for (let length = at.length; length > 0; length--) {
      const [parent, key] = [document.getIn(at.slice(0, length - 1), true), at[length - 1]];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
        if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
      }
      const node = document.getIn(at.slice(0, length), true);
      if (hasRange(node)) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const fault = (at: Path, what: string, advice?: string): MeaningError =>
    new MeaningError(`${path}, line ${lineOf(at)}, ${at.length === 0 ? "the file" : at.map(String).join(".")}: ${what}`, advice);

  const content = yamlValue(document, (why) => fault([], why));
  const parsed = mapSchema.safeParse(content);
  if (!parsed.success) throw firstFault(parsed.error, content, fault);
  const { name, zone = "UTC", versions } = parsed.data;

  const time = inPlace(() => localTime(zone), ["zone"], fault);
  const eras = versions.map((version, i): Era & { place: number } => {
    const bound = (field: "from" | "to", open: number) => {
      const value = version[field];
      return value === undefined ? open : inPlace(() => parseInstant(field, value, time), ["versions", i, field], fault);
    };
    const [from, to] = [bound("from", Number.NEGATIVE_INFINITY), bound("to", Number.POSITIVE_INFINITY)];
    if (from >= to) throw fault(["versions", i, "to"], `${version.to} is not after from (${version.from})`);
    const base = version.base === "none" ? [] : DOCUMENTED_CODES;
    return { place: i, version: version.version, from, to, categories: new Map([...base, ...Object.entries(version.codes)]) };
  });
  refuseTwins(versions, fault);
  eras.sort((a, b) => a.from - b.from);
  for (const [i, era] of eras.entries()) {
    const before = eras[i - 1];
    if (before === undefined || era.from >= before.to) continue;
    const field = versions[era.place]?.from === undefined ? [] : ["from"];
    throw fault(
      ["versions", era.place, ...field],
      `version ${JSON.stringify(era.version)} begins while ${JSON.stringify(before.version)} (line ${lineOf(["versions", before.place])}) still holds`,
      "Versions must not overlap: end the earlier one with a to on the day the later one begins.",
    );
  }
  const hash = createHash("sha256").update(canonicalJson(content)).digest("hex").slice(0, 8);
  return { id: `${name}#${hash}`, eras: withoutGaps(eras) };
}

type Fault = (at: Path, what: string, advice?: string) => MeaningError;

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/** Adds the place in the file to an error about a value. */
function inPlace<T>(read: () => T, at: Path, fault: Fault): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof MeaningError) throw fault(at, thrown.message.replace(/^(from|to): /, ""), thrown.advice);
    throw thrown;
  }
}

function refuseTwins(versions: readonly { readonly version: string }[], fault: Fault): void {
  const seen = new Set<string>();
  for (const [i, { version }] of versions.entries()) {
    if (seen.has(version))
      throw fault(["versions", i, "version"], `${JSON.stringify(version)} is the name of another version too`);
    seen.add(version);
  }
}

function firstFault(error: z.ZodError, content: unknown, fault: Fault): MeaningError {
  const [issue] = error.issues;
  const [problem] = problemsOf(mapSchema, content, error);
  const at = issue === undefined ? [] : issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  return fault(at, problem?.message ?? "cannot be read");
}

/** The documented codes apply between the versions, before the first and after the last. */
function withoutGaps(eras: readonly Era[]): Era[] {
  const whole: Era[] = [];
  let at = Number.NEGATIVE_INFINITY;
  const documented = (to: number): Era => ({ version: DOCUMENTED_VERSION, from: at, to, categories: DOCUMENTED_CODES });
  for (const { version, from, to, categories } of eras) {
    if (from > at) whole.push(documented(from));
    whole.push({ version, from, to, categories });
    at = to;
  }
  if (at < Number.POSITIVE_INFINITY) whole.push(documented(Number.POSITIVE_INFINITY));
  return whole;
}
