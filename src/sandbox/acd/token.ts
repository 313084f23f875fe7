// Tokens and discovery: an access key or a password grant gives a JWT with the identity of its owner; discovery gives the
// addresses of its tenant.

import { createHmac } from "node:crypto";
import {
  ACCESS_KEY_TOKEN_PATH,
  DISCOVERY_PATH,
  OPENID_PATH,
  PASSWORD_TOKEN_PATH,
  REFRESH_PATH,
} from "../../contract/acd/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { Tenant } from "../tenant.ts";
import type { SandboxRequest } from "../wire.ts";
import { type AcdAnswer, AcdRefusal, ok } from "./answer.ts";
import { type AcdCall, isRecord, words } from "./call.ts";
import { acdOutcomeOf, calledPersonOf, callsOf, isOver, shownContact } from "./calls.ts";
import { stateOf } from "./state.ts";
import type { AcdSwitches } from "./switches.ts";

// Files of extractions: rows of completed contacts, at an address that works without a token for a short time.

const EXTRACT_FILE_PATH = "/data-extraction/v1/files";

/** How long an address works, and how long a file exists. */
const ADDRESS_MS = 30_000;
export const FILE_MS = 86_400_000;

const signed = (tenant: Tenant, id: string, until: Instant): string =>
  createHmac("sha256", `${tenant.seed}/extract`).update(`${id}/${until}`).digest("base64url").slice(0, 22);

/** A new address of an extraction's file, valid for half a minute. */
export function extractAddress({ tenant, origin, now }: AcdCall, id: string): string {
  const until = now + ADDRESS_MS;
  return `${origin}${EXTRACT_FILE_PATH}?id=${id}&until=${until}&signature=${signed(tenant, id, until)}`;
}

/** The file at an address. */
function extractFile(tenant: Tenant, query: URLSearchParams): AcdAnswer {
  const [id, until] = [query.get("id") ?? "", Number(query.get("until"))];
  const good = query.get("signature") === signed(tenant, id, until) && tenant.clock.now() < until;
  const file = stateOf(tenant).files[`${id}.csv`];
  if (!good || file === undefined) throw new AcdRefusal(403, "AccessDenied", "The address has expired");
  return { status: 200, file: file.content };
}

const CONTACT_COLUMNS = [
  "contactId",
  "contactStartDate",
  "skillId",
  "skillName",
  "agentId",
  "fromAddress",
  "toAddress",
  "abandoned",
  "primaryDispositionId",
  "totalDurationSeconds",
  "lastUpdateTime",
];
/** Recorded segments: this entity's columns as programs look them up, by the fields of contacts. */
const SEGMENT_COLUMNS: Readonly<Record<string, (contact: Readonly<Record<string, unknown>>) => unknown>> = {
  "Segment ID": ({ contactId }) => `segment-${words(contactId)}`,
  "ACD Call ID": ({ contactId }) => contactId,
  "Start Date": ({ contactStartDate }) => contactStartDate,
  "Voice Recording Status": () => "Success",
  "Agent 1 Contact Number": ({ contactId }) => contactId,
  "Agent 1 ACD ID": ({ agentId }) => agentId,
  "Agent 1 Name": ({ firstName, lastName }) => `${words(firstName)} ${words(lastName)}`,
  "Agent 1 Team": ({ teamName }) => teamName,
  "Agent 1 Skills": ({ skillName }) => skillName,
  ANI: ({ fromAddress }) => fromAddress,
  DNIS: ({ toAddress }) => toAddress,
  Disposition: ({ primaryDispositionId }) => primaryDispositionId,
};

/**
 * What began in a range: recorded segments for the entity of that name, for any other the contacts with the fields of completed ones. No entity
 * of outbound calls is published.
 */
