// Requests made from an OpenAPI document: as it allows them, and with something in them that it does not, or that is extreme.

import type { RandomStream } from "../../src/kernel/index.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

interface Media {
  readonly schema?: JsonSchema;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** As its description says; undefined for those without a login. */
  readonly role: string | undefined;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly body: Readonly<Record<string, Media>> | undefined;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** A request to send, `path` with its query. */
export interface Made {
  readonly method: string;
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

/** Values that lead past the first check, by the name of a parameter or member. */
export type Plausible = Readonly<Record<string, readonly unknown[]>>;

/** All operations of a document. */
export function operationsOf({ paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const { operationId, description, parameters, requestBody, responses } = described as {
        description?: string;
        operationId: string;
        parameters?: Operation["parameters"];
        requestBody?: { content: Record<string, Media> };
        responses: Operation["responses"];
      };
      const role = /Role: (\w+) and above/.exec(description ?? "")?.[1];
      return { id: operationId, method, path, role, parameters: parameters ?? [], body: requestBody?.content, responses };
    }),
  );
}

const TEXTS = [
  "",
  " ",
  "\0",
  "a\0b",
  "0",
  "-1",
  "0.5",
  "1e400",
  "NaN",
  "2147483648",
  "9007199254740993",
  "99999999999999999999",
  "null",
  "true",
  "nope",
  "../..",
  "%",
  "'; --",
  "\u{202e}x",
  "\u{1f600}",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-02-30T00:00:00Z",
  "+999999-01-01T00:00:00Z",
  "2026-01-01T00:00:00+23:59",
];
/** JSON as it is sent: not all of it is what a program would write. */
const RAW = [
  "null",
  "true",
  "0",
  "-1",
  "-0",
  "0.1",
  "0.3333333333333333",
  "1e-320",
  "1e308",
  "1e999",
  "2147483648",
  "9007199254740993",
  "99999999999999999999",
  "[]",
  "{}",
  "[[],{}]",
  '""',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '{"a\\u0000":1}',
  '{"__proto__":{"a":1},"constructor":1}',
  '"nope"',
  `${"[".repeat(8000)}${"]".repeat(8000)}`,
  `${'{"a":'.repeat(8000)}1${"}".repeat(8000)}`,
];
const BROKEN = ["", "{", "[1,]", "\0", '{"a":"\0"}', '"\\u12"', "\u{feff}{}", "nul", "{}{}"];

const oneOf = <T>(random: RandomStream, items: readonly T[]): T => items[random.int(items.length)] as T;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Characters without a pattern, so that nothing packs them. */
const longText = (random: RandomStream, length: number): string =>
  Array.from({ length }, () => String.fromCodePoint(33 + random.int(90))).join("");

/** A value as a schema has it, more or less: patterns are not solved. */
export function valueOf(schema: JsonSchema, document: OpenApi, random: RandomStream, plausible: Plausible, name = ""): unknown {
  const known = plausible[name];
  if (known !== undefined && random.int(10) > 0) return oneOf(random, known);
  const again = (inner: unknown, of = name) => valueOf((inner ?? {}) as JsonSchema, document, random, plausible, of);
  const ref = schema["$ref"];
  if (typeof ref === "string") return again(document.components.schemas[ref.split("/").at(-1) ?? ""]);
  if ("const" in schema) return schema["const"];
  for (const word of ["enum", "anyOf", "oneOf"] as const) {
    const choices = schema[word];
    if (Array.isArray(choices)) return word === "enum" ? oneOf(random, choices) : again(oneOf(random, choices));
  }
  const least = Number(schema["minimum"] ?? schema["exclusiveMinimum"] ?? 0);
  switch (Array.isArray(schema["type"]) ? oneOf(random, schema["type"]) : schema["type"]) {
    case "string":
      if (schema["format"] === "date-time") return new Date(1_780_000_000_000 - random.int(1_000_000) * 1000).toISOString();
      if (String(schema["pattern"]).includes("{64}")) return "0123456789abcdef".repeat(4);
      return "x".repeat(Math.max(Number(schema["minLength"] ?? 0), 1 + random.int(3)));
    case "integer":
      return Math.max(least, Math.min(Number(schema["maximum"] ?? 1000), least + 1 + random.int(5)));
    case "number":
      return least + random.int(100) / 100;
    case "boolean":
      return random.int(2) === 0;
    case "array":
      return Array.from({ length: Math.max(Number(schema["minItems"] ?? 0), random.int(3)) }, () => again(schema["items"]));
    case "object":
    case undefined: {
      const required = Array.isArray(schema["required"]) ? schema["required"] : [];
      const properties = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
      return Object.fromEntries(
        properties
          .filter(([key]) => required.includes(key) || random.int(3) === 0)
          .map(([key, inner]) => [key, again(inner, key)]),
      );
    }
    default:
      return null;
  }
}

