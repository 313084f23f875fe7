// What is under deploy/ fits the code: metric names, ports, paths, names of variables, settings.

import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { configJsonSchema } from "../../../src/app/index.ts";
import { observeRoutes, ServiceMetrics, serviceFigures } from "../../../src/server/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFile(new URL(path, root), "utf8");

/** The metrics of a service, as it makes them. */
function serviceMetrics(): ServiceMetrics {
  const metrics = new ServiceMetrics();
  const never = () => Promise.reject(new Error("not asked here"));
  const store = {
    health: { backlog: never, openJobs: never, state: never },
    inbound: { counts: never },
    replicas: { list: never },
    endpoints: { list: never },
  };
  const clock = { now: () => 0, sleep: never };
  serviceFigures(metrics, { store: store as never, budgets: () => ({}), readers: () => 0, clock, held: never as never });
  return metrics;
}

/** What Prometheus' own linter has to say of a metric: its rules for names, units and types. */
function lint(text: string): string[] {
  const help = new Set([...text.matchAll(/^# HELP (\w+) \S/gm)].map(([, name]) => name));
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = "", type = ""]) =>
    [
      help.has(name) ? "" : "no help text",
      type === "counter" && !name.endsWith("_total") ? 'counters should end in "_total"' : "",
      type !== "counter" && name.endsWith("_total") ? 'non-counters should not end in "_total"' : "",
      /_(?:count|sum|bucket)$/.test(name) ? "a suffix of histograms" : "",
      /_(?:counter|gauge|histogram|summary)(?:_|$)/.test(name) ? "the type in its name" : "",
      /[A-Z:]/.test(name) ? "a letter or colon that is not for it" : "",
      /_(?:ms|us|ns|sec|s|milliseconds|minutes|hours|days|kilobytes|megabytes|kb|mb|gb|b|h|m|d|percent)(?:_|$)/.test(name)
        ? "no base unit, or a short word for one"
        : "",
    ]
      .filter((fault) => fault !== "")
      .map((fault) => `${name}: ${fault}`),
  );
}

test("the metrics, those of libraries included, are named as Prometheus wants it", async () => {
  const text = await serviceMetrics().registry.metrics();
  expect(text.match(/^# TYPE outdial_nodejs_/gm)?.length).toBeGreaterThan(5);
  expect(lint("# HELP a_total x\n# TYPE a_total gauge\n# TYPE b_ms counter\n")).toHaveLength(4);
  expect(lint(text)).toEqual([]);
});

const hasPromtool = spawnSync("promtool", ["--version"]).error === undefined;
test.skipIf(!hasPromtool)("promtool has nothing to say about the metrics, nor about the alerts", async () => {
  const input = await serviceMetrics().registry.metrics();
  const metrics = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
  expect(`${metrics.stdout}${metrics.stderr}`).toBe("");
  const alerts = spawnSync("promtool", ["check", "rules", fileURLToPath(new URL("deploy/alerts.yaml", root))], {
    encoding: "utf8",
  });
  expect(alerts).toMatchObject({ status: 0 });
});

/** Every name that the registry has, and those that a histogram adds. */
function metricNames(): Set<string> {
  const metrics = serviceMetrics();
  const names = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
}

test.each(["deploy/grafana-dashboard.json", "deploy/alerts.yaml"])("%s names only metrics that exist", async (path) => {
  const text = await read(path);
  const names = [...text.matchAll(/\boutdial_\w+/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(10);
  const known = metricNames();
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

const dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      title: z.string().min(1),
      gridPos: z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).optional(),
    }),
  ),
});

test("the dashboard's panels have ids of their own, queries, and places that do not overlap", async () => {
  const { panels } = dashboard.parse(JSON.parse(await read("deploy/grafana-dashboard.json")));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { type, targets } of panels) expect(targets === undefined).toBe(type === "row");
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});

const rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Outdial[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["page", "warn"]) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string().optional() }),
        }),
      ),
    }),
  ),
});