export function extractRows({ tenant, state, switches, now }: AcdCall, entity: string, from: Instant, to: Instant): string {
  const calls = callsOf(tenant, state.skills, from, to).filter(({ call }) => isOver(call));
  const isSegments = entity === "recording-interaction-metadata";
  const rows = (isSegments ? calls.filter(({ call }) => acdOutcomeOf(state, call).handled) : calls).map(({ skill, call }) =>
    shownContact(tenant, state, skill, call, switches, now),
  );
  const quoted = (value: unknown): string => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const names = isSegments ? Object.keys(SEGMENT_COLUMNS) : CONTACT_COLUMNS;
  const cells = (row: Readonly<Record<string, unknown>>) =>
    names.map((name) => (isSegments ? SEGMENT_COLUMNS[name]?.(row) : row[name]));
  return [names, ...rows.map(cells), []].map((line) => line.map(quoted).join(",")).join("\r\n");
}

type OpenPlace =
  | "tokenAccessKey"
  | "tokenPassword"
  | "refreshAccessKey"
  | "discoverTenant"
  | "openidConfiguration"
  | "extractFile";

const PLACES: Readonly<Record<string, readonly [method: string, place: OpenPlace]>> = {
  [ACCESS_KEY_TOKEN_PATH]: ["POST", "tokenAccessKey"],
  [PASSWORD_TOKEN_PATH]: ["POST", "tokenPassword"],
  [REFRESH_PATH]: ["POST", "refreshAccessKey"],
  // The address of old clients.
  "/incontactauthorizationserver/token": ["POST", "tokenPassword"],
  [DISCOVERY_PATH]: ["GET", "discoverTenant"],
  [OPENID_PATH]: ["GET", "openidConfiguration"],
  [EXTRACT_FILE_PATH]: ["GET", "extractFile"],
};

/** The endpoint for a request without a token; undefined when there is none. */
export function openPlace(method: string, path: string): OpenPlace | undefined {
  const entry = PLACES[path.toLowerCase()];
  if (entry === undefined) return undefined;
  if (entry[0] !== method) throw new AcdRefusal(405, "MethodNotAllowed", `${method} is not possible here`);
  return entry[1];
}

const AREA = "na1";
const CLUSTER = "C1";
/** The agent whose access key it is. */
const KEY_OWNER = 5001;

export function answerOpen(
  tenant: Tenant,
  place: OpenPlace,
  request: SandboxRequest,
  search: string,
  origin: string,
  switches: AcdSwitches,
): AcdAnswer & { clientId?: string } {
  if (place === "discoverTenant") {
    const asked = new URLSearchParams(search).get("tenantId");
    if (asked !== null && asked !== switches.tenantId) throw new AcdRefusal(404, "InvalidTenant", "Tenant not found");
    return ok({
      private: false,
      ui_endpoint: origin,
      auth_endpoint: origin,
      api_endpoint: origin,
      area: AREA,
      cluster: CLUSTER,
      domain: "niceincontact.com",
      acdDomain: "nice-incontact.com",
      uhDomain: "nice-incontact.com",
      tenantId: switches.tenantId,
      globaldomain: "niceincontact.com",
    });
  }
  if (place === "openidConfiguration") {
    return ok({
      issuer: origin,
      token_endpoint: `${origin}${PASSWORD_TOKEN_PATH}`,
      authorization_endpoint: `${origin}/auth/authorize`,
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
      scopes_supported: ["openid"],
    });
  }
  if (place === "extractFile") return extractFile(tenant, new URLSearchParams(search));
  const fields = readFields(request);
  if (place === "refreshAccessKey") return refresh(tenant, fields["token"], origin, switches);
  const password = place === "tokenPassword";
  if (password) {
    const grant = fields["grant_type"];
    if (grant === "refresh_token") {
      checkClient(tenant, request, fields);
      return refreshed(tenant, fields["refresh_token"], origin, switches);
    }
    if (grant !== "password") throw refused(400, "unsupported_grant_type", "The grant type must be password or refresh_token.");
    checkClient(tenant, request, fields);
  }
  const id = fields[password ? "username" : "accessKeyId"];
  const secret = fields[password ? "password" : "accessKeySecret"];
  if (!id || !secret) throw refused(400, "invalid_request", "The access key is missing.");
  const client = tenant.clients.get(id);
  if (client === undefined || client.secret !== secret) throw refused(401, "invalid_grant", "Authentication failed.");
  const grant = grantOf(tenant, id, origin, switches);
  const old = /^\/+incontactauthorizationserver/i.test(request.target)
    ? { scope: "", agent_id: KEY_OWNER, team_id: calledPersonOf(KEY_OWNER).teamId, bus_no: stateOf(tenant).businessUnitId }
    : {};
  return { ...ok({ ...grant, ...old }), clientId: id };
}

