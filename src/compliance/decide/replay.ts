// Recorded decisions, decided again with another pack: which of last week's decisions would it change?

import { z } from "zod";
import { dayOr, type Instant, problemText } from "../../kernel/index.ts";
import { ComplianceError } from "../error.ts";
import { normalisePostal, readNumber } from "../geography/numbers.ts";
import { CALL_TYPES, LINE_TYPES } from "../pack/schema.ts";
import { formatInstant } from "../time/civil.ts";
import { isInstantInRange } from "../time/zone.ts";
import type { CompiledPack } from "./compile.ts";
import { decide } from "./decide.ts";
import { ATTEMPT_KINDS, type Call, type CallFacts, CONSENT_LEVELS, NOT_COVERED, RELATIONSHIP_KINDS } from "./types.ts";

const recorded = z.looseObject({
  line: z.int().optional(),
  id: z.union([z.string(), z.number()]).optional(),
  input: z.looseObject({}),
  decision: z.enum(["allow", "deny"]),
  rules: z.array(z.string()),
  next: z.iso.datetime({ offset: true }).nullable(),
});

/** A recorded decision and the decision of another pack. */
export interface Replayed {
  readonly id: string | number | undefined;
  /**
   * Undefined when nothing changes. `decision`: allow becomes deny or the reverse; `rules`: other rules are broken; `next`: only
   * the next allowed instant changes.
   */
  readonly change: "decision" | "rules" | "next" | undefined;
  readonly before: { readonly decision: "allow" | "deny"; readonly rules: readonly string[]; readonly next: string | null };
  readonly after: { readonly decision: "allow" | "deny"; readonly rules: readonly string[]; readonly next: string | null };
}

/**
 * Decides a recorded decision again. Throws `invalid_facts` when the value is not a record.
 * @param value a line that `outdial compliance check --record` or `gate --record` wrote: `{input, decision, rules, next, …}`
 */
export function replay(value: unknown, pack: CompiledPack): Replayed {
  const parsed = recorded.safeParse(value);
  if (!parsed.success) {
    throw new ComplianceError("invalid_facts", `not a recorded decision: ${problemText(recorded, value, parsed.error)}`, {
      advice: "record decisions with outdial compliance check --record, or gate --record FILE",
    });
  }
  const { id, input, decision, rules } = parsed.data;
  const { call, facts, at } = parseQuestion(input);
  const again = decide(call, facts, pack, at);
  const before = {
    decision,
    rules: [...rules].sort(),
    next: parsed.data.next === null ? null : formatInstant(Date.parse(parsed.data.next)),
  };
  const after = { decision: again.decision, rules: again.rules, next: again.next === null ? null : formatInstant(again.next) };
  const change =
    before.decision !== after.decision
      ? "decision"
      : before.rules.join() !== after.rules.join()
        ? "rules"
        : before.next !== after.next
          ? "next"
          : undefined;
  return { id, change, before, after };
}

// The JSON form of a question to `decide`: one line of the input of `outdial compliance check`.

const instant = z.iso
  .datetime({ offset: true, error: dayOr("an ISO 8601 instant with an offset, such as 2026-06-16T00:59:59Z") })
  .transform((text) => Date.parse(text))
  .refine(isInstantInRange, "an instant of the years 1971 to 2198");
const date = z.iso.date({ error: dayOr("a date such as 2026-06-15") });
const fileDate = z.iso.date({ error: `a date such as 2026-06-15, ${NOT_COVERED}, or null` }).or(z.literal(NOT_COVERED));
// No rule would look for a list with another spelling.
const list = z.string().regex(/^[A-Z]{2}(-[A-Z]{2})?$/, "a country such as US or a state such as US-IN, in capitals");

const attempts = z.array(z.strictObject({ at: instant, kind: z.enum(ATTEMPT_KINDS).optional(), subject: z.string().optional() }));

const fields = {
  // Programs write a number without a plus as a JSON number, too.
  number: z
    .union([z.string(), z.number()], { error: "an E.164 number as text, such as +12125550123" })
    .transform((number) => String(number)),
  postal: z.string().optional(),
  callType: z.enum(CALL_TYPES),
  at: instant,
  subject: z.string().optional(),
  attempts: attempts.optional(),
  tenantAttempts: attempts.optional(),
  consent: z.strictObject({ level: z.enum(CONSENT_LEVELS), at: instant, revokedAt: instant.optional() }).optional(),
  ebr: z.strictObject({ kind: z.enum(RELATIONSHIP_KINDS), date }).optional(),
  dnc: z
    .strictObject({
      national: z.boolean().optional(),
      internalAt: instant.optional(),
      internalLoadedAt: instant.optional(),
      lists: z.array(list).optional(),
    })
    .optional(),
  scrubbedOn: date.optional(),
  registryFiles: z.record(list, fileDate.nullable()).optional(),
  lineType: z.enum(LINE_TYPES).optional(),
  rndQueriedOn: date.optional(),
  rndDisconnectedOn: date.optional(),
  optOutsCount: z.literal("always").optional(),
  guaranteedAgent: z.boolean().optional(),
  campaignCalls: z.strictObject({ date, placed: z.int().min(0) }).optional(),
};
/** The members of a line that say something about the call or the person. */
export const QUESTION_MEMBERS: readonly string[] = Object.keys(fields);
// A misspelt fact would be ignored and change the decision, so unknown names are refused. These two fields only identify the
// line.
const question = z.strictObject({ ...fields, id: z.union([z.string(), z.number()]).optional(), title: z.string().optional() });
/**
 * A recorded or sample question, with the input under a key of its own. Other fields may stand beside it, but no facts: they
 * would be ignored.
 */
