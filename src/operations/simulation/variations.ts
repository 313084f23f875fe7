// Variations of a scenario: fields take several values, in every combination.

import { basename } from "node:path";
import { parseScenario, type SimulationScenario, SimulationScenarioError } from "../../dialing/index.ts";
import { fileTrouble, yamlValue } from "../../kernel/index.ts";
import { boundedFileText, boundedText } from "../bounded-text.ts";
import { OperationError } from "../error.ts";

/** A field of the scenario, and the values that it takes one after the other. */
export interface Axis {
  /** Such as `agents`, `lines.trunks`, `agents[0].count`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** A scenario and the values that were set in it, by path. */
export interface Variation {
  readonly values: Readonly<Record<string, unknown>>;
  readonly scenario: SimulationScenario;
}

const MOST = 400;

/** Parses `agents=40,60,80`: values are YAML; commas in brackets belong to the value. Throws OperationError `invalid_input`. */
export async function parseAxis(text: string): Promise<Axis> {
  const { parse } = await import("yaml");
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim();
  const texts = splitValues(text.slice(at + 1));
  if (path === "" || partsOf(path).length === 0 || texts.length === 0) {
    throw new OperationError("invalid_input", `--what-if ${text} is not PATH=VALUE,VALUE…`, {
      advice:
        "For example --what-if agents=40,60,80 or --what-if pacing.ratio=1.5,2,2.5; given twice, every combination is simulated.",
    });
  }
  const values = texts.map((one): unknown => {
    try {
      return parse(one);
    } catch {
      throw new OperationError("invalid_input", `--what-if ${path}: ${one} is no value`);
    }
  });
  return { path, values };
}

function splitValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === undefined || (character === "," && depth === 0)) {
      const value = text.slice(from, i).trim();
      if (value !== "") values.push(value);
      from = i + 1;
    }
  }
  return values;
}

/**
 * Every combination of the axes' values, the last axis changing fastest.
 * @throws OperationError `invalid_input` for too many; SimulationScenarioError for a variation that is not a valid scenario
 */
export function variationsOf(scenario: SimulationScenario, axes: readonly Axis[]): Variation[] {
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST)
    throw new OperationError("invalid_input", `--what-if asks for ${count} variations; at most ${MOST} are allowed`);
  const twice = axes.find(({ path }, i) => axes.findIndex((other) => other.path === path) < i);
  if (twice !== undefined) throw new OperationError("invalid_input", `--what-if names ${twice.path} twice`);
  let combinations: [string, unknown][][] = [[]];
  for (const { path, values } of axes) {
    combinations = combinations.flatMap((before) => values.map((value): [string, unknown][] => [...before, [path, value]]));
  }
  return combinations.map((values) => ({
    values: Object.fromEntries(values),
    scenario: parseScenario(
      values.reduce<unknown>((data, [path, value]) => withValue(data, partsOf(path), value, path), structuredClone(scenario)),
      `what if ${values.map(([path, value]) => `${path}=${JSON.stringify(value)}`).join(", ")}`,
    ),
  }));
}

/** The data with one field set; missing objects are created. */
function withValue(data: unknown, [first, ...rest]: readonly (string | number)[], value: unknown, path: string): unknown {
  if (first === undefined) return value;
  if (Array.isArray(data)) {
    if (typeof first !== "number" || first >= data.length) refuse(path, `there are ${data.length} entries, numbered from 0`);
    return data.map((entry: unknown, i) => (i === first ? withValue(entry, rest, value, path) : entry));
  }
  if (data !== undefined && (typeof data !== "object" || data === null)) {
    refuse(path, `${JSON.stringify(data)} has no field ${first}`);
  }
  const fields = new Map<string, unknown>(Object.entries(data ?? {}));
  fields.set(String(first), withValue(fields.get(String(first)), rest, value, path));
  return Object.fromEntries(fields);
}

function refuse(path: string, message: string): never {
  throw new SimulationScenarioError("what if", [{ path, message }]);
}

// A scenario file: YAML or JSON; every mistake is reported with its path and its line.

/**
 * Reads a scenario.
 * @param file a path, or `-` for stdin
 * @throws OperationError `invalid_input` when it cannot be read or is not YAML; SimulationScenarioError naming each wrong field
 */
export async function readScenario(file: string, stdin: AsyncIterable<Uint8Array>): Promise<SimulationScenario> {
  const text = await textOf(file, stdin);
  return await scenarioOf(text, file === "-" ? "stdin" : basename(file));
}

async function scenarioOf(text: string, name: string): Promise<SimulationScenario> {
  const { isNode, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new OperationError("invalid_input", `${name}:${line}: ${broken.message.split("\n")[0]}`, {
      advice: "A scenario is a YAML or JSON file; examples/simulation.yaml is one.",
    });
  }
  try {
    const content = yamlValue(document, (why) => new OperationError("invalid_input", `${name}: ${why}`));
    return parseScenario(content, name);
  } catch (thrown) {
    if (!(thrown instanceof SimulationScenarioError)) throw thrown;
    const lineOf = (path: string): string => {
      // A missing field is reported at the nearest enclosing object.
      for (let parts = partsOf(path); parts.length > 0; parts = parts.slice(0, -1)) {
        const node: unknown = document.getIn(parts, true);
        const range = isNode(node) ? node.range : undefined;
        if (range) return `line ${lines.linePos(range[0]).line}: `;
      }
      return "";
    };
    const problems = thrown.problems.map(({ path, message }) => ({ path, message: `${lineOf(path)}${message}` }));
    throw new SimulationScenarioError(name, problems);
  }
}

/** The steps of a path such as `agents[0].count`. */
function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}

async function textOf(file: string, stdin: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    return await (file === "-" ? boundedText(stdin) : boundedFileText(file));
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${file === "-" ? "stdin" : file}: ${fileTrouble(thrown)}`);
  }
}
