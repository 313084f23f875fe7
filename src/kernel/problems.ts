// Turns what the schema found wrong into lines that name the path, say what is allowed and suggest the nearest word.

import type { z } from "zod";

// What a schema found wrong, in words for people. Messages that a schema gives are kept; messages of the validator are replaced.
// Pure.

type Issue = z.core.$ZodIssue;

/** How the validator's own messages begin. A message that begins otherwise was written in the schema. */
const OF_THE_VALIDATOR =
  /^(?:Unrecognized key|Invalid (?:input|option|string|number|key|element|discriminator|[A-Z]|email|base64|cuid|ulid|phone|emoji|date)|Too (?:big|small))/;

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  tuple: "a list",
  null: "null",
  date: "a date",
};

const FORMATS: Readonly<Record<string, string>> = {
  url: "a web address is needed, such as https://example.com",
  datetime: "a time in ISO 8601 with its offset is needed, such as 2026-06-16T15:00:00Z",
  date: "a day is needed, such as 2026-06-16",
  time: "a time of day is needed, such as 15:00:00",
  email: "an e-mail address is needed",
  uuid: "a UUID is needed",
};

/** A JSON type in words, with its article. */
const kindOf = (kind: string): string => KINDS[kind] ?? (/^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`);

/** What is wrong, without the path. */
export function issueText(issue: Issue | undefined): string {
  if (issue === undefined) return "not as promised";
  if (!OF_THE_VALIDATOR.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type": {
      const found = /received (\w+)$/.exec(issue.message)?.[1] ?? "";
      if (found === "undefined") return `missing; ${kindOf(issue.expected)} is needed`;
      // A fraction is a number too: "a whole number is needed, not a number" would mislead.
      const isNumber = found === "NaN" || (found === "number" && issue.expected === "int");
      return found === "" || isNumber
        ? `${kindOf(issue.expected)} is needed`
        : `${kindOf(issue.expected)} is needed, not ${kindOf(found)}`;
    }
    case "too_small":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "more than" : "at least",
        Number(issue.minimum),
      );
    case "too_big":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "less than" : "at most",
        Number(issue.maximum),
      );
    case "not_multiple_of":
      return `a multiple of ${issue.divisor} is needed`;
    case "invalid_value":
      return `${issue.values.map((value) => JSON.stringify(value)).join(" or ")} is needed`;
    case "unrecognized_keys":
      return `unknown ${issue.keys.length === 1 ? "field" : "fields"} ${issue.keys.join(", ")}`;
    case "invalid_format":
      return formatText(issue);
    default:
      return "it is of none of the forms that are allowed";
  }
}

function formatText(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if ("prefix" in issue) return `it must begin with ${JSON.stringify(issue.prefix)}`;
  if ("suffix" in issue) return `it must end with ${JSON.stringify(issue.suffix)}`;
  if ("includes" in issue) return `it must contain ${JSON.stringify(issue.includes)}`;
  const known = FORMATS[issue.format];
  if (known !== undefined) return known;
  return issue.format === "regex" && issue.pattern !== undefined
    ? `it must be of the form ${issue.pattern}`
    : "it is not of the form that is needed";
}

function bound(origin: string, how: string, limit: number): string {
  const counted = origin === "string" ? "characters" : ["array", "set", "map", "object"].includes(origin) ? "entries" : undefined;
  if (Math.abs(limit) === Number.MAX_SAFE_INTEGER) return limit > 0 ? "it is too large" : "it is too small";
  if (counted === undefined) return `it must be ${how} ${limit}`;
  if (limit === 1 && how === "at least") return "it must not be empty";
  return `it must have ${how} ${limit} ${limit === 1 ? counted.replace(/ies$|s$/, (end) => (end === "ies" ? "y" : "")) : counted}`;
}

/** One thing wrong with a checked value. `path` such as `campaigns[0].status`; empty for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

type JsonSchema = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null && !Array.isArray(value);

/** The node of a JSON schema and all nodes of its unions. */
function branches(node: unknown): JsonSchema[] {
  if (!isObject(node)) return [];
  const unions = [node["anyOf"], node["oneOf"], node["allOf"]].filter(Array.isArray).flat();
  return [node, ...unions.flatMap((branch) => branches(branch))];
}

/** So many problems are described; of the rest only the number is given. */
const MOST = 100;

const JSON_SCHEMAS = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = JSON_SCHEMAS.get(schema) ?? schema.toJSONSchema({ io: "input", unrepresentable: "any" });
  JSON_SCHEMAS.set(schema, known);
  return known;
}

/** The field names a schema allows at a path. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let nodes = branches(jsonSchemaOf(schema));
  for (const part of path) {
    nodes = nodes.flatMap((node) => {
      if (typeof part === "number") return branches(node["items"]);
      const properties = node["properties"];
      const named = isObject(properties) ? properties[String(part)] : undefined;
      return branches(named ?? node["additionalProperties"]);
    });
  }
  return [
    ...new Set(
      nodes.flatMap(({ properties, propertyNames }) => [
        ...(isObject(properties) ? Object.keys(properties) : []),
        // A record with a closed list of names.
        ...(isObject(propertyNames) && Array.isArray(propertyNames["enum"]) ? propertyNames["enum"].map(String) : []),
      ]),
    ),
  ];
}

/** Flattens a union's failure to the branch that came furthest, which is the one the writer meant. */
function furthest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  // How deep a branch got before it failed; failing at once means another type was meant.
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(...branch.map(({ code, path }) => path.length + (path.length === 0 && code !== "unrecognized_keys" ? 0 : 0.5)));
  const [best] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
  if (best === undefined || depth(best) === 0) {
    const expected = issue.errors
      .flat()
      .flatMap((inner) =>
        inner.code === "invalid_type"
          ? [kindOf(inner.expected)]
          : inner.code === "invalid_value"
            ? inner.values.map(String)
            : [issueText(inner)],
      );
    return [{ ...issue, errors: [], message: `${[...new Set(expected)].join(" or ")} is needed` }];
  }
  return best.flatMap((inner) => furthest({ ...inner, path: [...issue.path, ...inner.path] }));
}

/**
 * The allowed values, when there is a closed list of them: of an enumeration, or of the field that tells the members of a union
 * apart.
 */
function closedList(issue: z.core.$ZodIssue): readonly unknown[] | undefined {
  if (issue.code === "invalid_value") return issue.values;
  return issue.code === "invalid_union" && "options" in issue ? issue.options : undefined;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined,
    root,
  );
}

/**
 * The problems of a failed parse: at most 100, then one that says how many more there are. Values are quoted only where a closed
 * list of words was expected, so that no secret is repeated.
 */
export function problemsOf(schema: z.ZodType, value: unknown, error: z.ZodError): Problem[] {
  const issues = error.issues.slice(0, MOST).flatMap(furthest);
  const described = describe(schema, value, issues);
  const all = error.issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
  const left = all - MOST;
  if (left <= 0) return described;
  return [...described.slice(0, MOST), { path: "", message: `and ${left} more problems` }];
}

/** The same as one sentence. @param whole what stands in place of the path when the whole value is wrong */
export function problemText(schema: z.ZodType, value: unknown, error: z.ZodError, whole = "the whole"): string {
  return problemsOf(schema, value, error)
    .map(({ path, message }) => `${path === "" ? whole : path}: ${message}`)
    .join("; ");
}

function describe(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): Problem[] {
  const misspelt = new Set(issues.filter(({ code }) => code === "unrecognized_keys").map((issue) => pathText(issue.path)));
  return issues.flatMap((issue): Problem[] => {
    // A rule that fails on an object with unknown fields usually fails because of the misspelt field.
    if (issue.code === "custom" && misspelt.has(pathText(issue.path))) return [];
    if (issue.code === "unrecognized_keys") {
      const allowed = fieldsAt(schema, issue.path);
      return issue.keys.slice(0, MOST).map((key) => {
        const meant = nearest(key, allowed);
        const list = allowed.length === 0 ? "" : `; allowed: ${allowed.join(", ")}`;
        const hint = meant === undefined ? list : `; did you mean ${meant}?`;
        return { path: pathText([...issue.path, key]), message: `unknown field${hint}` };
      });
    }
    const path = pathText(issue.path);
    const allowed = closedList(issue);
    if (allowed !== undefined) {
      const given = valueAt(value, issue.path);
      const words = allowed.map(String);
      if (given === undefined)
        return [{ path, message: `missing; ${words.length === 1 ? "" : "one of "}${words.join(", ")} is needed` }];
      const meant = typeof given === "string" ? nearest(given, words) : undefined;
      const shown = typeof given === "string" && given.length <= 60 ? `${JSON.stringify(given)} is ` : "";
      const list = words.length <= 12 || meant === undefined ? `one of ${words.join(", ")}` : "a known word";
      return [{ path, message: `${shown}not ${list}${meant === undefined ? "" : `; did you mean ${meant}?`}` }];
    }
    if (issue.code === "invalid_type" && valueAt(value, issue.path) === undefined)
      return [{ path, message: `missing; ${kindOf(issue.expected)} is needed` }];
    // What is wrong with a name comes from the schema of names.
    if (issue.code === "invalid_key") return [{ path, message: issueText(issue.issues[0] ?? issue) }];
    return [{ path, message: issueText(issue) }];
  });
}

// "Did you mean …?": the nearest of the allowed words, for codes, columns, commands and fields that were mistyped.

/** Edit distance with transpositions (optimal string alignment), on lower-cased text. */
function distance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The candidate nearest to `word`, or undefined when none is near (more than a third of the letters differ). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 200) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const d = distance(word, candidate);
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}
