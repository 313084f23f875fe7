// What people read of outdial in a test run is held against what they must not meet: names of functions, what a validator says, SQL, stacks. Every command
// line and every answer that says what went wrong comes by here (cli.ts, program.ts, server.ts, and `fetch`), so a new message is held, too.

/** How the problems of the service's API begin; the tenant's own are none of ours. */
const OURS = '"type":"/api/v1/reference#';

type Form = readonly [what: string, form: RegExp];

const INTERNAL: readonly Form[] = [
  ["a value that is not there", /\bundefined\b|\bNaN\b|\[object \w+\]/],
  ["what the validator says", /ZodError|\bInvalid (?:input|option|string|key|element)\b|Unrecognized key|Too (?:big|small):/],
  [
    "a mistake of the program",
    /Cannot (?:read|set) propert|is not (?:a function|iterable|a constructor)\b|\b(?:Type|Reference|Range|Syntax)Error\b/,
  ],
  ["what the engine says", /\bDBOS\b/],
  ["a line of a stack", /^\s+at (?:\S+ )*\(?(?:file:|node:|\/)\S+:\d+:\d+\)?$/m],
  [
    "SQL",
    /\boutdial\.[a-z]+_[a-z_]+|\brelation "|violates \w+(?: \w+)? constraint|syntax error at or near|\bselect \S+ from\b|\binsert into\b/,
  ],
];

/** What ids the operations have is read when something is to be held: most files of tests say nothing to people. */
async function allForms(): Promise<readonly Form[]> {
  const [{ OPERATIONS }, { ACD_OPERATIONS }] = await Promise.all([
    import("../../src/contract/index.ts"),
    import("../../src/contract/acd/index.ts"),
  ]);
  const ids = [...Object.keys(OPERATIONS), ...Object.keys(ACD_OPERATIONS)].join("|");
  return [...INTERNAL, ["the id of an operation", new RegExp(`\\b(?:${ids})\\b(?=: )`)]];
}

let forms: Promise<readonly Form[]> | undefined;

/** What a text for people has that is not for them; undefined when there is nothing. @param asked by whoever reads it: that may be said again */
export async function internalIn(text: string, asked = ""): Promise<string | undefined> {
  for (const [what, form] of await (forms ??= allForms())) {
    const found = form.exec(text);
    if (found === null || asked.includes(found[0])) continue;
    const around = text.slice(Math.max(0, found.index - 80), found.index + found[0].length + 80);
    return `${what} (${JSON.stringify(found[0])}) in ${JSON.stringify(around)}`;
  }
  return undefined;
}

/** Rejects when a text has something in it that is not for people. @param asked what led to it */
async function requireForPeople(text: string, asked: string): Promise<void> {
  const found = await internalIn(text, asked);
  if (found !== undefined) throw new Error(`${asked.slice(0, 500)}: people read ${found}`);
}

/** Holds what a command line has said: its talk, and with --json its error. Lines of a log are for programs. @param input that it was given */
export async function requireSaid(
  args: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  input = "",
): Promise<void> {
  // The words that name a call of the contract are its own there.
  if (args[0] === "call") return;
  const where = [`outdial ${args.join(" ")}`, input].join("\n");
  const said = stderr.split("\n").filter((line) => !line.startsWith("{"));
  await requireForPeople(said.join("\n"), where);
  if (stdout.startsWith('{"error":')) await requireForPeople(stdout, where);
}

/** Holds an answer of the service that says what went wrong. @param asked address and body of the request */
export async function requireProblem(response: Response, asked: string): Promise<void> {
  if (response.headers.get("content-type")?.startsWith("application/problem+json") !== true) return;
  const text = await response.clone().text();
  if (text.includes(OURS)) await requireForPeople(text, asked);
}

/** What a request says, as text. */
export function askedIn(address: string, body?: unknown): string {
  const plain = address.replaceAll("+", " ");
  const words = [plain, typeof body === "string" ? body : ""];
  try {
    words.push(decodeURIComponent(plain));
  } catch {
    // It is no text then.
  }
  return words.join("\n");
}

declare global {
  var outdialHoldsFetch: true | undefined;
}

/** Holds every answer that a test fetches. */
export function holdFetch(): void {
  if (globalThis.outdialHoldsFetch === true) return;
  globalThis.outdialHoldsFetch = true;
  const plain = globalThis.fetch;
  globalThis.fetch = async (...given: Parameters<typeof fetch>) => {
    const response = await plain(...given);
    const [asked, init] = given;
    await requireProblem(response, askedIn(asked instanceof Request ? asked.url : String(asked), init?.body));
    return response;
  };
}
