// outdial serve token: add, list, revoke.

import { openAccess } from "../../app/index.ts";
import { ACCESS_ROLES } from "../../store/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf, wholeNumber } from "../options.ts";
import { printable } from "../render-tagging.ts";

interface Flags extends GlobalFlags {
  readonly databaseUrl?: string;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3650;
const timeText = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export async function addToken(
  [name = ""]: readonly string[],
  flags: Flags & { readonly role: string; readonly days: string },
  io: Io,
): Promise<number> {
  const role = oneOf("--role", flags.role, ACCESS_ROLES);
  const days = wholeNumber("--days", flags.days, 0, MOST_DAYS);
  await using opened = await openAccess(flags, io.env);
  const expiresAt = days === 0 ? null : io.clock.now() + days * DAY_MS;
  const { id, token } = await opened.access.addToken({ name, role, expiresAt, by: opened.actor });
  if (io.json) await io.data(JSON.stringify({ id, name, role, expiresAt: timeText(expiresAt), token }));
  else await io.data(token);
  io.say(`${printable(name)} may use the service as ${role}${expiresAt === null ? "" : ` until ${timeText(expiresAt)}`}`);
  io.say("the token is shown this once: Authorization: Bearer TOKEN, or the dashboard's login page");
  return EXIT.done;
}

export async function listTokens(_args: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using opened = await openAccess(flags, io.env);
  const tokens = await opened.access.listTokens();
  for (const token of tokens) {
    const times = {
      createdAt: timeText(token.createdAt),
      expiresAt: timeText(token.expiresAt),
      lastUsedAt: timeText(token.lastUsedAt),
      revokedAt: timeText(token.revokedAt),
    };
    if (io.json) await io.data(JSON.stringify({ ...token, ...times }));
    else {
      const state = token.revokedAt !== null ? `revoked ${times.revokedAt}` : `until ${times.expiresAt ?? "revoked"}`;
      const used = times.lastUsedAt === null ? "never used" : `used ${times.lastUsedAt}`;
      await io.data(`${token.id}  ${printable(token.name)}  ${token.role}  ${state}  ${used}`);
    }
  }
  if (tokens.length === 0) io.say("no tokens");
  return EXIT.done;
}

export async function revokeToken([name = ""]: readonly string[], flags: Flags, io: Io): Promise<number> {
  await using opened = await openAccess(flags, io.env);
  const token = await opened.access.revokeToken(name, opened.actor);
  if (io.json) await io.data(JSON.stringify({ id: token.id, name: token.name }));
  else await io.data(`${token.id}  ${printable(token.name)} revoked`);
  return EXIT.done;
}
