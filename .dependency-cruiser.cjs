// The import table of docs/architecture.md as a check: each part may import only the parts listed, and only through their doors.
const MAY_IMPORT = {
  kernel: [],
  contract: ["kernel"],
  compliance: ["kernel"],
  dialing: ["kernel"],
  outcomes: ["kernel", "contract"],
  tenant: ["kernel", "contract"],
  sandbox: ["kernel", "contract", "dialing"],
  store: ["kernel"],
  operations: ["kernel", "compliance", "dialing", "outcomes", "tenant", "store"],
  server: ["kernel", "compliance", "dialing", "outcomes", "store", "operations"],
  app: ["kernel", "contract", "compliance", "dialing", "outcomes", "tenant", "sandbox", "store", "operations", "server"],
  cli: ["kernel", "contract", "compliance", "dialing", "outcomes", "tenant", "sandbox", "store", "operations", "server", "app"],
  web: ["kernel", "dialing", "server"],
};
/** Further doors, for what is started often and loads little. */
const SECOND_DOORS = {
  contract: "times|acd/index",
  operations: "views/index|library",
  compliance: "opt-outs",
  outcomes: "pages",
  tenant: "system-clock|port|acd/index",
  app: "version|outdial|egress",
  server: "observe/log",
};
/** Puts the pieces of a service together anew, over models of what they stand on. */
const INSIDE = "test/support/histories";
const parts = Object.keys(MAY_IMPORT);
const doorsOf = (part) => ["index", SECOND_DOORS[part]].filter((door) => door !== undefined).join("|");

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^src/", pathNot: "\\.(d|test)\\.ts$" }, to: {} },
    ...parts.map((part) => ({
      name: `${part}-imports`,
      comment: `${part} may import ${MAY_IMPORT[part].join(", ") || "no other part"}`,
      severity: "error",
      from: { path: `^src/${part}/`, pathNot: "\\.test\\.ts$" },
      to: { path: "^src/[^/]+/", pathNot: `^src/(${[part, ...MAY_IMPORT[part]].join("|")})/` },
    })),
    ...parts.map((part) => ({
      name: `${part}-door`,
      comment: `other parts enter ${part} through ${doorsOf(part)}`,
      severity: "error",
      from: { path: "^(src|test|bench|examples)/", pathNot: `^(src/${part}|${INSIDE})/` },
      to: { path: `^src/${part}/`, pathNot: `^src/${part}/(${doorsOf(part)})\\.ts$` },
    })),
    {
      name: "operations-know-no-profile",
      comment: "operations work with capabilities and neutral types, whichever profile a tenant speaks",
      severity: "error",
      from: { path: "^src/operations/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/(contract/|tenant/(?!port\\.ts$))" },
    },
    {
      name: "neutral-types-know-no-contract",
      severity: "error",
      from: {
        path: "^src/tenant/(capability|capabilities|do-not-call-capabilities|views|link|call-options|locked|opened|report)\\.ts$",
      },
      to: { path: "^src/contract/", reachable: true },
    },
    {
      name: "pure-parts-do-no-io",
      severity: "error",
      from: { path: "^src/(kernel|contract|compliance|dialing)/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
