// Turns what the schema found wrong into lines that name the path, say what is allowed and suggest the nearest word.

import type { z } from "zod";
import { issueText, kindOf } from "./issue-words.ts";
import { nearest } from "./suggest.ts";

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
