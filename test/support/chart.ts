// The chart of deploy/helm, rendered by Helm itself: by HELM where that names one, on Linux (x64) by the one that a package of the registry has within, elsewhere by
// the machine's. Objects are held against Kubernetes' own schemas.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { TEMPORARY } from "./temporary.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CHART = join(ROOT, "deploy/helm/outdial");
const KUBERNETES = "1.30.0";

export type KubernetesObject = Readonly<Record<string, unknown>> & { readonly kind: string; readonly apiVersion: string };

/** Helm, until it is disposed of. */
export interface Helm extends Disposable {
  /** Values files as texts, one over the other. @throws with what Helm said */
  objects(release: string, values: readonly string[]): KubernetesObject[];
  /** `helm lint --strict`. @returns what it said */
  lint(values: readonly string[]): { readonly status: number | null; readonly said: string };
}

/** undefined where there is no Helm. */
export function openHelm(): Helm | undefined {
  const folder = mkdtempSync(join(TEMPORARY, "outdial-helm-"));
  const end = () => rmSync(folder, { recursive: true });
  const program = process.env["HELM"] ?? packaged(folder) ?? "helm";
  if (spawnSync(program, ["version"]).status !== 0) {
    end();
    return undefined;
  }
  const run = (args: readonly string[], values: readonly string[]) => {
    const files = values.flatMap((text, i) => {
      const path = join(folder, `${i}.yaml`);
      writeFileSync(path, text);
      return ["--values", path];
    });
    const { status, stdout, stderr } = spawnSync(program, [...args, ...files], { encoding: "utf8" });
    return { status, stdout, said: `${stdout}${stderr}` };
  };
  return {
    objects(release, values) {
      const { status, stdout, said } = run(["template", release, CHART, "--kube-version", KUBERNETES], values);
      if (status !== 0) throw new Error(said);
      return parseAllDocuments(stdout)
        .map((document) => document.toJS() as KubernetesObject | null)
        .filter((one) => one !== null);
    },
    lint: (values) => run(["lint", "--strict", CHART], values),
    [Symbol.dispose]: end,
  };
}

/** Helm out of the package's archive. */
function packaged(folder: string): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const path = join(folder, "helm");
  writeFileSync(path, entryOf(readFileSync(join(ROOT, "node_modules/@aws-cdk/asset-kubectl-v20/lib/layer.zip")), "helm/helm"), {
    mode: 0o755,
  });
  return path;
}

/** A deflated file of a zip archive, found by the archive's directory. */
function entryOf(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50; ) {
    const [size, name, extra, comment] = [
      zip.readUInt32LE(at + 20),
      ...[28, 30, 32].map((one) => zip.readUInt16LE(at + one)),
    ] as [number, number, number, number];
    if (zip.toString("utf8", at + 46, at + 46 + name) === wanted) {
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(from, from + size));
    }
    at += 46 + name + extra + comment;
  }
  throw new Error(`the archive has no ${wanted}`);
}

/** What Kubernetes' schemas have against the objects: unknown and missing fields, types, words and forms that are none. */
export async function faultsOf(objects: readonly KubernetesObject[]): Promise<string[]> {
  const faults: string[] = [];
  for (const one of objects) {
    const of = (await import(moduleOf(one))) as Record<string, new (data: object) => { validate(): void }>;
    const Model = of[one.kind];
    if (Model === undefined) throw new Error(`no schema of ${one.apiVersion} ${one.kind}`);
    try {
      new Model(one).validate();
    } catch (thrown) {
      faults.push(`${one.kind}: ${(thrown as Error).message}`);
    }
  }
  return [...faults, ...mistyped(objects)];
}

const moduleOf = ({ apiVersion, kind }: KubernetesObject): string =>
  apiVersion.startsWith("monitoring.coreos.com/")
    ? `@kubernetes-models/prometheus-operator/${apiVersion}/${kind}`
    : `kubernetes-models/${apiVersion}/${kind}`;

/** Types know which fields there are; the schemas take any. */
function mistyped(objects: readonly KubernetesObject[]): string[] {
  const text = objects
    .map(
      (one, i) =>
        `import type { I${one.kind} as Kind${i} } from "${moduleOf(one)}";\nexport const object${i}: Kind${i} = ${JSON.stringify(one)};`,
    )
    .join("\n");
  const path = join(ROOT, "test/support/objects-of-the-chart.ts");
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, text, ts.ScriptTarget.ESNext) : read(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}
