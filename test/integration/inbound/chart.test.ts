// The Helm chart by Helm itself: the manifest's objects, every values file that the documents have, what the values refuse.

import { readFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { z } from "zod";
import { configJsonSchema } from "../../../src/app/index.ts";
import { faultsOf, type KubernetesObject, openHelm } from "../../support/chart.ts";
import { fencesOf } from "../../support/documents.ts";

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");
const IMAGE = stringify({ image: { digest: `sha256:${"0".repeat(64)}` } });

const helm = openHelm();
const withHelm = test.skipIf(helm === undefined);
afterAll(() => helm?.[Symbol.dispose]());

/** The objects of values over the chart's own. */
const objects = (values: object | string, release = "outdial"): KubernetesObject[] =>
  helm?.objects(release, [IMAGE, typeof values === "string" ? values : stringify(values)]) ?? [];
const nameOf = ({ kind, metadata }: KubernetesObject) => `${kind} ${(metadata as { name: string }).name}`;
const of = (all: readonly KubernetesObject[], kind: string) => all.find((one) => one.kind === kind);

const container = z.looseObject({
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() })),
  envFrom: z.unknown().optional(),
  securityContext: z.unknown().optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});
const pod = z.looseObject({
  containers: z.tuple([container]),
  securityContext: z.record(z.string(), z.unknown()).optional(),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const workload = z.looseObject({
  spec: z.looseObject({ replicas: z.number().optional(), template: z.object({ metadata: z.unknown(), spec: pod }) }),
});
const podOf = (all: readonly KubernetesObject[], kind = "Deployment") => workload.parse(of(all, kind)).spec.template.spec;

/** Settings are a text in each of them; the pods' mark of their settings is the chart's alone. */
function plain(all: readonly KubernetesObject[]): unknown[] {
  return all
    .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)))
    .map((one) => {
      if (one.kind === "ConfigMap")
        return { ...one, data: parse((one["data"] as Record<string, string>)["outdial.yaml"] ?? "") as unknown };
      if (one.kind !== "Deployment") return one;
      const copy = structuredClone(one) as unknown as { spec: { template: { metadata: { annotations?: object } } } };
      delete copy.spec.template.metadata.annotations;
      return copy;
    });
}

withHelm(
  "the chart makes the objects of the manifest, under any name, and asks for the image by its digest",
  async () => {
    const manifest = parseAllDocuments(await read("deploy/kubernetes.yaml")).map((one) => one.toJS() as KubernetesObject);
    expect(plain(objects({}))).toEqual(plain(manifest));
    expect(() => helm?.objects("outdial", [])).toThrow("image.digest");
    expect(
      objects({}, "other")
        .map(nameOf)
        .filter((name) => !name.includes("other")),
    ).toEqual([]);
    expect(await faultsOf(manifest)).toEqual([]);
  },
  120_000,
);

withHelm("helm lint has nothing to say", () => {
  expect(helm?.lint([IMAGE])).toMatchObject({ status: 0 });
});

withHelm(
  "the check of objects finds what Kubernetes would refuse",
  async () => {
    const good = of(objects({}), "Deployment");
    const broken = (change: (spec: Record<string, unknown>) => void) => {
      const copy = structuredClone(good) as unknown as { spec: { template: { spec: Record<string, unknown> } } };
      change(copy.spec.template.spec);
      return copy as unknown as KubernetesObject;
    };
    expect(await faultsOf([broken((spec) => Object.assign(spec, { nodeSelecter: {} }))])).toEqual([
      expect.stringContaining("nodeSelecter"),
    ]);
    expect(await faultsOf([broken((spec) => delete spec["containers"])])).not.toEqual([]);
    expect(await faultsOf([broken((spec) => Object.assign(spec, { priority: "high" }))])).not.toEqual([]);
  },
  120_000,
);

const files = fencesOf(await read("docs/kubernetes.md")).filter(({ language }) => language === "yaml");

withHelm(
  "every values file of the documents makes objects that Kubernetes takes",
  async () => {
    expect(files.length).toBeGreaterThan(7);
    const settings = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    const whole: KubernetesObject[] = [];
    for (const { text } of files) {
      const made = objects(text);
      whole.push(...made);
      const { data } = z.looseObject({ data: z.record(z.string(), z.string()) }).parse(of(made, "ConfigMap"));
      settings.parse(parse(data["outdial.yaml"] ?? ""));
      for (const { name } of podOf(made).containers[0].volumeMounts)
        expect(podOf(made).volumes.map((one) => one.name)).toContain(name);
    }
    expect(await faultsOf(whole)).toEqual([]);
  },
  240_000,
);

