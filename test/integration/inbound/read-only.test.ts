// The service as a cluster runs it: a user that no list of accounts has, of group 0, without a home, on a file system that takes no writes but on the volumes.

import { spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { until } from "../../support/until.ts";
import { operatorToken, type StartedWorld, startWorld } from "../../support/world.ts";

const UID = 1_000_650_000;
const VOLUMES = ["data", "lake", "heads", "tmp"];
/** Volumes of a shell's `$@` stay writable, everything else is read-only; then the command, as the user. */
const POD = `set -e
mount --make-rprivate /
cd "$FOLDER"
for volume in ${VOLUMES.join(" ")}; do mount --bind "$volume" "$volume"; done
for place in / /dev /dev/shm; do mount -o remount,bind,ro "$place" 2>/dev/null || test "$place" != /; done
exec setpriv --reuid ${UID} --regid 0 --clear-groups --no-new-privs --inh-caps=-all "$@"`;

const inPod = (world: StartedWorld, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) => {
  const command = ["--mount", "sh", "-c", POD, "pod", ...args];
  const folder = world.folder;
  const places = {
    FOLDER: folder,
    OUTDIAL_DIR: join(folder, "data"),
    TMPDIR: join(folder, "tmp"),
    HOME: undefined,
    XDG_STATE_HOME: undefined,
    USER: undefined,
  };
  return spawn("unshare", command, {
    cwd: "/",
    env: programEnvironment({ ...world.environment, ...places, ...env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
};
async function endOf(child: ReturnType<typeof inPod>) {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}
const outdial = (...args: readonly string[]) => [process.execPath, programFile("main"), ...args];

const can = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "setpriv", "--reuid", `${UID}`, "true"]).status === 0;

test.skipIf(!can)(
  "an arbitrary user of group 0 on a read-only file system migrates, serves and reads outcomes into the lake",
  async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    await using world = await startWorld({
      environment: { OUTDIAL_AUDIT_KEY: String(privateKey.export({ type: "pkcs8", format: "pem" })) },
    });
    const { folder } = world;
    // The account is in group 0, as the volumes are.
    await chmod(folder, 0o755);
    for (const volume of VOLUMES) await mkdir(join(folder, volume)).then(() => chmod(join(folder, volume), 0o770));
    await world.configure(
      `outcomes: { lake: ${join(folder, "lake")} }\naudit: { heads: [{ folder: ${join(folder, "heads")} }] }\n`,
    );
    const refused = await endOf(
      inPod(world, ["sh", "-c", `id -u; touch "${folder}/no" "${process.cwd()}/no"; touch "${folder}/data/yes" && echo wrote`]),
    );
    expect(refused.said).toContain(`${UID}`);
    expect(refused.said.match(/Read-only file system/g)).toHaveLength(2);
    expect(refused.said).toContain("wrote");
    // As the chart's migration: without settings.
    const migrated = await endOf(inPod(world, outdial("db", "migrate"), { OUTDIAL_CONFIG: "" }));
    expect(migrated).toMatchObject({ code: 0 });
    const token = await operatorToken({
      environment: { ...world.environment, OUTDIAL_DIR: join(folder, "elsewhere") },
      folder: join(folder, "elsewhere"),
    });
    const child = inPod(world, outdial("serve", "--port", "0", "--json"), {});
    const ended = endOf(child);
    try {
      const first = await Promise.race([once(child.stdout, "data"), ended.then((end) => Promise.reject(new Error(end.said)))]);
      const { url } = z.looseObject({ url: z.string() }).parse(JSON.parse(String((first as unknown[])[0])));
      await until(async () => (await fetch(`${url}/readyz`)).ok);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const body = JSON.stringify({ campaignId: "camp_primary_001", lastHours: 24 });
      const begun = await fetch(`${url}/api/v1/outcomes/retrievals`, { method: "POST", headers, body });
      const { jobId } = z.looseObject({ jobId: z.string() }).parse(await begun.json());
      const status = async () =>
        z.looseObject({ status: z.string() }).parse(await (await fetch(`${url}/api/v1/jobs/${jobId}`, { headers })).json())
          .status;
      await until(async () => !["ready", "running"].includes(await status()));
      expect(await status()).toBe("done");
      expect((await readdir(join(folder, "lake"))).length).toBeGreaterThan(0);
      expect((await readFile(join(folder, "data", "login-link"), "utf8")).length).toBeGreaterThan(0);
      expect((await readdir(join(folder, "heads"))).length).toBeGreaterThan(0);
    } finally {
      child.kill("SIGTERM");
    }
    expect((await ended).code).toBe(0);
  },
  120_000,
);

test.skipIf(!can)(
  "a service whose folder has no room left starts, says what it could not keep, and keeps the link to itself",
  async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    await using world = await startWorld({
      environment: { OUTDIAL_AUDIT_KEY: String(privateKey.export({ type: "pkcs8", format: "pem" })) },
    });
    const full = join(world.folder, "full");
    await mkdir(full);
    await operatorToken(world);
    // First what is there already in a folder that has been in use: with nothing in it, the place that is full is named.
    const command = `mount --make-rprivate / && mount -t tmpfs -o size=16k none "$0"
      fill() { head -c 99999 /dev/zero > "$0/fill"; }
      fill; "$1" "$2" audit verify >&2; rm "$0/fill"; "$1" "$2" audit verify >&2; fill
      exec "$@"`;
    const service = spawn(
      "unshare",
      ["--mount", "sh", "-c", command, full, ...outdial("serve", "--port", "0", "--log-format", "json")],
      {
        cwd: world.folder,
        env: programEnvironment({ ...world.environment, OUTDIAL_DIR: full }),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const ended = endOf(service);
    const [first] = (await Promise.race([
      once(service.stdout, "data"),
      ended.then(({ said }) => Promise.reject(new Error(said))),
    ])) as [string];
    const { url, ...others } = z.looseObject({ url: z.string() }).parse(JSON.parse(first));
    expect(others).not.toHaveProperty("loginFile");
    await until(async () => (await fetch(`${url}/readyz`)).ok);
    service.kill("SIGTERM");
    const { code, said } = await ended;
    expect(code).toBe(0);
    expect(said).toContain(`the folder ${full} cannot be written to: ENOSPC`);
    expect(said).toMatch(/"level":"warn".*login-link cannot be written: the disk is full/);
    expect(said).not.toMatch(/#|login=|\/sign-in|link=/);
  },
);
