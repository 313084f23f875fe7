// Signals at a real process of the service: what is exchanged while it runs, what drains, and what has no effect.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { startCli } from "../../support/cli.ts";
import { freePort } from "../../support/pgbouncer.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { type Receiver, startReceiver } from "../../support/receiver.ts";
import { until } from "../../support/until.ts";
import { operatorToken, type StartedWorld, startWorld } from "../../support/world.ts";

const OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW = "whsec_bmV3LXNlY3JldC1vZi10aGUtcmVjZWl2ZXI=";
const INBOUND = "secret-of-the-tenants-events";
const ROWS = 40;

let world: StartedWorld;
let token: string;
beforeEach(async () => {
  world = await startWorld({ sandbox: { scenario: callsScenario(ROWS) } });
  token = await operatorToken(world);
});
/** What a test that failed left running would keep the database. */
const processes = new Set<ChildProcess>();
afterEach(async () => {
  for (const one of processes) one.kill("SIGKILL");
  processes.clear();
  await world[Symbol.asyncDispose]();
});

const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A service as a process, ready. */
async function served(env: Readonly<Record<string, string>> = {}) {
  const running = startCli(["serve", "--log-format", "json", "--port", "0"], {
    cwd: world.folder,
    env: { ...world.environment, ...env },
  });
  processes.add(running.child);
  const logged = () => linesOf(running.stderr());
  const hasEnded = { now: false };
  void running.ended.then(() => (hasEnded.now = true));
  await until(() => hasEnded.now || running.stderr().includes("the service is ready"));
  if (hasEnded.now) throw new Error(running.stderr());
  const url = String(logged().find(({ message }) => message === "the service is ready")?.["url"]);
  const headers = { authorization: `Bearer ${token}` };
  return {
    running,
    url,
    logged,
    kill: (signal: NodeJS.Signals) => running.child.kill(signal),
    async get(path: string) {
      const response = await fetch(`${url}${path}`, { headers });
      return response.headers.get("content-type")?.includes("json") === true
        ? ((await response.json()) as Record<string, unknown>)
        : { text: await response.text(), status: response.status };
    },
    post: (path: string, type: string, body: string, more = {}) =>
      fetch(`${url}${path}`, { method: "POST", headers: { ...headers, "content-type": type, ...more }, body }),
    /** Sends SIGHUP. @returns the lines of what came of it */
    async hangUp() {
      const before = logged().length;
      running.child.kill("SIGHUP");
      const found = () =>
        logged().findIndex(({ message }, at) => at >= before && /were read again|was not exchanged/.test(String(message)));
      await until(() => found() !== -1 || hasEnded.now);
      if (found() === -1) throw new Error(running.stderr());
      return logged().slice(found());
    },
    async stop() {
      running.child.kill("SIGTERM");
      const { code, stdout, stderr } = await running.ended;
      expect(code).toBe(0);
      return stdout + stderr;
    },
  };
}

const yaml = (receiver: Receiver, more = "") => `
webhooks: { bi: { url: "${receiver.url}", secretEnv: BI_SECRET } }
limits: { campaigns: { perMinute: 90 } }
${more}
`;

