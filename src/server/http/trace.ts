// The id of a request: the caller's trace id when it sends one (W3C traceparent), else a new one. Logs, audit and problems show
// it.

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @param random bytes of a new id as 32 hexadecimal digits */
export function requestIdOf(traceparent: string | undefined, random: () => string): string {
  return TRACEPARENT.exec(traceparent ?? "")?.[1] ?? random();
}
