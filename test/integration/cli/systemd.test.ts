// deploy/systemd/outdial.service: what it says, its commands as systemd gives them, and, where one can be started, a systemd that runs it.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../support/pgbouncer.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { ACCOUNT, hasSystemd, startSystemd } from "../../support/systemd.ts";
import { until } from "../../support/until.ts";
import { startWorld } from "../../support/world.ts";

const ROOT = new URL("../../../", import.meta.url);
const FILE = fileURLToPath(new URL("deploy/systemd/outdial.service", ROOT));
const API = "node_modules/@opentelemetry/api";
const unit = await readFile(FILE, "utf8");
const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";

test("the unit comes with the package", async () => {
  const { files } = JSON.parse(await readFile(new URL("package.json", ROOT), "utf8")) as { files: string[] };
  expect(files).toContain("deploy/systemd");
});

test("the unit is told when the service is ready, waits longer than a drain, and opens little of the machine", () => {
  for (const line of ["Type=notify", "NotifyAccess=all", "KillMode=mixed", "Restart=on-failure", "RestartPreventExitStatus=2"])
    expect(unit.split("\n")).toContain(line);
  expect(Number(valueOf("TimeoutStopSec"))).toBeGreaterThan(15);
  expect(valueOf("WatchdogSec")).toMatch(/^\d+$/);
  // systemd's own reading of it, where there is one.
  const verified = spawnSync("systemd-analyze", ["verify", "--man=no", FILE], { encoding: "utf8" });
  if (verified.error !== undefined) return;
  expect([verified.status, verified.stderr]).toEqual([0, expect.not.stringContaining("outdial.service")]);
  // In tenths: how much of the machine is open to it.
  const exposure = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=15", FILE], { encoding: "utf8" });
  expect(exposure).toMatchObject({ status: 0 });
});

