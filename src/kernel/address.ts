// Addresses: of operations, the path with its parameters and the query; and which hosts are this machine.

/**
 * The path of a pattern such as `/jobs/{id}` with its parameters and query. What is undefined in the query is left out, a list is repeated, numbers and
 * switches are written as texts.
 */
export function addressOf(
  pattern: string,
  params: Readonly<Record<string, string | number>> = {},
  query: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>> = {},
): string {
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
  const search = Object.entries(query)
    .flatMap(([name, value]) => textsOf(value).map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`))
    .join("&");
  return `${path}${search === "" ? "" : `?${search}`}`;
}

const textsOf = (value: string | number | boolean | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "object" ? value : [String(value)];

const LOOPBACK = /^(?:localhost|::1|\[::1\]|127(?:\.\d{1,3}){3})$/;

/** True for 127.0.0.0/8, ::1 and localhost, as the URL parser spells them. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);
