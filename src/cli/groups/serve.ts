// outdial serve: the service with its dashboard, and who may use it.

import { Option } from "commander";
import { databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerServe: Register = (program, { action }) => {
  const serve = program
    .command("serve")
    .description("the service: HTTP API, live updates and dashboard over one store; runs jobs until it is stopped")
    .option("--host <address>", "address to listen on; any but a loopback one needs a token first (default: 127.0.0.1)")
    .option("--port <number>", "port to listen on; 0 takes a free one (default: 8383)")
    .option("--open", "open the dashboard in the browser, signed in")
    .option("--verbose", "log every request, and every attempt at the vendor")
    .option("--log-format <format>", "text for people, json for machines: one object a line on stderr (default: text)")
    .addOption(tenantUrl())
    .addOption(databaseUrl())
    .addHelpText(
      "after",
      "\nExamples:\n  $ outdial serve --open\n  $ outdial serve token add ann --role operator\n  $ outdial serve --host 0.0.0.0",
    );
  action(serve, async () => (await import("../commands/serve.ts")).serve);
  const token = serve.command("token").description("who may use the service");
  action(
    token
      .command("add")
      .argument("<name>", "who will hold it: what the audit says")
      .description("make a token; it is printed once and kept nowhere")
      .addOption(new Option("--role <role>", "what it may do").choices(["viewer", "operator", "admin"]).default("viewer"))
      .option("--days <number>", "how long it is good for; 0 for ever", "90")
      .addOption(databaseUrl()),
    async () => (await import("../commands/serve-token.ts")).addToken,
  );
  action(
    token.command("list").description("tokens with their last use").addOption(databaseUrl()),
    async () => (await import("../commands/serve-token.ts")).listTokens,
  );
  action(
    token
      .command("revoke")
      .argument("<name>", "name or id")
      .description("end a token and the sessions opened with it")
      .addOption(databaseUrl()),
    async () => (await import("../commands/serve-token.ts")).revokeToken,
  );
};