test("alerts about jobs name statuses that jobs have", async () => {
  const statuses = [...(await read("deploy/alerts.yaml")).matchAll(/jobs_\w+\{status="(\w+)"\}/g)].map(([, status]) => status);
  const words = await read("src/store/jobs/types.ts");
  expect(statuses.length).toBeGreaterThan(0);
  for (const status of statuses) expect(words).toContain(`"${status}"`);
});

test("every alert says what it means, and once", async () => {
  const { groups } = rules.parse(parse(await read("deploy/alerts.yaml")));
  const names = groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  expect(new Set(names).size).toBe(names.length);
});

test("docs/operations.md says of each alert what is to be done, and names no other", async () => {
  const { groups } = rules.parse(parse(await read("deploy/alerts.yaml")));
  const named = new Set((await read("docs/operations.md")).match(/\bOutdial[A-Z]\w+/g));
  expect([...named].toSorted()).toEqual(groups.flatMap((group) => group.rules.map(({ alert }) => alert)).toSorted());
});

/** Names of variables that the code reads, those that are put together included. */
async function knownVariables(): Promise<(name: string) => boolean> {
  const folder = fileURLToPath(new URL("src/", root));
  const files = (await readdir(folder, { recursive: true })).filter((file) => /^(app|cli)\/.*\.ts$/.test(file));
  const text = (await Promise.all(files.map((file) => read(`src/${file}`)))).join("\n");
  const composed =
    /^CXONE_(CLIENT_ID|CLIENT_SECRET|ACCESS_KEY_ID|ACCESS_KEY_SECRET)$|^OUTDIAL_(INBOUND_(OMNICHANNEL|DIALER)_SECRET(_PREVIOUS)?|(BI|ANALYTICS|CRM|ALARMS)_(URL|SECRET(_PREVIOUS)?))$/;
  return (name) => [name, name.replace(/_FILE$/, "")].some((one) => text.includes(`"${one}"`) || composed.test(one));
}

const compose = z.object({
  services: z.object({
    outdial: z.object({
      environment: z.record(z.string(), z.string()),
      secrets: z.array(z.string()),
      ports: z.array(z.string()),
      read_only: z.literal(true),
      stop_grace_period: z.string(),
    }),
    postgres: z.object({ image: z.string().regex(/^postgres:1[5-9]/) }),
  }),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

const PORT = "8383";

test("compose gives variables that the code reads, every secret as a file, and the port on this machine only", async () => {
  const { services, secrets } = compose.parse(parse(await read("deploy/compose.yaml")));
  const isKnown = await knownVariables();
  const { environment, ports } = services.outdial;
  expect(Object.keys(environment).filter((name) => !isKnown(name))).toEqual([]);
  expect(Object.keys(secrets).sort((a, b) => a.localeCompare(b))).toEqual(
    [...services.outdial.secrets].sort((a, b) => a.localeCompare(b)),
  );
  for (const [name, value] of Object.entries(environment))
    if (name.endsWith("_FILE")) expect(services.outdial.secrets).toContain(value.replace("/run/secrets/", ""));
  expect(ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
  expect(Number.parseInt(services.outdial.stop_grace_period, 10)).toBeGreaterThan(10);
});

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal("http") }) });
const deployment = z.object({
  kind: z.literal("Deployment"),
  spec: z.object({
    template: z.object({
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
        containers: z.tuple([
          z.object({
            args: z.array(z.string()),
            image: z.string().regex(/^[a-z0-9./-]+@sha256:[0-9a-f]{64}$/),
            ports: z.tuple([
              z.object({ name: z.literal("http"), containerPort: z.number() }),
              z.object({ name: z.literal("metrics"), containerPort: z.number() }),
            ]),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
            env: z.array(z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.object({}).optional() })),
            startupProbe: probe,
            livenessProbe: probe,
            readinessProbe: probe,
            lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }),
            securityContext: z.object({
              allowPrivilegeEscalation: z.literal(false),
              readOnlyRootFilesystem: z.literal(true),
              capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
            }),
          }),
        ]),
        volumes: z.array(z.looseObject({ name: z.string(), emptyDir: z.object({}).optional() })),
      }),
    }),
  }),
});

