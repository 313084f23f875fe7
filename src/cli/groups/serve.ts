// outdial serve: the service with its dashboard, and the tokens for it.

import { command } from "../command.ts";
import { choice, flag, id, STORE, TENANT_AND_STORE, text, whole } from "../declare.ts";

export const serve = command(
  "serve",
  { ...TENANT_AND_STORE, makes: "schema" },
  {
    runs: "here",
    summary: "the service: HTTP API, live updates and dashboard over one store; runs jobs until it is stopped",
    options: [
      text("--host <address>", "address to listen on; other than loopback only when there is a token (default: 127.0.0.1)"),
      whole("--port <number>", "port to listen on; 0 takes a free one (default: 8383)", { to: 65_535 }),
      flag("--open", "open the dashboard in the browser, signed in"),
      flag("--verbose", "log every request, and every request to the vendor"),
      choice("--log-format <format>", "text, or json: one object a line on stderr (default: text)", ["text", "json"]),
    ],
    examples: ["outdial serve --open", "outdial serve token add ann --role operator", "outdial serve --host 0.0.0.0"],
  },
);

export const addToken = command(
  "add",
  { ...STORE, makes: "schema" },
  {
    runs: "here",
    summary: "make a token; it is printed once, and only its hash is stored",
    args: [text("<name>", "name of the holder, as the audit log shows it")],
    options: [
      choice("--role <role>", "what the holder may do", ["viewer", "operator", "admin"], { listed: true, default: "viewer" }),
      whole("--days <number>", "days until it expires; 0 for never", { to: 3650, default: 90 }),
      text("--person <name>", "owner: the name of a person who signs in through the provider (sso:…)"),
    ],
  },
);

export const listTokens = command("list", STORE, { runs: "here", summary: "tokens with their last use" });

export const listSessions = command("list", STORE, { runs: "here", summary: "who is signed in, since when, and the last use" });

export const endSession = command("end", STORE, {
  runs: "here",
  summary: "end a session: its holder has to sign in again",
  args: [id("<id>", "as outdial serve session list shows it")],
  notes: "A token that opened it is still good: outdial serve token revoke ends it and all of its sessions.",
});

export const revokeToken = command("revoke", STORE, {
  runs: "here",
  summary: "end a token and the sessions opened with it",
  args: [text("<name>", "name or id")],
});
