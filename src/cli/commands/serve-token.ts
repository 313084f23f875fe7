// outdial serve token: add, list, revoke.

import { openAccess } from "../../app/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/serve.ts";
import { printable, timeText } from "../render-tagging.ts";

const DAY_MS = 86_400_000;

export const addToken: Run<typeof declared.addToken> = async ({ args: { name }, options, io }) => {
  const { role, days } = options;
  await using opened = await openAccess(options, io.env);
  const expiresAt = days === 0 ? null : io.clock.now() + days * DAY_MS;
  const { id, token } = await opened.access.addToken({ name, role, expiresAt, by: opened.actor });
  await io.answer({ id, name, role, expiresAt: timeText(expiresAt), token }, token);
  io.say(`${printable(name)} may use the service as ${role}${expiresAt === null ? "" : ` until ${timeText(expiresAt)}`}`);
  io.say("the token is shown this once: Authorization: Bearer TOKEN, or the dashboard's login page");
};

export const listTokens: Run<typeof declared.listTokens> = async ({ options, io }) => {
  await using opened = await openAccess(options, io.env);
  const tokens = (await opened.access.listTokens()).map((token) => ({
    ...token,
    createdAt: timeText(token.createdAt),
    expiresAt: timeText(token.expiresAt),
    lastUsedAt: timeText(token.lastUsedAt),
    revokedAt: timeText(token.revokedAt),
  }));
  await io.each(
    tokens,
    ({ id, name, role, expiresAt, lastUsedAt, revokedAt }) => {
      const state = revokedAt === null ? `until ${expiresAt ?? "revoked"}` : `revoked ${revokedAt}`;
      return `${id}  ${printable(name)}  ${role}  ${state}  ${lastUsedAt === null ? "never used" : `used ${lastUsedAt}`}`;
    },
    { none: "no tokens" },
  );
};

export const revokeToken: Run<typeof declared.revokeToken> = async ({ args, options, io }) => {
  await using opened = await openAccess(options, io.env);
  const { id, name } = await opened.access.revokeToken(args.name, opened.actor);
  await io.answer({ id, name }, `${id}  ${printable(name)} revoked`);
};