test("the manifest runs replicas without rights, asks addresses that are answered, and keeps two of them up", async () => {
  const documents = parseAllDocuments(await read("deploy/kubernetes.yaml")).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as { kind: string; spec: Record<string, unknown>; data?: Record<string, string> };
  });
  const of = (kind: string) => documents.find((document) => document.kind === kind);
  const { spec } = deployment.parse(of("Deployment")).spec.template;
  const [container] = spec.containers;
  expect(String(container.ports[0].containerPort)).toBe(PORT);
  expect(container.args).toEqual(["serve", "--host", "0.0.0.0", "--port", PORT, "--log-format", "json"]);
  const isKnown = await knownVariables();
  expect(container.env.map(({ name }) => name).filter((name) => !isKnown(name))).toEqual([]);
  for (const { name, value } of container.env) if (/SECRET|TOKEN|KEY|DATABASE/.test(name)) expect(value).toBeUndefined();
  const app = observeRoutes({
    registry: new ServiceMetrics({ process: false }).registry,
    readiness: { check: async () => ({ ready: true, checks: [] }) },
    refresh: async () => undefined,
  });
  for (const { httpGet } of [container.startupProbe, container.livenessProbe, container.readinessProbe])
    expect((await app.request(httpGet.path)).status).toBe(200);
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(container.lifecycle.preStop.sleep.seconds + 10);
  expect(of("PodDisruptionBudget")?.spec).toMatchObject({ minAvailable: 2 });
  expect(of("HorizontalPodAutoscaler")?.spec).toMatchObject({ minReplicas: 3, scaleTargetRef: { name: "outdial" } });
  const [, scraped] = container.ports;
  expect(of("NetworkPolicy")?.spec).toMatchObject({
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: [{ port: "http" }] }, { ports: [{ port: scraped.name }] }],
  });
  const settings = parse(of("ConfigMap")?.data?.["outdial.yaml"] ?? "") as {
    service: { metrics: { port: number } };
    audit: { heads: { folder: string }[] };
  };
  checkSettings(settings);
  expect(settings.service.metrics.port).toBe(scraped.containerPort);
  // What tells that the database was set back is not gone with a pod.
  for (const { folder } of settings.audit.heads) {
    const mounted = container.volumeMounts.find(({ mountPath }) => mountPath === folder);
    expect(spec.volumes.find(({ name }) => name === mounted?.name)).toMatchObject({ persistentVolumeClaim: {} });
  }
});

test("the settings of the containers are settings", async () => {
  checkSettings(parse(await read("deploy/outdial.yaml")));
});

function checkSettings(settings: unknown): void {
  z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]).parse(settings);
}

test("the image runs without rights, drains on SIGTERM, and is asked where it answers", async () => {
  const text = await read("deploy/Dockerfile");
  const last = text.slice(text.lastIndexOf("\nFROM "));
  expect(text.match(/^FROM node:24-[\w-]*slim/gm)).toHaveLength(2);
  expect(last).toMatch(/^USER node$/m);
  expect(last.indexOf("USER node")).toBeLessThan(last.indexOf("ENTRYPOINT"));
  expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
  expect(last).toContain(`http://127.0.0.1:${PORT}/livez`);
  expect(last).toMatch(new RegExp(`^EXPOSE ${PORT}$`, "m"));
  const command = z.array(z.string()).parse(JSON.parse(/^CMD (\[.*\])$/m.exec(last)?.[1] ?? ""));
  expect(command).toEqual(["serve", "--host", "0.0.0.0", "--port", PORT, "--log-format", "json"]);
  const isKnown = await knownVariables();
  const variables = [...last.matchAll(/\b((?:OUTDIAL|CXONE)_\w+)=/g)].map(([, name]) => name ?? "");
  expect(variables.filter((name) => !isKnown(name))).toEqual([]);
  for (const [, source] of last.matchAll(/^COPY --from=build (?:--chown=\S+ )?\/src\/(\S+) /gm))
    if (source !== "node_modules" && source !== "dist") await readdir(new URL(".", new URL(source ?? "", root)));
});
