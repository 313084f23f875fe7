// A settings file: YAML or JSON; every mistake is reported with its line, its path and what is allowed.

import { z } from "zod";
import { type Problem, problemsOf, yamlOffset, yamlValue } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { type DialerSettings, settingsFields } from "./model.ts";

const rate = z.number().min(0).max(1);

/** What is known of the campaigns, for the checks and the prediction. */
export const expectedFields = z
  .strictObject({
    answer_rate: rate.optional().describe("Share of dials that a person answers"),
    taken_for_machines: rate
      .optional()
      .describe(
        "Share of the people whom machine detection takes for machines and hangs up on; they count as abandoned. Assumed 0",
      ),
    ring_seconds: z.number().positive().max(600).optional().describe("Mean time from dialing to an answer or giving up"),
    handle_seconds: z.number().positive().max(86_400).optional().describe("Mean time an agent is busy with an answered call"),
    agents: z.int().min(1).optional().describe("Agents signed in; max_agents by default"),
  })
  .describe("What you expect of the calls; used by the checks and the prediction, never sent");

/** Schema of the carrier's part of a settings file. */
export const carrierFields = z
  .strictObject({
    max_trunks: z.int().min(0).describe("Lines of the carrier"),
    current_utilization_percent: z.number().min(0).max(100).optional().describe("Share of the lines that others use"),
  })
  .describe("Carrier capacity: for the validation, not part of the settings");

const file = z.strictObject({
  ...settingsFields,
  type: settingsFields.type.default("predictive"),
  carrier_capacity: carrierFields,
  expected: expectedFields.optional(),
});

/** What a settings file says about the expected calls; the simulation uses it. */
type Expected = z.output<typeof expectedFields>;
/** Lines of the carrier and the share that others use. */
type CarrierCapacity = z.output<typeof carrierFields>;

/** What the tenant measured. Times in ms since the epoch. */
export interface MeasuredFigures {
  readonly answerRate?: { readonly low: number; readonly high: number; readonly at: number } | undefined;
  /** Agents signed in. */
  readonly agents?: { readonly count: number; readonly at: number } | undefined;
  /** The agents of the settings are those assigned, of whom nobody is known to be signed in. */
  readonly isAssigned?: true | undefined;
}

/** A settings file after parsing. */
export interface SettingsFile {
  readonly name: string;
  readonly settings: DialerSettings;
  readonly carrier: CarrierCapacity;
  readonly expected: Expected;
  /**
   * Fields that the file leaves out, where a tenant shows them and nothing writes them; their values in `settings` have no
   * meaning.
   */
  readonly leftOut?: readonly string[] | undefined;
  /** Measured values with their uncertainty and when that was: they take precedence over `expected`. Not part of a file. */
  readonly measured?: MeasuredFigures | undefined;
}

/** The JSON Schema of a settings file, for editors. @param mayLack see `parseSettingsFile` */
export function dialerSettingsJsonSchema(mayLack: readonly string[] = []): object {
  const schema = z.toJSONSchema(file, {
    io: "input",
    override({ jsonSchema, path }) {
      if (jsonSchema.required === undefined) return;
      const place = path.filter((part) => part !== "properties").join(".");
      const isLeft = (name: string) => mayLack.includes(place === "" ? name : `${place}.${name}`);
      const required = jsonSchema.required.filter((name) => !isLeft(name));
      // A group without required fields may be missing as a whole.
      jsonSchema.required = required.filter((name) => place !== "" || !mayBeMissing(name, mayLack));
    },
  });
  return {
    title: ["outdial dialer settings", ...(mayLack.length === 0 ? [] : ["of a skill (profile acd)"])].join(" "),
    ...schema,
  };
}

/** Whether all required fields of a group may be left out. */
function mayBeMissing(group: string, mayLack: readonly string[]): boolean {
  const fields = Object.entries(file.shape).find(([name]) => name === group)?.[1];
  if (!(fields instanceof z.ZodObject)) return false;
  return Object.keys(fields.shape).every((name) => mayLack.includes(`${group}.${name}`));
}

/**
 * Reads the text of a settings file.
 * @param name of the file, for messages
 * @param mayLack paths of fields that it may leave out: those that the tenant shows and nothing writes
 * @throws OperationError `invalid_input` naming every mistake with its line
 */
export async function parseSettingsFile(text: string, name: string, mayLack: readonly string[] = []): Promise<SettingsFile> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid([`${name}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split("\n")[0]}`]);
  const content = yamlValue(document, (why) => invalid([`${name}: ${why}`]));
  const { value, leftOut } = filled(content, mayLack);
  const parsed = file.safeParse(value);
  if (!parsed.success) {
    const lineOf = (path: string): number => lines.linePos(yamlOffset(document.contents, path)).line;
    const told = ({ path, message }: Problem) => `${name}:${lineOf(path)}: ${path === "" ? "" : `${path}: `}${message}`;
    throw invalid(problemsOf(file, value, parsed.error).map(told));
  }
  const { carrier_capacity: carrier, expected: facts = {}, ...settings } = parsed.data;
  return { name, settings, carrier, expected: facts, ...(leftOut.length > 0 && { leftOut }) };
}

const looseRecord = z.record(z.string(), z.unknown());

/** The file's content, with placeholders for the fields that it leaves out and may leave out. */
function filled(given: unknown, mayLack: readonly string[]): { readonly value: unknown; readonly leftOut: readonly string[] } {
  const read = looseRecord.safeParse(given ?? {});
  if (!read.success) return { value: given, leftOut: [] };
  const value = { ...read.data };
  const leftOut: string[] = [];
  for (const path of mayLack) {
    const [group = "", member] = path.split(".");
    if (member === undefined) {
      if (value[group] !== undefined) continue;
      value[group] = "as shown";
    } else {
      const members = looseRecord.safeParse(value[group] ?? {});
      if (!members.success || members.data[member] !== undefined) continue;
      value[group] = { ...members.data, [member]: 0 };
    }
    leftOut.push(path);
  }
  return { value, leftOut };
}

function invalid(problems: readonly string[]): OperationError {
  return new OperationError("invalid_input", problems.join("\n"), {
    advice:
      "schemas/dialer-settings.schema.json describes the file (of profile acd dialer-settings-acd.schema.json); examples/dialer-settings.yaml is one.",
    details: { problems },
  });
}
