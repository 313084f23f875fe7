// A scenario file: YAML or JSON; every mistake is reported with its path and its line.

import { basename } from "node:path";
import { parseScenario, type SimulationScenario, SimulationScenarioError } from "../../dialing/index.ts";
import { fileTrouble } from "../../kernel/index.ts";
import { boundedFileText, boundedText } from "../bounded-text.ts";
import { OperationError } from "../error.ts";

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
    return parseScenario(document.toJS(), name);
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
export function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}

async function textOf(file: string, stdin: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    return await (file === "-" ? boundedText(stdin) : boundedFileText(file));
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${file === "-" ? "stdin" : file}: ${fileTrouble(thrown)}`);
  }
}
