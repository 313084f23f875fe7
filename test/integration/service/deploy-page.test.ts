// docs/deploy.md, command by command: from an empty PostgreSQL to two services behind a proxy, which goes by the page's own lines.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { describe, expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { workFolder } from "../../support/cli.ts";
import { fencesOf } from "../../support/documents.ts";
import { hasOldestTools, OLDEST, startOtherPostgres } from "../../support/other-postgres.ts";
import { freePort } from "../../support/pgbouncer.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { readPage } from "../../support/shell.ts";
import { until } from "../../support/until.ts";

const RECIPE = fencesOf(readFileSync(new URL("../../../docs/database.md", import.meta.url), "utf8"))
  .filter(({ language }) => language === "sql")
  .map(({ text }) => text)
  .join("\n");

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Connects to it: trusts its certificate. */
  readonly dispatcher: Agent;
  /** From where, as the services are told. */
  readonly caller: string;
}

const hasNginx = spawnSync("nginx", ["-v"]).error === undefined;

/** The page's lines as nginx itself reads them, with addresses, certificate and port of the test. */
async function startNginx(lines: string, at: Readonly<Record<string, number>>, folder: string): Promise<Proxy> {
  const [key, cert] = [join(folder, "proxy.key"), join(folder, "proxy.pem")];
  const made = ["-subj", "/CN=outdial", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...made], { stdio: "ignore" });
  const port = await freePort();
  const stands: Readonly<Record<string, string>> = {
    "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
    "/etc/ssl/outdial.example.com.pem": cert,
    "/etc/ssl/outdial.example.com.key": key,
    ...Object.fromEntries(Object.entries(at).map(([address, own]) => [address, `127.0.0.1:${own}`])),
  };
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, name)};`);
  const filled = Object.entries(stands).reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, lines);
  const text = [
    ...(process.getuid?.() === 0 ? ["user root;"] : []),
    `daemon off; pid ${join(folder, "nginx.pid")}; error_log stderr; events {}`,
    `http { access_log off; ${places.join(" ")}`,
    `${filled}}`,
  ];
  const file = join(folder, "nginx.conf");
  await writeFile(file, text.join("\n"));
  const server = spawn("nginx", ["-c", file, "-p", folder, "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (more: string) => (said += more));
  const ended = once(server, "exit");
  const ca = await readFile(cert, "utf8");
  const caller = "127.0.0.9";
  const dispatcher = new Agent({ connect: { ca }, localAddress: caller });
  const answers = () =>
    fetch(`https://127.0.0.1:${port}/livez`, { dispatcher }).then(
      () => true,
      () => false,
    );
  await until(async () => server.exitCode !== null || (await answers()));
  if (server.exitCode !== null) throw new Error(said);
  return {
    url: `https://127.0.0.1:${port}`,
    dispatcher,
    caller,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** Where there is no nginx, a proxy by its lines: its upstreams in turn, the next one when one is not there, and the headers that it sets. */
async function startProxy(lines: string, at: Readonly<Record<string, number>>): Promise<Proxy> {
  const ports = [...lines.matchAll(/^ {2}server (\S+) max_fails=0;$/gm)].map(([, address = ""]) => at[address] ?? 0);
  const caller = "203.0.113.7";
  const name = /server_name (\S+);/.exec(lines)?.[1] ?? "";
  const sets = [...lines.matchAll(/proxy_set_header (\S+) (\S+);/g)];
  const values: Record<string, string> = { $http_host: name, $proxy_add_x_forwarded_for: `203.0.113.99, ${caller}` };
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const headers = { ...incoming.headers };
      for (const [, header = "", value = ""] of sets) headers[header.toLowerCase()] = values[value];
      const attempt = (left: number): void => {
        turn += 1;
        const port = ports[turn % ports.length];
        const onward = request({ host: "127.0.0.1", port, path: incoming.url, method: incoming.method, headers }, (reply) => {
          outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(outgoing);
        });
        onward.on("error", () => {
          if (left > 0) attempt(left - 1);
          else outgoing.writeHead(502).end();
        });
        onward.end(Buffer.concat(chunks));
      };
      attempt(ports.length - 1);
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const dispatcher = new Agent();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dispatcher,
    caller,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(!hasOldestTools())("docs/deploy.md", () => {
  test("leads from an empty server to two services behind a proxy, of which one may go", async () => {
    await using server = await startOtherPostgres(OLDEST, { fsync: "off" });
    await using folder = await workFolder();
    const { clients: _, ...scenario } = callsScenario(50);
    await using tenant = await startSandbox({ scenario });
    const address = new URL(server.url);
    const at = { "10.0.0.11:8383": await freePort(), "10.0.0.12:8383": await freePort() };
    const stands: Record<string, string> = {
      "db.example:5432": address.host,
      "https://tenant.example.com": tenant.url,
      "--host 10.0.0.11 --port 8383": `--host 127.0.0.1 --port ${at["10.0.0.11:8383"]}`,
      "--host 10.0.0.12 --port 8383": `--host 127.0.0.1 --port ${at["10.0.0.12:8383"]}`,
    };
    const shell = {
      PGHOST: address.hostname,
      PGPORT: address.port,
      PGUSER: "outdial",
      PATH: `${OLDEST}:${process.env["PATH"]}`,
      CURL_CA_BUNDLE: join(folder.path, "proxy.pem"),
    };
    const page = await readPage("docs/deploy.md", folder.path, shell, stands);
    const put = (name: string, text: string) => writeFile(join(folder.path, name), text);
    await put("roles.sql", RECIPE);
    await put("client_id", tenant.clientId);
    await put("client_secret", tenant.clientSecret);

    await page.next();
    await page.next();
    await put("outdial.yaml", page.file("yaml"));
    await page.next();
    await page.next();
    const one = page.start();
    const two = page.start();
    const lines = page.file("nginx");
    await using proxy = hasNginx ? await startNginx(lines, at, folder.path) : await startProxy(lines, at);
    try {
      const isReady = (port: number) =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      for (const port of Object.values(at)) await until(() => isReady(port));
      stands["https://outdial.example.com"] = proxy.url;
      expect(await page.next()).toMatch(/"name":"ann"/);
      expect(page.rest()).toEqual([]);

      for (const name of ["audit.key", "ann.json"]) expect((await stat(join(folder.path, name))).mode & 0o077).toBe(0);
      const { token } = JSON.parse(readFileSync(join(folder.path, "ann.json"), "utf8")) as { token: string };
      const ask = async (path: string, init: { readonly method?: string; readonly body?: string } = {}) => {
        // What a caller says of its own address counts for nothing.
        const headers = { authorization: `Bearer ${token}`, "content-type": "text/csv", "x-forwarded-for": "203.0.113.99" };
        const answer = await fetch(`${proxy.url}/api/v1${path}`, { ...init, headers, dispatcher: proxy.dispatcher });
        expect(answer.ok).toBe(true);
        return (await answer.json()) as Record<string, unknown>;
      };
      // Work goes on with the service that is left, whichever had it.
      const faults = tenant.sandbox.control.faults;
      faults.add({ match: { operation: "assignDisposition" }, after: 10, effect: { delayMs: 3_600_000 } });
      const sent = await ask(`/campaigns/${CAMPAIGN}/tags`, { method: "POST", body: callsCsv(20) });
      expect(sent).toMatchObject({ job: { id: expect.any(String) } });
      const job = (sent["job"] as { id: string }).id;
      await until(async () => tenant.sandbox.control.requests({ operation: "assignDisposition" }).length >= 10);
      await two.stop("SIGKILL");
      for (let asked = 0; asked < 20; asked += 1) expect(await ask("/me")).toMatchObject({ name: "ann" });
      faults.clear();
      await tenant.sandbox.control.advance(3_600);
      await until(async () => (await ask(`/jobs/${job}`))["status"] === "done");
      expect(await ask(`/jobs/${job}`)).toMatchObject({ counts: { tagged: 20 } });
      // The proxy's header is the caller's address.
      const audit = JSON.stringify(await ask("/audit"));
      expect(audit).toContain(proxy.caller);
      expect(audit).not.toContain("203.0.113.99");
    } finally {
      await two.stop("SIGKILL");
      await one.stop();
    }
  });
});
