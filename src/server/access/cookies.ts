// The session cookie.

/** `__Host-` binds the cookie to this very host, which browsers accept over https only. */
const nameOf = (https: boolean): string => (https ? "__Host-outdial" : "outdial_session");

/** The session's value in the Cookie header; undefined when there is none. */
export function sessionCookie(header: string | null, https: boolean): string | undefined {
  const name = nameOf(https);
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** A Set-Cookie header. @param seconds how long the cookie lives; 0 removes it */
export function setSessionCookie(value: string, seconds: number, https: boolean): string {
  const parts = [
    `${nameOf(https)}=${value}`,
    "Path=/",
    `Max-Age=${Math.max(0, Math.floor(seconds))}`,
    "HttpOnly",
    "SameSite=Strict",
  ];
  return [...parts, ...(https ? ["Secure"] : [])].join("; ");
}