test("the unit's own commands, given as systemd gives them: start, notices, reload, watchdog, stop", async () => {
  await using world = await startWorld();
  const { folder } = world;
  const programs = join(folder, "programs");
  await mkdir(programs);
  // In place of systemd: what it would be told, in a file. signals.test.ts has its own program tell a socket.
  const told = join(folder, "told");
  const put = async (name: string, text: string) => {
    await writeFile(join(programs, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(programs, name), 0o755);
  };
  await put("systemd-notify", `echo "$@" >> "${told}"`);
  await put("outdial", `exec "${process.execPath}" "${programFile("main")}" "$@"`);
  await writeFile(told, "");
  const config = (perMinute: number) =>
    `service: { host: 127.0.0.1, port: 0 }\nlimits: { campaigns: { perMinute: ${perMinute} } }\n`;
  await world.configure(config(90));
  const places: Readonly<Record<string, string>> = {
    "/etc/outdial/outdial.yaml": join(folder, "outdial.yaml"),
    "/var/lib/outdial": join(folder, ".outdial"),
  };
  const given = Object.fromEntries(
    valueOf("Environment")
      .split(" ")
      .map((pair) => pair.split("="))
      .map(([name = "", value = ""]) => [name, places[value] ?? ""]),
  );
  expect(Object.values(given)).not.toContain("");
  const [program = "", ...words] = valueOf("ExecStart").split(" ");
  const service = spawn(program, words, {
    cwd: folder,
    env: programEnvironment({
      ...world.environment,
      ...given,
      PATH: `${programs}:${process.env["PATH"]}`,
      NOTIFY_SOCKET: join(folder, "none"),
      WATCHDOG_USEC: "40000",
    }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void service.kill("SIGKILL"));
  const ended = once(service, "exit");
  let said = "";
  service.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const notices = async () => (await readFile(told, "utf8")).split("\n").slice(0, -1);
  const lived = async () => (await notices()).filter((line) => line === "WATCHDOG=1").length;
  await until(async () => service.exitCode !== null || (await lived()) > 1);
  expect(said).toContain("the service is ready");
  await world.configure(config(30));
  const reload = spawnSync("sh", ["-c", valueOf("ExecReload")], { env: { ...process.env, MAINPID: `${service.pid}` } });
  expect(reload.status).toBe(0);
  await until(async () => (await notices()).filter((line) => line === "READY=1").length === 2);
  expect(said).toContain('"changed":["limits.');
  const soFar = await lived();
  await until(async () => (await lived()) > soFar);
  service.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect((await notices()).flatMap((line) => /^(?:READY|RELOADING|STOPPING)=1/.exec(line) ?? [])).toEqual([
    "READY=1",
    "RELOADING=1",
    "READY=1",
    "STOPPING=1",
  ]);
});

test.skipIf(!hasSystemd())(
  "systemd runs the unit: it waits until it is ready, reloads, restarts what was killed or hangs, but no wrong configuration, and stops it in order",
  async () => {
    await using world = await startWorld();
    const port = await freePort();
    const { OUTDIAL_TENANT_URL = "", DATABASE_URL = "", CXONE_CLIENT_ID, CXONE_CLIENT_SECRET } = world.environment;
    const config = `tenant: { hosts: "${OUTDIAL_TENANT_URL}" }\nservice: { host: 127.0.0.1, port: ${port} }\n`;
    const environment = (database: string) =>
      `CXONE_CLIENT_ID=${CXONE_CLIENT_ID}\nCXONE_CLIENT_SECRET=${CXONE_CLIENT_SECRET}\nDATABASE_URL=${database}\n`;
    const program = dirname(dirname(programFile("main")));
    await using systemd = await startSystemd(
      // What the bundled program does not have within.
      { [program]: "/opt/outdial", [fileURLToPath(new URL(API, ROOT))]: `/opt/outdial/${API}` },
      {
        "/etc/systemd/system/outdial.service": unit,
        // The log in a file: no journal runs. Shorter than the unit's minute, so that it is seen.
        "/etc/systemd/system/outdial.service.d/test.conf":
          "[Service]\nStandardOutput=append:/run/said\nStandardError=append:/run/said\nWatchdogSec=12\n",
        "/etc/outdial/outdial.yaml": config,
        "/etc/outdial/environment": environment(DATABASE_URL),
      },
    );
    await symlink("/opt/outdial/bin/outdial.mjs", systemd.path("/usr/local/bin/outdial"));
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    const shown = (name: string) => systemd.run("systemctl", "show", "outdial", "--value", `--property=${name}`).said.trim();
    const said = () => readFile(systemd.path("/run/said"), "utf8").catch(() => "");
    const systemctl = (...words: readonly string[]) => expect(systemd.run("systemctl", ...words)).toMatchObject({ status: 0 });
    const replicas = async () =>
      (await world.query<{ id: string }>("select id from outdial.replicas order by started_at desc")).map(({ id }) => id);

    // It answers as soon as `start` has ended, as an account without rights.
    const started = systemd.run("systemctl", "start", "outdial");
    if (started.status !== 0)
      throw new Error(`${started.said}${systemd.run("systemctl", "status", "outdial").said}${await said()}`);
    expect(await isReady()).toBe(true);
    const main = () => Number(shown("MainPID"));
    const status = () => systemd.run("cat", `/proc/${main()}/status`).said;
    expect(status()).toMatch(new RegExp(`^Uid:\\s+${ACCOUNT}\\s+${ACCOUNT}\\s`, "m"));
    expect(status()).toMatch(/^CapBnd:\s+0+$/m);
    expect(status()).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status()).toMatch(/^Seccomp:\s+2$/m);

    await appendFile(systemd.path("/etc/outdial/outdial.yaml"), "limits: { campaigns: { perMinute: 30 } }\n");
    systemctl("reload", "outdial");
    await until(async () => (await said()).includes('"changed":["limits.'));
    await writeFile(systemd.path("/etc/outdial/outdial.yaml"), `${config}webhooks: [`);
    systemctl("reload", "outdial");
    await until(async () => (await said()).includes("was not exchanged"));
    await writeFile(systemd.path("/etc/outdial/outdial.yaml"), config);
    await until(() => shown("SubState") === "running");
    expect(shown("NRestarts")).toBe("0");

    for (const [restarts, signal] of ["KILL", "STOP"].entries()) {
      systemd.run("kill", `-${signal}`, `${main()}`);
      await until(() => shown("NRestarts") === `${restarts + 1}` && shown("SubState") === "running");
      expect(await isReady()).toBe(true);
    }

    const [last] = await replicas();
    systemctl("stop", "outdial");
    expect([shown("ActiveState"), shown("Result")]).toEqual(["inactive", "success"]);
    // It left the list by itself: it was not killed.
    expect(await replicas()).not.toContain(last);

    await writeFile(systemd.path("/etc/outdial/outdial.yaml"), "servce: {}\n");
    expect(systemd.run("systemctl", "start", "outdial").status).not.toBe(0);
    await until(() => shown("ActiveState") === "failed");
    expect([shown("ExecMainStatus"), shown("NRestarts")]).toEqual(["2", "0"]);

    await writeFile(systemd.path("/etc/outdial/outdial.yaml"), config);
    await writeFile(systemd.path("/etc/outdial/environment"), environment("postgres://ann@127.0.0.1:9/outdial"));
    systemd.run("systemctl", "start", "outdial");
    await until(() => Number(shown("NRestarts")) > 0);
    await writeFile(systemd.path("/etc/outdial/environment"), environment(DATABASE_URL));
    await until(() => shown("SubState") === "running");
    expect(await isReady()).toBe(true);
    systemctl("stop", "outdial");
  },
  240_000,
);