test("SIGHUP exchanges receivers, secrets, rules, limits and the log's level while requests and streams go on", async () => {
  const [first, second] = [await startReceiver(OLD), await startReceiver(NEW)];
  const secretFile = join(world.folder, "bi.secret");
  const inboundFile = join(world.folder, "inbound.secret");
  await writeFile(secretFile, `${OLD}\n`);
  await writeFile(inboundFile, "another-secret-than-the-tenant-has\n");
  await world.configure(yaml(first, 'service: { host: 127.0.0.1, logLevel: "info" }'));
  const service = await served({ BI_SECRET_FILE: secretFile, OUTDIAL_INBOUND_DIALER_SECRET_FILE: inboundFile });
  const event = (secret: string) =>
    service.post("/webhooks/vendor/dialer", "application/json", "{}", {
      authorization: `Bearer ${secret}`,
      "x-outdial-secret": secret,
    });
  expect((await event(INBOUND)).status).toBe(401);
  const tag = async (rows: string) =>
    (await service.post(`/api/v1/campaigns/${CAMPAIGN}/tags?name=calls.csv`, "text/csv", rows)).status;
  expect(await tag(callsCsv(5))).toBe(202);
  await first.arrived(5);
  expect(first.received.every(({ signed }) => signed)).toBe(true);

  // Under way at the exchange: a request whose body is sent in two halves, and a stream.
  const [head, tail] = [callsCsv(20, "", 6).slice(0, 200), callsCsv(20, "", 6).slice(200)];
  const answered = Promise.withResolvers<number>();
  const half = request(`${service.url}/api/v1/campaigns/${CAMPAIGN}/tags?name=half.csv`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
  });
  half.on("response", (response) => answered.resolve(response.resume().statusCode ?? 0)).on("error", answered.reject);
  half.write(head);
  const stream = await fetch(`${service.url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
  const reader = stream.body?.getReader();
  if (reader === undefined) throw new Error("no stream");
  let streamed = "";
  let isOpen = true;
  const reading = (async () => {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      streamed += new TextDecoder().decode(piece.value);
  })().finally(() => (isOpen = false));
  const statuses: number[] = [];
  const asked = new AbortController();
  onTestFinished(() => asked.abort());
  const status = async (path: string) => {
    const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response.status;
  };
  const asking = (async () => {
    while (!asked.signal.aborted) statuses.push(await status("/api/v1/compliance/pack"));
  })();

  const rules = { format: "outdial-rule-pack/1", id: "acme", title: "Rules of Acme", version: "3", base: "us-ca-uk-2026" };
  await writeFile(
    join(world.folder, "acme.json"),
    JSON.stringify({ ...rules, jurisdictions: [], rules: [], emergencies: [], calendars: {}, geography: "builtin" }),
  );
  await writeFile(secretFile, `${NEW}\n`);
  await writeFile(inboundFile, `${INBOUND}\n`);
  await world.configure(
    yaml(second, 'service: { host: 127.0.0.1, logLevel: "debug", fourEyes: true }\ncompliance: { pack: acme.json }').replace(
      "perMinute: 90",
      "perMinute: 600",
    ),
  );
  const [said] = await service.hangUp();
  expect(said).toMatchObject({
    level: "info",
    changed: expect.arrayContaining([
      "webhooks.bi.url",
      "webhooks.bi.secret",
      "limits.campaigns.perMinute",
      "compliance.pack",
      "service.logLevel",
      "secrets.OUTDIAL_INBOUND_DIALER_SECRET",
    ]) as string[],
  });
  // What a running process cannot take is named.
  const restart = () => service.logged().find((line) => "restart" in line);
  await until(() => restart() !== undefined);
  expect(restart()).toMatchObject({ level: "warn", restart: ["service.fourEyes"] });
  asked.abort();
  await asking;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(isOpen).toBe(true);
  half.end(tail);
  expect(await answered.promise).toBe(202);
  await second.arrived(20);
  expect(second.received.every(({ signed }) => signed)).toBe(true);
  expect(first.received).toHaveLength(5);
  await until(() => streamed.includes("event: job"));
  expect(JSON.stringify(await service.get("/api/v1/compliance/pack"))).toContain("acme");
  expect((await event(INBOUND)).status).not.toBe(401);
  expect((await service.get("/metrics"))["text"]).toMatch(/limit_per_second\{family="campaigns"\} 10$/m);
  await until(() => service.logged().some(({ level }) => level === "debug"));
  const text = await service.stop();
  await reading.catch(() => undefined);
  for (const secret of [OLD, NEW, INBOUND]) expect(text).not.toContain(secret);
  await Promise.all([first.close(), second.close()]);
});

test("a job in full run, with requests at the tenant, is held by no SIGHUP and loses nothing: each row is sent once, each event comes", async () => {
  const [first, second] = [await startReceiver(OLD), await startReceiver(NEW)];
  const secretFile = join(world.folder, "bi.secret");
  await writeFile(secretFile, `${OLD}\n`);
  await world.configure(yaml(first));
  const service = await served({ BI_SECRET_FILE: secretFile });
  const { control } = world.sandbox;
  const { faults } = control;
  const sent = () => control.requests({ operation: "assignDisposition" });
  faults.add({ match: { operation: "assignDisposition" }, after: 10, effect: { delayMs: 600_000 } });
  const answer = await service.post(`/api/v1/campaigns/${CAMPAIGN}/tags?name=calls.csv`, "text/csv", callsCsv(ROWS));
  const { job } = (await answer.json()) as { job: { id: string } };
  const state = () => service.get(`/api/v1/jobs/${job.id}`);
  // The journal has a request when it is answered: ten of them, and others are at the tenant.
  await until(() => sent().length === 10 && (faults.list()[0]?.struck ?? 0) > 0);
  await writeFile(secretFile, `${NEW}\n`);
  await world.configure(yaml(second).replace("perMinute: 90", "perMinute: 600"));
  expect((await service.hangUp())[0]).toMatchObject({ changed: expect.arrayContaining(["webhooks.bi.url"]) as string[] });
  expect(await state()).toMatchObject({ status: "running" });
  const [before] = await world.query<{ executor: string }>("select executor from outdial.jobs");
  await service.hangUp();
  expect(sent()).toHaveLength(10);
  faults.clear();
  await control.advance(600);
  await until(async () => (await state())["status"] === "done");
  expect(await state()).toMatchObject({ counts: { tagged: ROWS } });
  // The same process had it from its beginning to its end, and sent no row twice.
  expect(before?.executor).toBeTruthy();
  expect(sent()).toHaveLength(ROWS);
  await second.arrived(ROWS - first.received.length);
  const ids = [...first.received, ...second.received].map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([ROWS, ROWS]);
  expect(await service.stop()).not.toMatch(/left behind|goes on with|interrupted/);
  await Promise.all([first.close(), second.close()]);
});

test.each([
  ["a file that does not parse", (good: string) => `${good}webhooks: [`, /outdial\.yaml:\d+: /],
  ["a field that is not known", (good: string) => `${good}service: { hots: x }\n`, /outdial\.yaml:\d+: service\.hots: /],
  [
    "a receiver that cannot be used",
    (good: string) => good.replace("http://127.0.0.1", "http://receiver.example"),
    /webhooks?.*bi|bi.*https/,
  ],
  ["a rule pack that is not there", (good: string) => `${good}compliance: { pack: none.json }\n`, /none\.json/],
])("SIGHUP with %s leaves all from before in force and says where it is wrong", async (_, broken, place) => {
  const receiver = await startReceiver(OLD);
  const good = yaml(receiver);
  await world.configure(good);
  const service = await served({ BI_SECRET: OLD });
  await world.configure(broken(good).replace("perMinute: 90", "perMinute: 600"));
  const [said] = await service.hangUp();
  expect(said).toMatchObject({ level: "error", message: expect.stringMatching(place), code: expect.any(String) });
  expect((await service.get("/metrics"))["text"]).toMatch(/limit_per_second\{family="campaigns"\} 1\.5$/m);
  await service.post(`/api/v1/campaigns/${CAMPAIGN}/tags?name=calls.csv`, "text/csv", callsCsv(3));
  await receiver.arrived(3);
  // Mended, it is taken.
  await world.configure(good.replace("perMinute: 90", "perMinute: 600"));
  expect((await service.hangUp())[0]).toMatchObject({ changed: ["limits.campaigns.perMinute"] });
  expect((await service.hangUp())[0]).toMatchObject({ changed: [] });
  await service.stop();
  await receiver.close();
});

test("SIGHUP takes the last receiver away, and brings it again", async () => {
  const receiver = await startReceiver(OLD);
  // A header whose name every object has.
  await world.configure(yaml(receiver).replace("secretEnv", 'headers: { constructor: "a" }, secretEnv'));
  const service = await served({ BI_SECRET: OLD });
  await world.configure(yaml(receiver));
  expect((await service.hangUp())[0]).toMatchObject({ level: "info", changed: ["webhooks.bi.headers.constructor"] });
  const names = async () => JSON.stringify(await service.get("/api/v1/deliveries/endpoints"));
  expect(await names()).toContain("bi");
  await world.configure("limits: { campaigns: { perMinute: 90 } }\n");
  expect((await service.hangUp())[0]).toMatchObject({
    level: "info",
    changed: expect.arrayContaining(["webhooks.bi.url"]) as string[],
  });
  expect((await service.hangUp())[0]).toMatchObject({ level: "info", changed: [] });
  expect(await names()).not.toContain(receiver.url);
  await world.configure(yaml(receiver));
  expect((await service.hangUp())[0]).toMatchObject({
    level: "info",
    changed: expect.arrayContaining(["webhooks.bi.url"]) as string[],
  });
  await service.post(`/api/v1/campaigns/${CAMPAIGN}/tags?name=calls.csv`, "text/csv", callsCsv(3));
  await receiver.arrived(3);
  await service.stop();
  await receiver.close();
});

test("SIGHUP many times at once, and one amid a stop: the last configuration holds, and the service drains", async () => {
  const receiver = await startReceiver(OLD);
  const good = yaml(receiver);
  await world.configure(good);
  const service = await served({ BI_SECRET: OLD });
  for (let i = 0; i < 20; i += 1) {
    await world.configure(i % 3 === 1 ? `${good}webhooks: [` : good.replace("perMinute: 90", `perMinute: ${90 + i}`));
    for (let times = 0; times < 3; times += 1) service.kill("SIGHUP");
    expect(await service.get("/livez")).toEqual({ alive: true });
  }
  await world.configure(good.replace("perMinute: 90", "perMinute: 600"));
  await service.hangUp();
  await until(async () => /limit_per_second\{family="campaigns"\} 10$/m.test(String((await service.get("/metrics"))["text"])));
  service.kill("SIGHUP");
  await service.stop();
  await receiver.close();
});

test("SIGQUIT drains; SIGUSR1, SIGUSR2 and SIGPIPE have no effect, and open no debugger", async () => {
  const service = await served();
  for (const signal of ["SIGUSR1", "SIGUSR2"] as const) {
    service.kill(signal);
    await until(() => service.logged().some(({ message }) => message === `${signal} has no effect on a service`));
  }
  service.kill("SIGPIPE");
  expect(await service.get("/livez")).toEqual({ alive: true });
  service.kill("SIGQUIT");
  const { code, signal, stderr } = await service.running.ended;
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  expect(stderr).toContain("stopping: finishing requests under way");
  expect(stderr).not.toMatch(/Debugger listening/);
});

test("a reader of the log that goes away ends nothing", async () => {
  const service = await served();
  service.running.child.stderr?.destroy();
  service.kill("SIGUSR2");
  service.kill("SIGHUP");
  for (let asked = 0; asked < 20; asked += 1) expect(await service.get("/livez")).toEqual({ alive: true });
  service.kill("SIGTERM");
  expect((await service.running.ended).code).toBe(0);
});

test.each([
  ["a reader that is gone", "pipe", 0],
  ["a full disk", "/dev/full", 1],
] as const)("a service whose stdout is %s starts and works", async (_, place, code) => {
  const port = await freePort();
  const stdout = place === "pipe" ? place : openSync(place, "w");
  const service = spawn(process.execPath, [programFile("main"), "serve", "--port", `${port}`], {
    cwd: world.folder,
    env: programEnvironment(world.environment),
    stdio: ["ignore", stdout, stdout],
  });
  processes.add(service);
  for (const one of [service.stdout, service.stderr]) one?.destroy();
  const ended = once(service, "exit");
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  await until(async () => service.exitCode !== null || (await isReady()));
  // The address is written when it answers already.
  service.kill("SIGHUP");
  for (let asked = 0; asked < 20; asked += 1) expect(await isReady()).toBe(true);
  service.kill("SIGTERM");
  expect(await ended).toEqual([code, null]);
});

/** Runs the service on a terminal of its own, which goes when `script` is killed. */
function onTerminal() {
  const pidFile = join(world.folder, "pid");
  const command = [process.execPath, programFile("main"), "serve", "--port", "0"].map((word) => `'${word}'`).join(" ");
  const script = spawn("script", ["-qfc", `echo $$ > ${pidFile}; exec ${command}`, "/dev/null"], {
    cwd: world.folder,
    env: programEnvironment({ ...world.environment, SHELL: "/bin/sh" }),
    stdio: ["pipe", "pipe", "ignore"],
  });
  processes.add(script);
  let shown = "";
  script.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
  });
  return { script, shown: () => shown, pid: async () => Number(await readFile(pidFile, "utf8")) };
}

const lives = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const replicas = async () => (await world.query<{ id: string }>("select id from outdial.replicas")).length;

test.skipIf(process.platform !== "linux")(
  "a terminal that is closed: the service drains; SIGHUP on one that is there reads again",
  async () => {
    const { script, shown, pid } = onTerminal();
    await until(() => shown().includes("sign in within ten minutes"));
    const service = await pid();
    process.kill(service, "SIGHUP");
    await until(() => shown().includes("were read again"));
    expect(await replicas()).toBe(1);
    script.kill("SIGKILL");
    await until(() => !lives(service));
    // It left the list by itself: it was not killed.
    expect(await replicas()).toBe(0);
  },
);

/** Where systemd's own program is, and what can listen as systemd does: Node cannot. */
const HEARS = ["systemd-notify", "perl"].every((name) => spawnSync(name, ["--version"]).error === undefined);
/** Each notice on a line. What comes with one, such as the file of a barrier, is closed unseen. */
const LISTEN = `use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0) or die $!; bind(S, pack_sockaddr_un($ARGV[0])) or die $!;
print "listening\\n"; while (defined recv(S, my $said, 65536, 0)) { $said =~ s/\\n/ /g; print "$said\\n" }`;

test.skipIf(!HEARS)(
  "systemd's socket is told by its own program that the service is ready, reads again, lives and stops",
  async () => {
    const socket = join(world.folder, "notify");
    const listener = spawn("perl", ["-e", LISTEN, socket], { stdio: ["ignore", "pipe", "inherit"] });
    processes.add(listener);
    let told = "";
    listener.stdout.setEncoding("utf8").on("data", (text: string) => (told += text));
    await until(() => told.startsWith("listening\n"));
    const lines = () => told.split("\n").slice(1, -1);
    const states = () => lines().flatMap((line) => /^(?:READY|RELOADING|STOPPING)=1/.exec(line) ?? []);
    const service = await served({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: "40000" });
    const lived = () => lines().filter((line) => line === "WATCHDOG=1").length;
    await until(() => lived() > 2);
    expect(lines()[0]).toBe("READY=1");
    await service.hangUp();
    await until(() => states().length === 3);
    expect(lines()).toContainEqual(expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/));
    const soFar = lived();
    await until(() => lived() > soFar);
    await service.stop();
    await until(() => states().length > 3);
    expect(states()).toEqual(["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]);
  },
);

test("a service that cannot tell systemd says so once, and works", async () => {
  const service = await served({ NOTIFY_SOCKET: join(world.folder, "none"), WATCHDOG_USEC: "40000", PATH: world.folder });
  const untold = () => service.logged().filter(({ message }) => String(message).startsWith("systemd could not be told"));
  await until(() => untold().length > 0);
  await service.hangUp();
  expect(untold()).toMatchObject([{ level: "warn", message: expect.stringContaining("READY=1") }]);
  await service.stop();
});