/** A request of an operation: as documented, or, usually, with one thing in it that is not. */
export function requestOf(operation: Operation, document: OpenApi, random: RandomStream, plausible: Plausible): Made {
  const { method, parameters, body } = operation;
  // What is spoiled: nothing, a value in the address, the body.
  const spoiled = body === undefined ? oneOf(random, ["", "address", "address"]) : oneOf(random, ["", "address", "body", "body"]);
  const inAddress = parameters.filter((one) => one.in === "path" || one.in === "query");
  const victim = spoiled === "address" && inAddress.length > 0 ? oneOf(random, inAddress).name : undefined;
  let path = operation.path;
  const query: string[] = spoiled === "address" && victim === undefined ? ["nope=%00"] : [];
  for (const { name, in: where, required, schema } of inAddress) {
    if (where === "query" && required !== true && name !== victim && random.int(3) > 0) continue;
    const text = name === victim ? nastyText(random) : String(valueOf(schema, document, random, plausible, name));
    const written = encodeURIComponent(text);
    if (where === "path") path = path.replace(`{${name}}`, written === "" ? "%20" : written);
    else query.push(...Array.from({ length: name === victim ? 1 + random.int(2) : 1 }, () => `${name}=${written}`));
  }
  const types = Object.keys(body ?? {});
  const contentType =
    types.length === 0 ? undefined : spoiled === "body" && random.int(8) === 0 ? "image/png" : oneOf(random, types);
  const schema = body?.["application/json"]?.schema;
  const isFile = types.includes("text/csv");
  const text =
    body === undefined ? undefined : isFile || schema === undefined ? fileOf(random, spoiled === "body") : bodyOf(schema);
  return {
    method: method.toUpperCase(),
    path: query.length === 0 ? path : `${path}?${query.join("&")}`,
    contentType,
    body: text,
  };

  function bodyOf(of: JsonSchema): string {
    const value = valueOf(of, document, random, plausible);
    if (spoiled !== "body") return JSON.stringify(value);
    return random.int(8) === 0 ? oneOf(random, BROKEN) : spoil(value, random);
  }
}

function nastyText(random: RandomStream): string {
  return random.int(6) === 0 ? longText(random, oneOf(random, [300, 1900, 3500])) : oneOf(random, TEXTS);
}

/** JSON of a value in which one place holds something else. */
function spoil(value: unknown, random: RandomStream): string {
  const places: { readonly holder: Record<string, unknown> | unknown[]; readonly key: string }[] = [];
  const root = { root: structuredClone(value) };
  const visit = (holder: Record<string, unknown> | unknown[]) => {
    for (const [key, member] of Object.entries(holder)) {
      places.push({ holder, key });
      if (Array.isArray(member) || isObject(member)) visit(member);
    }
  };
  visit(root);
  const { holder, key } = oneOf(random, places);
  const MARK = "\u{e000}here\u{e000}";
  const what = random.int(10);
  if (what === 0) Reflect.deleteProperty(holder, key);
  else if (what === 1 && isObject(holder)) holder["nope"] = 1;
  else Reflect.set(holder, key, MARK);
  const written =
    what === 2
      ? JSON.stringify(longText(random, oneOf(random, [300, 5000, 100_000])))
      : what === 3
        ? JSON.stringify(oneOf(random, TEXTS))
        : oneOf(random, RAW);
  return (JSON.stringify(root.root) ?? "").replace(JSON.stringify(MARK), () => written);
}

const FILES = [
  "call_id,disposition_code_id\ncall_1,DISP_001\n",
  "interaction_id,code\nint_1,101\n",
  "number,channel,status,at\n+12125550101,voice,granted,2026-01-02T03:04:05Z\n",
  "id,number\n1,+12125550101\n",
  '{"call_id":"call_1","disposition_code_id":"DISP_001"}\n',
  '{"id":"1","number":"+12125550101"}\n',
];

function fileOf(random: RandomStream, spoiled: boolean): string {
  const file = oneOf(random, FILES);
  if (!spoiled) return file;
  const at = random.int(file.length);
  const piece = random.int(2) === 0 ? oneOf(random, TEXTS) : oneOf(random, [...RAW, ...BROKEN]);
  return random.int(5) === 0 ? piece : `${file.slice(0, at)}${piece}${file.slice(at + random.int(4))}`;
}