withHelm(
  "every two values files of the documents go together, with what either of them adds",
  async () => {
    const usual = new Set(objects({}).map(nameOf));
    const added = new Map(
      files.map(({ text }) => [
        text,
        objects(text)
          .map(nameOf)
          .filter((name) => !usual.has(name)),
      ]),
    );
    const whole: KubernetesObject[] = [];
    const unusual = [...added.keys()];
    for (const [i, one] of unusual.entries())
      for (const other of unusual.slice(i + 1)) {
        const made = helm?.objects("outdial", [IMAGE, one, other]) ?? [];
        expect(made.map(nameOf)).toEqual(expect.arrayContaining([...(added.get(one) ?? []), ...(added.get(other) ?? [])]));
        const [{ env, volumeMounts }] = podOf(made).containers;
        expect(new Set(env.map(({ name }) => name)).size).toBe(env.length);
        expect(new Set(volumeMounts.map(({ mountPath }) => mountPath)).size).toBe(volumeMounts.length);
        whole.push(...made);
      }
    expect(whole.length).toBeGreaterThan(200);
    expect(await faultsOf(whole)).toEqual([]);
  },
  240_000,
);

const fileOf = (name: string) => files.find(({ kind }) => kind === name)?.text ?? "";

withHelm("an ingress leads to the service, under the public address, with two replicas and no autoscaler", () => {
  const made = objects(fileOf("ingress.yaml"));
  expect(of(made, "Ingress")?.["spec"]).toMatchObject({
    tls: [{ hosts: ["outdial.example.com"], secretName: "outdial-tls" }],
    rules: [
      { host: "outdial.example.com", http: { paths: [{ backend: { service: { name: "outdial", port: { name: "http" } } } }] } },
    ],
  });
  expect(of(made, "HorizontalPodAutoscaler")).toBeUndefined();
  expect(workload.parse(of(made, "Deployment")).spec.replicas).toBe(2);
});

