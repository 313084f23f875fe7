// outdial serve: the service with its dashboard, and who may use it.

import { command } from "../command.ts";
import { choice, flag, STORE, TENANT_AND_STORE, text, whole } from "../declare.ts";

export const serve = command(
  "serve",
  { ...TENANT_AND_STORE, makes: "schema" },
  {
    runs: "here",
    summary: "the service: HTTP API, live updates and dashboard over one store; runs jobs until it is stopped",
    options: [
      text("--host <address>", "address to listen on; any but a loopback one needs a token first (default: 127.0.0.1)"),
      whole("--port <number>", "port to listen on; 0 takes a free one (default: 8383)", { to: 65_535 }),
      flag("--open", "open the dashboard in the browser, signed in"),
      flag("--verbose", "log every request, and every attempt at the vendor"),
      choice("--log-format <format>", "text for people, json for machines: one object a line on stderr (default: text)", [
        "text",
        "json",
      ]),
    ],
    examples: ["outdial serve --open", "outdial serve token add ann --role operator", "outdial serve --host 0.0.0.0"],
  },
);

export const addToken = command(
  "add",
  { ...STORE, makes: "schema" },
  {
    runs: "here",
    summary: "make a token; it is printed once and kept nowhere",
    args: [text("<name>", "who will hold it: what the audit says")],
    options: [
      choice("--role <role>", "what it may do", ["viewer", "operator", "admin"], { listed: true, default: "viewer" }),
      whole("--days <number>", "how long it is good for; 0 for ever", { to: 3650, default: 90 }),
      text("--person <name>", "whose it is: the name of somebody who signs in through the provider (sso:…)"),
    ],
  },
);

export const listTokens = command("list", STORE, { runs: "here", summary: "tokens with their last use" });

export const revokeToken = command("revoke", STORE, {
  runs: "here",
  summary: "end a token and the sessions opened with it",
  args: [text("<name>", "name or id")],
});
