// What a command would work with, where each part is named, and whether there is a store. Opens nothing.

import { hasEmbeddedStore } from "../store/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import { storeName, tenantName } from "./standing.ts";
import type { Environment } from "./workplace.ts";

interface Named {
  readonly value: string | null;
  /** Where it is named: a flag, a variable, a file, or that it is the default. */
  readonly from: string;
}

/** Parts of a context by their names. */
export type WorkContext = Readonly<Record<"workplace" | "config" | "tenant" | "profile" | "client" | "store" | "actor", Named>>;

/** Throws ConfigError. */
export async function readContext(flags: Flags, environment: Environment): Promise<WorkContext> {
  const config = await loadConfig(flags, environment);
  const { path, folder, dirFrom, databaseFrom, cwd, actor } = config;
  const is = (value: string | undefined) => value !== undefined && value.trim() !== "";
  const named = is(flags.config) ? "--config" : is(environment["OUTDIAL_CONFIG"]) ? "OUTDIAL_CONFIG" : "found";
  const tenantFrom = is(flags.tenantUrl) ? "--tenant-url" : is(environment["OUTDIAL_TENANT_URL"]) ? "OUTDIAL_TENANT_URL" : null;
  const variable = config.profile === "acd" ? "CXONE_ACCESS_KEY_ID" : "CXONE_CLIENT_ID";
  const client = is(environment[variable]) ? variable : `${variable}_FILE`;
  const profileFrom = is(environment["OUTDIAL_PROFILE"]) ? "OUTDIAL_PROFILE" : null;
  const isThere = config.databaseUrl !== undefined || (await hasEmbeddedStore(config.dir));
  const missing = isThere ? "" : "; there is none yet: outdial init makes it";
  return {
    workplace: { value: folder, from: path === undefined && folder === cwd ? "this folder" : named },
    config: { value: path ?? null, from: path === undefined ? "defaults and the environment decide" : named },
    tenant: { value: tenantName(config), from: tenantFrom ?? (path === undefined ? "named nowhere" : `tenant.hosts in ${path}`) },
    profile: {
      value: config.profile,
      from:
        profileFrom ??
        (config.file.tenant?.profile === undefined ? "the default" : `tenant.profile in ${path ?? "outdial.yaml"}`),
    },
    client: { value: environment[client] ?? null, from: client },
    store: { value: storeName(config), from: `${databaseFrom ?? dirFrom ?? "beside the configuration"}${missing}` },
    actor: { value: actor, from: is(environment["OUTDIAL_ACTOR"]) ? "OUTDIAL_ACTOR" : "your name on this machine" },
  };
}
