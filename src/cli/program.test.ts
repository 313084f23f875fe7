// Which commands help and completion offer on which profile.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../test/support/cli.ts";
import { lacksOf } from "../operations/index.ts";
import { createAcdTenant } from "../tenant/acd/index.ts";
import { createTenant } from "../tenant/index.ts";
import { pathsOf, type Want } from "./command.ts";
import { LACKING, offered, profileToHelp } from "./program.ts";
import { TREE } from "./tree.ts";

const paths = (profile: "rest" | "acd") => new Set(pathsOf(offered(profile, TREE), () => true));

const WANTS: Readonly<Record<string, Want | undefined>> = {
  campaignOfSettings: "a campaign of dialer settings",
  vendorEvents: "vendor events",
  vendorSimulator: "simulator",
  interactionDispositions: "interactions",
  doNotCallGroups: "do-not-call groups",
  scheduledCallbacks: "callbacks",
  agents: "agents",
  recordings: "recordings",
};

test("what a profile has not is what its capabilities say", async () => {
  const acd = createAcdTenant({ issuer: "http://127.0.0.1:9", credentials: { accessKeyId: "k", accessKeySecret: "s" } });
  const rest = createTenant({
    hosts: "http://127.0.0.1:9",
    token: { auth: "basic" },
    credentials: { clientId: "c", clientSecret: "s" },
  });
  // Tagging has another way where dispositions cannot be set: --instead.
  const lacking = (tenant: Parameters<typeof lacksOf>[0]) =>
    lacksOf(tenant)
      .filter(({ capability }) => capability !== "dispositionWriter")
      .map(({ capability }) => WANTS[capability]);
  expect(new Set(lacking(acd))).toEqual(new Set(LACKING.acd));
  expect(new Set(lacking(rest))).toEqual(new Set(LACKING.rest));
  await Promise.all([acd.close(), rest.close()]);
});

test("commands of no use are left out, and nothing else is", () => {
  const [rest, acd] = [paths("rest"), paths("acd")];
  expect([...acd].filter((path) => !rest.has(path)).sort()).toEqual([
    "callbacks",
    "callbacks delete",
    "callbacks list",
    "calls recordings",
    "campaign agents",
    "dnc compare",
    "dnc push",
  ]);
  expect([...rest].filter((path) => !acd.has(path)).sort()).toEqual([
    "dialer create-campaign",
    "dialer simulate-vendor",
    "interaction disposition",
    "interaction dispositions",
    "webhooks register",
    "webhooks remove",
    "webhooks vendor",
  ]);
});

test.each(["rest", "acd"])("help begins with what stops everything, under its own heading, over %s", async (profile) => {
  const { code, stdout } = await runCli(["--help"], { cwd: process.cwd(), env: { OUTDIAL_PROFILE: profile } });
  expect(code).toBe(0);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const at = lines.indexOf("In an emergency:");
  expect(at).toBeGreaterThan(-1);
  expect(lines[at + 1]).toMatch(/^ {2}stop\b/);
  // It stands before all other commands, and alone.
  expect(lines.findIndex((line) => /^ {2}[a-z]/.test(line))).toBe(at + 1);
  expect(lines.indexOf("Commands:")).toBeGreaterThan(at + 1);
  expect(lines.slice(at + 1, lines.indexOf("Commands:")).filter((line) => /^ {2}[a-z]/.test(line))).toHaveLength(1);
});

test("help and completion of such a tenant", async () => {
  const of = async (args: string[], profile = "acd") =>
    (await runCli(args, { cwd: process.cwd(), env: { OUTDIAL_PROFILE: profile } })).stdout;
  expect(await of(["dialer", "--help"])).not.toContain("simulate-vendor");
  expect(await of(["dialer", "simulate-vendor", "--help"])).toMatch(/^Not offered by this tenant[^]*simulate-vendor/);
  expect(await of(["__complete", "dialer", ""])).not.toContain("simulate-vendor");
  expect(await of(["dialer", "--help"], "rest")).toContain("simulate-vendor");
});

test("the profile is the environment's, else the file's, and that only for help", () => {
  const cwd = mkdtempSync(join(tmpdir(), "outdial-profile-"));
  try {
    const told = (argv: string[], env: Record<string, string> = {}) => profileToHelp(argv, { env, cwd });
    expect(told(["--help"])).toBe("rest");
    writeFileSync(join(cwd, "outdial.yaml"), "tenant:\n  # profile: acd\n  hosts: x\n");
    expect(told(["--help"])).toBe("rest");
    writeFileSync(join(cwd, "outdial.yaml"), "tenant: { hosts: x, profile: acd }\n");
    expect(told(["--help"])).toBe("acd");
    expect(told([])).toBe("acd");
    expect(told(["tag", "file"])).toBe("rest");
    expect(told(["--help"], { OUTDIAL_PROFILE: "rest" })).toBe("rest");
    expect(told(["--config", join(cwd, "none.yaml"), "--help"])).toBe("rest");
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test("without a command, the program and its groups print their help to stdout, commands before options, and end with 0", async () => {
  for (const line of [[], ["jobs"], ["compliance", "pack"]]) {
    const { code, stdout, stderr } = await runCli(line, { cwd: tmpdir(), env: {} });
    expect([line, code, stderr]).toEqual([line, 0, ""]);
    expect(stdout.indexOf("Commands:")).toBeGreaterThan(0);
    expect(stdout.indexOf("Commands:")).toBeLessThan(stdout.indexOf("\nOptions:"));
  }
});

test("a misspelt option is named before one that is missing", async () => {
  const told = async (...line: string[]) => (await runCli(line, { cwd: tmpdir(), env: {} })).stderr;
  expect(await told("tag", "calls.csv", "--campain", "x")).toBe(
    "error: unknown option '--campain'\n(Did you mean --campaign?)\n",
  );
  expect(await told("tag", "calls.csv")).toBe("error: required option '--campaign <id>' not specified\n");
});

test.each([
  ["login", "for the dashboard the link that outdial serve prints"],
  ["list", "outdial campaign status, or outdial jobs list"],
  ["dashboard", "outdial serve"],
  ["explain", "outdial compliance explain NUMBER"],
  ["pause", "outdial stop --all, or outdial campaign pause CAMPAIGN"],
  ["version", "outdial --version"],
])("a word that people try first, %s, is answered with what is meant", async (word, meant) => {
  const { code, stderr } = await runCli([word], { cwd: tmpdir(), env: {} });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`unknown command '${word}'\nIt is: ${meant}`)]);
});

test.each([
  ["frobnicate", "--help"],
  ["help", "frobnicate"],
  ["jobs", "lst", "-h"],
  ["--dir", "x", "jobs", "lst", "--help"],
])("help of a command that there is none of names the word: %s %s", async (...line) => {
  const { code, stdout, stderr } = await runCli(line, { cwd: tmpdir(), env: {} });
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(/unknown command '(frobnicate|lst)'/)]);
});

test("help of a command is the same by each way of asking", async () => {
  const asked = (...line: string[]) => runCli(line, { cwd: tmpdir(), env: {} });
  const shown = await asked("jobs", "list", "--help");
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: outdial jobs list") });
  expect(await asked("help", "jobs", "list")).toEqual(shown);
});