withHelm("secrets come by key, and variables, volumes and ways out besides; the vendor's secrets may be left out", () => {
  const made = objects(fileOf("secrets.yaml"));
  const [{ env, envFrom, volumeMounts }] = podOf(made).containers;
  expect(env).toEqual(
    expect.arrayContaining([
      { name: "OUTDIAL_BI_SECRET", valueFrom: { secretKeyRef: { name: "outdial", key: "bi-secret" } } },
      { name: "DATABASE_DIRECT_URL", valueFrom: { secretKeyRef: { name: "outdial", key: "direct-url" } } },
      { name: "NODE_EXTRA_CA_CERTS", value: "/etc/company/ca.pem" },
    ]),
  );
  expect(env.filter(({ name }) => name.includes("INBOUND"))).toEqual([]);
  expect(new Set(env.map(({ name }) => name)).size).toBe(env.length);
  expect(envFrom).toEqual([{ secretRef: { name: "outdial-receivers", optional: true } }]);
  expect(volumeMounts).toContainEqual({ name: "company", mountPath: "/etc/company", readOnly: true });
  const { egress } = z
    .object({ egress: z.array(z.looseObject({ ports: z.array(z.looseObject({ port: z.number() })) })) })
    .parse(of(made, "NetworkPolicy")?.["spec"]);
  expect(egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([53, 53, 443, 465, 587, 6432, 3128, 8443]);
});

withHelm("the account is left to the cluster, in part or wholly, and the file system stays read-only", () => {
  const spec = podOf(objects(fileOf("openshift.yaml")));
  expect(spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  expect(spec.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  const none = podOf(objects({ podSecurityContext: null, securityContext: null }));
  expect([none.securityContext, none.containers[0].securityContext]).toEqual([undefined, undefined]);
});

withHelm("the tables are brought up to date first, with the owner's address and no volume", () => {
  const made = objects(fileOf("migrate.yaml"));
  expect(of(made, "Job")).toMatchObject({ metadata: { annotations: { "helm.sh/hook": "pre-install,pre-upgrade" } } });
  const { containers, volumes } = podOf(made, "Job");
  expect(containers[0].args).toEqual(["db", "migrate"]);
  expect(containers[0].env).toContainEqual({
    name: "DATABASE_URL",
    valueFrom: { secretKeyRef: { name: "outdial-owner", key: "url" } },
  });
  expect(volumes.filter((one) => "persistentVolumeClaim" in one || "configMap" in one)).toEqual([]);
  expect(podOf(made).containers[0].env).toContainEqual({
    name: "DATABASE_URL",
    valueFrom: { secretKeyRef: { name: "outdial", key: "database-url" } },
  });
});

withHelm("what pods, objects and accounts are called and where they run is as the values say", () => {
  const made = objects(fileOf("placing.yaml"));
  for (const { metadata } of made) expect(metadata).toMatchObject({ labels: { team: "outbound" } });
  expect(of(made, "ServiceAccount")).toMatchObject({
    metadata: { name: "outdial", annotations: { "eks.amazonaws.com/role-arn": expect.any(String) } },
  });
  expect(podOf(made)).toMatchObject({
    serviceAccountName: "outdial",
    imagePullSecrets: [{ name: "registry-login" }],
    nodeSelector: { "kubernetes.io/arch": "amd64" },
    tolerations: [{ key: "dedicated" }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
    priorityClassName: "business-critical",
  });
  expect(of(made, "Deployment")).toMatchObject({
    metadata: { annotations: { "company.example/owner": "outbound" } },
    spec: { template: { metadata: { labels: { "cost-center": "4711" }, annotations: { "linkerd.io/inject": "enabled" } } } },
  });
  expect(of(made, "PodDisruptionBudget")?.["spec"]).toMatchObject({ maxUnavailable: "25%" });
  expect(of(made, "PodDisruptionBudget")?.["spec"]).not.toHaveProperty("minAvailable");
});

withHelm("the service monitor asks the service's metrics port, with the token where there is one", () => {
  const made = objects(fileOf("metrics.yaml"));
  const { metadata } = z
    .looseObject({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) })
    .parse(of(made, "Service"));
  expect(of(made, "ServiceMonitor")).toMatchObject({
    metadata: { labels: { release: "prometheus" } },
    spec: {
      selector: { matchLabels: metadata.labels },
      endpoints: [{ port: "metrics", authorization: { credentials: { name: "outdial", key: "metrics-token" } } }],
    },
  });
  const bare = objects({ serviceMonitor: { enabled: true }, secretKeys: { OUTDIAL_METRICS_TOKEN: null } });
  expect(JSON.stringify(of(bare, "ServiceMonitor"))).not.toContain("authorization");
  // Beside a service for callers beyond the cluster the metrics have one of their own.
  const open = objects({ serviceMonitor: { enabled: true }, service: { type: "LoadBalancer" } });
  const ports = open
    .filter(({ kind }) => kind === "Service")
    .map(({ spec }) => z.looseObject({ ports: z.array(z.looseObject({ name: z.string() })) }).parse(spec));
  expect(ports.map((one) => [one["type"], one.ports.map(({ name }) => name)])).toEqual([
    ["LoadBalancer", ["http"]],
    [undefined, ["metrics"]],
  ]);
});

withHelm("volumes may be one node's, of another claim, or not there", () => {
  expect(of(objects(fileOf("one.yaml")), "Deployment")).toMatchObject({ spec: { replicas: 1, strategy: { type: "Recreate" } } });
  expect(of(objects(fileOf("one.yaml")), "PodDisruptionBudget")).toBeUndefined();
  const made = objects(fileOf("volumes.yaml"));
  expect(made.filter(({ kind }) => kind === "PersistentVolumeClaim" || kind === "NetworkPolicy")).toEqual([]);
  expect(podOf(made).volumes).toContainEqual({ name: "lake", persistentVolumeClaim: { claimName: "outbound-lake" } });
  expect(podOf(made).containers[0].volumeMounts.map(({ name }) => name)).not.toContain("heads");
});

withHelm("a replacement of all at once has no part of another strategy, and no limits are none", async () => {
  const made = objects({ strategy: { type: "Recreate" }, resources: null });
  expect(of(made, "Deployment")).toMatchObject({ spec: { strategy: { type: "Recreate" } } });
  expect(JSON.stringify(made)).not.toContain("rollingUpdate");
  expect(await faultsOf(made)).toEqual([]);
});

withHelm("other settings are other pods", () => {
  const metadataOf = (publicUrl: string) =>
    workload.parse(of(objects({ settings: { service: { publicUrl } } }), "Deployment")).spec.template.metadata;
  expect(metadataOf("https://a.example")).not.toEqual(metadataOf("https://b.example"));
  expect(metadataOf("https://a.example")).toEqual(metadataOf("https://a.example"));
});

withHelm.each([
  ["a value that is none", { replicas: { kept: 2 } }, "kept"],
  ["nothing in place of a group of values", { settings: null }, "settings is required"],
  ["fewer at most than at least", { replicas: { least: 5, most: 2 } }, "replicas.most"],
  ["a budget of all replicas", { replicas: { autoscale: false, least: 2 } }, "no node could be drained"],
  ["a budget of 100 %", { disruptionBudget: { minAvailable: "100%" } }, "no node could be drained"],
  ["a budget of none", { disruptionBudget: { minAvailable: null, maxUnavailable: 0 } }, "no node could be drained"],
  ["a variable twice", { extraEnv: [{ name: "OUTDIAL_AUDIT_KEY", value: "x" }] }, "extraEnv: OUTDIAL_AUDIT_KEY"],
  ["a volume twice", { extraVolumes: [{ name: "lake", emptyDir: {} }] }, "extraVolumes: lake"],
  ["a mount of no volume", { extraVolumeMounts: [{ name: "none", mountPath: "/x" }] }, "no volume is called none"],
  ["a place twice", { extraVolumeMounts: [{ name: "tmp", mountPath: "/lake" }] }, "extraVolumeMounts: /lake"],
  ["the chart's label", { podLabels: { "app.kubernetes.io/name": "x" } }, "app.kubernetes.io/name"],
  ["a wrong word", { service: { type: "Cluster" } }, "type"],
  ["two sides of a budget", { disruptionBudget: { maxUnavailable: 1 } }, "disruptionBudget"],
  [
    "the database's address where the migration would take it",
    { extraEnv: [{ name: "DATABASE_DIRECT_URL", value: "x" }] },
    "extraEnv",
  ],
  ["a stop that is cut off", { terminationGracePeriodSeconds: 10 }, "terminationGracePeriodSeconds"],
  ["another port than the pod's", { settings: { service: { port: 80 } } }, "port"],
])("%s is refused by its name", (_, values, named) => {
  expect(() => objects(values)).toThrow(named);
});
