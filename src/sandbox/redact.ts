// Removes secrets from what the journal keeps: headers, query strings, and bodies in JSON, form or unreadable form.

const MASK = "[redacted]";
const SECRET_HEADER = /authorization|cookie|secret|password|api-?key|(^|-)token$/;
/** Field names in lower case without `_` and `-`. Page and version tokens are not secrets. */
const SECRET_FIELD =
  /^(?:\w*secret|\w*password|passwd|token|\w*(?:access|refresh|id|bearer|auth|api)token|\w*authorization|\w*apikey|\w*assertion|cookie)$/;
/** A quick check: most bodies contain no secret. */
const SUSPECT = /secret|passw|token|authori[sz]ation|api[-_]?key|assertion|cookie/i;
/** A field and its value in text that cannot be parsed. */
const LOOSE_FIELD = /((["']?)([\w-]{2,40})\2\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^&\s,;}\]]*)/g;

const isSecret = (name: string): boolean => SECRET_FIELD.test(name.replaceAll(/[-_]/g, "").toLowerCase());

/** Keeps the scheme of `Authorization`, so that a journal still tells Basic from Bearer. */
export function redactHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (!SECRET_HEADER.test(name)) kept[name] = value;
    else kept[name] = name === "authorization" ? `${/^[A-Za-z]{1,20}(?= )/.exec(value)?.[0] ?? ""} ${MASK}`.trim() : MASK;
  }
  return kept;
}

export function redactQuery(query: string): string {
  return SUSPECT.test(query) ? redactForm(query) : query;
}

/** The body with every secret field masked; text that is neither JSON nor a form is masked wherever it looks like `name: value`. */
export function redactBody(body: string): string {
  if (!SUSPECT.test(body)) return body;
  try {
    return JSON.stringify(masked(JSON.parse(body)));
  } catch {
    return /^[^\s{["<]+=/.test(body) ? redactForm(body) : redactLoose(body);
  }
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, isSecret(name) ? MASK : masked(field)]));
}

function redactForm(text: string): string {
  return text
    .split("&")
    .map((pair) => {
      const name = pair.split("=", 1)[0] ?? "";
      return isSecret(decoded(name)) ? `${name}=${MASK}` : pair;
    })
    .join("&");
}

function redactLoose(text: string): string {
  return text.replace(LOOSE_FIELD, (whole, head: string, _quote, name: string) => (isSecret(name) ? `${head}${MASK}` : whole));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
