// Contact lists as files: the vendor's field names are accepted besides ours.

import { QUESTION_MEMBERS } from "../../compliance/index.ts";
import { type Cells, type RecordFormat, type RefusedLine, readRecords } from "../table/records.ts";
import type { FactSource } from "./import.ts";
import type { GateContact } from "./judge.ts";
import { bareNumbers, saysNo } from "./specs.ts";
import { flag, isNumber, phones } from "./values.ts";

type Field = "number" | "id" | "postal" | "may_call" | "guaranteed_agent" | "other_numbers";

const FORMAT: RecordFormat<Field> = {
  fields: [
    { field: "number", names: ["number", "phone", "phone_number", "phonenumber"], required: true, sole: isNumber },
    { field: "id", names: ["id", "contact_id", "contactid"] },
    { field: "postal", names: ["postal", "postal_code", "postalcode", "zip"] },
    { field: "may_call", names: ["may_call", "maycall", "consentflags.outbound.call"] },
    { field: "guaranteed_agent", names: ["guaranteed_agent", "guaranteedagent"] },
    { field: "other_numbers", names: ["other_numbers", "other_phones"] },
  ],
  unread: {
    also: "number",
    reason: (name, text) =>
      saysNo(name, text)
        ? {
            reason: `the column ${name} says ${JSON.stringify(text.slice(0, 40))}, and no field reads it; whether the contact may be called goes into may_call`,
          }
        : undefined,
  },
  headless: bareNumbers,
  // A fact that is read past would turn a denial into a call.
  refused: {
    members: QUESTION_MEMBERS.filter((name) => !["number", "postal", "guaranteedAgent"].includes(name)),
    reason: "a gate takes the facts from the store and the call from its arguments; compliance check decides on those of a line",
  },
};

/** Reads a contact list in constant memory. Throws OperationError `invalid_input` when the file cannot be read as a whole. */
export async function* readContacts(source: FactSource): AsyncGenerator<GateContact | RefusedLine> {
  for await (const one of readRecords(source.bytes(), FORMAT, parseContact, source.read))
    yield "record" in one ? one.record : one;
}

function parseContact(cells: Cells<Field>): GateContact {
  const [number, ...others] = cells.need("number", phones).keys;
  const named = new Set([number, ...others]);
  const elsewhere = cells.maybe("other_numbers", phones)?.keys.filter((one) => !named.has(one)) ?? [];
  return {
    line: cells.line,
    id: cells.text("id") || undefined,
    number,
    ...(others.length > 0 && { others }),
    ...(elsewhere.length > 0 && { elsewhere }),
    postal: cells.text("postal") || undefined,
    mayCall: cells.maybe("may_call", flag),
    guaranteedAgent: cells.maybe("guaranteed_agent", flag),
  };
}
