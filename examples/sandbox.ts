// What the examples share: a sandbox tenant, a store in a temporary folder (or in the database of EXAMPLE_DATABASE_URL, one for each example), and outdial
// opened for both. In your program use `openOutdial()` with your tenant.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outdial, openOutdial } from "outdial";
import { createSandbox, defaultScenario, type Sandbox } from "outdial/sandbox";

export interface Stage extends AsyncDisposable {
  readonly outdial: Outdial;
  readonly sandbox: Sandbox;
  /** Folder of the store and of its keys. */
  readonly dir: string;
}

/**
 * @param given.scenario of the sandbox; its default world where it says nothing @param given.rules the rule pack; the shipped one by
 * default @param given.config outdial.yaml
 */
export async function openStage({
  scenario = {},
  rules,
  config = {},
  environment = {},
}: {
  readonly scenario?: object;
  readonly rules?: object;
  readonly config?: object;
  readonly environment?: Readonly<Record<string, string>>;
} = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "outdial-example-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, "outdial.yaml");
  const pack = join(dir, "rules.json");
  if (rules !== undefined) await writeFile(pack, JSON.stringify(rules));
  await writeFile(file, JSON.stringify({ ...config, ...(rules === undefined ? {} : { compliance: { pack } }) }));
  const sandbox = createSandbox({ scenario: { ...defaultScenario(), limits: "off", ...scenario } });
  stack.defer(() => sandbox.close());
  const { url } = await sandbox.listen();
  const outdial = stack.use(
    await openOutdial({
      makeStore: true,
      databaseUrl: process.env["EXAMPLE_DATABASE_URL"],
      tenantUrl: url,
      credentials: sandbox.ready,
      dir,
      config: file,
      limits: "off",
      actor: "example",
      environment,
      warn: (message) => process.stderr.write(`${message}\n`),
    }),
  );
  const owned = stack.move();
  return { outdial, sandbox, dir, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