const refused = (status: number, code: string, text: string): AcdRefusal => new AcdRefusal(status, code, text);

function readFields(request: SandboxRequest): Readonly<Record<string, string>> {
  const text = Buffer.from(request.body).toString("utf8");
  const json = (request.headers["content-type"] ?? "").includes("json") || /^\s*\{/.test(text);
  if (!json) return Object.fromEntries(new URLSearchParams(text));
  try {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body)) throw new SyntaxError("no object");
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
  } catch {
    throw refused(400, "invalid_request", "The body is not a JSON object.");
  }
}

/** Checks the client of a password grant: by Basic, with an encoded or raw secret, or by fields of the body. */
function checkClient(tenant: Tenant, request: SandboxRequest, fields: Readonly<Record<string, string>>): void {
  const basic = /^basic +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const pair = basic === undefined ? undefined : Buffer.from(basic, "base64").toString("utf8");
  const colon = pair?.indexOf(":") ?? -1;
  const id = pair === undefined ? fields["client_id"] : pair.slice(0, colon);
  const secret = pair === undefined ? fields["client_secret"] : pair.slice(colon + 1);
  const client = tenant.clients.get(id ?? "");
  const sound = client !== undefined && (client.secret === secret || client.secret === decoded(secret ?? ""));
  if (!sound) throw refused(401, "invalid_client", "Client authentication failed.");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function grantOf(tenant: Tenant, clientId: string, origin: string, switches: AcdSwitches) {
  const client = tenant.clients.get(clientId);
  const now = tenant.clock.now();
  const { businessUnitId } = stateOf(tenant);
  const claims = {
    iss: origin,
    aud: clientId,
    tenantId: switches.tenantId,
    tenant: tenant.scenario.organization,
    icBUId: businessUnitId,
    icClusterId: CLUSTER,
    icAgentId: KEY_OWNER,
    icSPId: 1,
    name: "sandbox@example.com",
    role: { legacyId: "Administrator", id: "sandbox-role", secondaryRoles: [] },
  };
  const access = tenant.tokens.grant({ id: clientId, scopes: client?.scopes ?? [] }, undefined, now, claims);
  const identity = tenant.tokens.grant({ id: clientId, scopes: client?.scopes ?? [] }, undefined, now, claims);
  if (access === "invalid_scope" || identity === "invalid_scope") throw refused(401, "invalid_grant", "Authentication failed.");
  const classic = switches.generation.account === "classic";
  return {
    access_token: access.accessToken,
    token_type: "Bearer",
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    expires_in: classic ? String(access.expiresInSeconds) : access.expiresInSeconds,
    refresh_token: access.accessToken,
    refresh_token_expires_in: 7200,
    id_token: identity.accessToken,
    resource_server_base_uri: `${origin}/inContactAPI/`,
  };
}

function holder(tenant: Tenant, token: string | undefined): string {
  const found = tenant.tokens.lookup(token ?? "", tenant.clock.now());
  if (typeof found === "string") throw refused(401, "invalid_grant", "The refresh token is not valid.");
  return found.clientId;
}

function refreshed(tenant: Tenant, token: string | undefined, origin: string, switches: AcdSwitches) {
  const clientId = holder(tenant, token);
  return { ...ok(grantOf(tenant, clientId, origin, switches)), clientId };
}

/** Refreshing the token of an access key answers with other field names than getting it. */
function refresh(tenant: Tenant, token: string | undefined, origin: string, switches: AcdSwitches) {
  const clientId = holder(tenant, token);
  const grant = grantOf(tenant, clientId, origin, switches);
  return {
    ...ok({
      token: grant.access_token,
      refreshToken: grant.refresh_token,
      tokenExpirationTimeSec: Number(grant.expires_in),
      refreshTokenExpirationTimeSec: grant.refresh_token_expires_in,
      sessionId: null,
    }),
    clientId,
  };
}
