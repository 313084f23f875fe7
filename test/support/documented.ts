// Requests made of a service's own OpenAPI document, and what is wrong with its answers to them.

import { z } from "zod";
import type { RandomStream } from "../../src/kernel/index.ts";
import { type JsonSchema, type Made, type OpenApi, type Operation, operationsOf, type Plausible, requestOf } from "./requests.ts";
import type { ServiceSetting, StartedService } from "./service.ts";

/** A service with a tenant of two campaigns, which share a list of one contact. */
export const TWO_CAMPAIGNS: ServiceSetting = {
  yaml: "service: { uploadMegabytes: 1 }\n",
  sandbox: {
    scenario: {
      campaigns: [
        { id: "first", contactListId: "people", status: "paused" },
        { id: "second", contactListId: "people", status: "paused" },
      ],
      contactLists: [{ id: "people", contacts: [{ id: "one", phoneNumber: "+12125550101" }] }],
    },
  },
};

/** The names by which each profile calls the two campaigns. */
const CAMPAIGNS = { rest: ["first", "second"], acd: ["4001", "4002"] } as const;

function plausibleOn(profile: "rest" | "acd"): Plausible {
  const [first, second] = CAMPAIGNS[profile];
  return {
    id: [first, second, "1", "nobody"],
    campaign: [first, "nobody"],
    campaign_id: [first, "nobody"],
    campaignId: [first, "nobody"],
    primary: [first],
    list: ["people", "nobody"],
    // Of the usual size, simulations take long.
    scenario: [{ agents: 2, duration: 60 }],
    compareWith: [{ agents: 3, duration: 60 }],
    replications: [2],
    axes: [[{ path: "agents", values: [1, 2] }]],
    version: [1, 2],
    seq: [0, 1],
    number: ["+12125550101"],
    policy: [{ backup: second }],
    cursor: ["1"],
    column: ["call_id=CallID"],
    delimiter: [","],
    last: ["7d"],
    zone: ["Europe/London"],
    country: ["US"],
    asOf: ["2026-01-01"],
    registry: ["US"],
    // A whole file would be predicted, which takes seconds.
    file: [{ name: "Evening", type: "predictive" }],
  };
}

export const shown = ({ method, path, contentType, body }: Made): string =>
  `${method} ${path.slice(0, 300)} ${contentType ?? ""} ${(body ?? "").slice(0, 300)}`;

export interface Answered {
  readonly status: number;
  readonly wrong: string | undefined;
  /** The body; empty for a stream of events. */
  readonly text: string;
}

/** What a service's document says, held against the service. */
export class Documented {
  readonly document: OpenApi;
  readonly operations: readonly Operation[];
  readonly #service: StartedService;
  readonly #plausible: Plausible;
  readonly #schemas = new Map<JsonSchema, z.ZodType>();

  constructor(service: StartedService, document: OpenApi, profile: "rest" | "acd") {
    this.#service = service;
    this.document = document;
    this.operations = operationsOf(document);
    this.#plausible = plausibleOn(profile);
  }

  /** A request of an operation, usually with something in it that is not as documented. */
  make(operation: Operation, random: RandomStream): Made {
    for (;;) {
      const made = requestOf(operation, this.document, random, this.#plausible);
      // Of the simulation's own duration: a busy machine may not end it within the service's limit, which has a test of its own.
      if (made.body?.includes('"scenario":{') !== true || made.body.includes('"duration"')) return made;
    }
  }

  /**
   * Sends a request as an administrator. @param allowed statuses above 499 that are not the service's failures
   * @returns the status, and what is wrong with the answer when it is not a documented one
   */
  async ask(operation: Operation, made: Made, allowed: readonly number[] = []): Promise<Answered> {
    const { path, method, contentType, body } = made;
    const stop = new AbortController();
    const response = await this.#service.ask(path, {
      as: "admin",
      method,
      signal: stop.signal,
      ...(contentType === undefined ? {} : { headers: { "content-type": contentType } }),
      ...(body === undefined ? {} : { body }),
    });
    const { status } = response;
    const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    if (type === "text/event-stream") stop.abort();
    const text = type === "text/event-stream" ? "" : await response.text().catch(String);
    if (text === "TypeError: terminated") return { status, text, wrong: `${status}, and broken off` };
    if (status >= 500 && !allowed.includes(status)) return { status, text, wrong: `${status}: ${text}` };
    return { status, text, wrong: this.#undocumented(operation, status, type, text) };
  }

  #undocumented({ responses }: Operation, status: number, type: string, text: string): string | undefined {
    const described = responses[String(status)];
    if (described === undefined) return `${status} is not documented: ${text}`;
    const media = Object.entries(described.content ?? {}).find(([name]) => name.split(";")[0] === type)?.[1];
    if (media === undefined) return `${status} of the type ${type} is not documented`;
    if (!/^application\/(problem\+)?json$/.test(type) || media.schema === undefined) return undefined;
    const broken = this.#breaks(media.schema, JSON.parse(text));
    return broken === undefined ? undefined : `${status} is not as documented: ${broken}`;
  }

  /** What a body breaks of its documented schema; undefined when nothing. */
  #breaks(schema: JsonSchema, value: unknown): string | undefined {
    let compiled = this.#schemas.get(schema);
    if (compiled === undefined) {
      compiled = z.fromJSONSchema({ ...schema, $defs: this.document.components.schemas });
      this.#schemas.set(schema, compiled);
    }
    const parsed = compiled.safeParse(value);
    return parsed.success ? undefined : z.prettifyError(parsed.error);
  }
}

/** Reads a service's document. */
export async function documentedBy(service: StartedService, profile: "rest" | "acd" = "rest"): Promise<Documented> {
  // Names lead to where JSON Schema has its definitions.
  const text = await (await service.ask("/api/v1/openapi.json")).text();
  return new Documented(service, JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")) as OpenApi, profile);
}