const wrapped = z.looseObject({
  id: z.union([z.string(), z.number()], { error: "a text or a number" }).optional(),
  input: z.looseObject({}),
  ...Object.fromEntries(QUESTION_MEMBERS.map((name) => [name, z.undefined({ error: "belongs into input" }).optional()])),
});

/** A parsed question. */
export interface Question {
  readonly id: string | number | undefined;
  readonly call: Call;
  readonly facts: CallFacts;
  readonly at: Instant;
}

/** What is asked beside a line: its arguments. */
export interface Beside {
  readonly number?: string | undefined;
  readonly callType?: string | undefined;
  /** ms since the epoch */
  readonly at?: Instant | undefined;
  readonly postal?: string | undefined;
  readonly subject?: string | undefined;
}

/**
 * Parses a question: `{number, callType, at, …}`, or an object with one as `input`. Throws `invalid_facts` with every wrong field
 * and what is allowed.
 * @param assumed what counts where neither the line nor `asked` says it
 * @param asked what the line may leave out, but must not contradict
 */
export function parseQuestion(value: unknown, assumed: Beside = {}, asked: Beside = {}): Question {
  const holds = typeof value === "object" && value !== null && "input" in value;
  const outer = holds ? checked(wrapped, value) : undefined;
  const inner: unknown = outer === undefined ? value : outer.input;
  const isLine = typeof inner === "object" && inner !== null && !Array.isArray(inner);
  const line = isLine ? { ...written(assumed), ...written(asked), ...said(inner) } : inner;
  const { id, title: _, number, postal, callType, subject, at, ...facts } = checked(question, line);
  const call = { number, postal, callType, subject };
  requireAgreement({ ...call, at }, asked);
  return { id: outer === undefined ? id : (outer.id ?? id), call, facts, at };
}

const said = (members: object) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const written = ({ at, ...rest }: Beside) => ({ ...said(rest), ...(at !== undefined && { at: new Date(at).toISOString() }) });

/** Refuses a line that says other than what was asked: a person was told "allowed" of a call that is not the one of the line. */
function requireAgreement(line: Beside, asked: Beside): void {
  const text = (name: keyof Beside, { [name]: value }: Beside) => {
    if (name === "at") return formatInstant(Number(value));
    if (name === "postal") return normalisePostal(String(value)) ?? String(value);
    const read = name === "number" ? readNumber(String(value)) : undefined;
    return read !== undefined && "numbers" in read ? read.numbers.join(" or ") : value;
  };
  const problems = (["number", "callType", "at", "postal", "subject"] as const).flatMap((name) =>
    asked[name] === undefined || text(name, line) === text(name, asked)
      ? []
      : [
          `${name}: the facts say ${JSON.stringify(text(name, line))} and the question ${JSON.stringify(text(name, asked))}; leave one of them out`,
        ],
  );
  if (problems.length > 0) throw new ComplianceError("invalid_facts", problems.join("; "));
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ComplianceError("invalid_facts", problemText(schema, value, parsed.error, "input"));
}

/** A question in the form that `parseQuestion` reads, so that a decision can be made again. */
export function formatQuestion(call: Call, facts: CallFacts, at: Instant): object {
  const { attempts, tenantAttempts, consent, dnc, ...dates } = facts;
  const listed = (of: CallFacts["attempts"]) => of?.map((one) => ({ ...one, at: formatInstant(one.at) }));
  const instantOf = (given: Instant | undefined) => (given === undefined ? undefined : formatInstant(given));
  return {
    ...call,
    at: formatInstant(at),
    ...(attempts === undefined ? {} : { attempts: listed(attempts) }),
    ...(tenantAttempts === undefined ? {} : { tenantAttempts: listed(tenantAttempts) }),
    ...(consent === undefined
      ? {}
      : { consent: { ...consent, at: formatInstant(consent.at), revokedAt: instantOf(consent.revokedAt) } }),
    ...(dnc === undefined
      ? {}
      : { dnc: { ...dnc, internalAt: instantOf(dnc.internalAt), internalLoadedAt: instantOf(dnc.internalLoadedAt) } }),
    ...dates,
  };
}
