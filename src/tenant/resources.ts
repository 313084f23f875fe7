// The operations as methods, grouped by resource. The table below gives the names; types and behaviour come from the operation
// table.

import { type OPERATIONS, type OperationId, operationOf, type Query, type RequestBody } from "../contract/index.ts";
import type { CallOptions } from "./call-options.ts";
import type { PagedOperationId } from "./items.ts";
import type { Locked } from "./locked.ts";
import { type ListOptions, type PagedList, pagedList } from "./paging.ts";
import type { ReplyOf, Requester, RequestInput } from "./requester.ts";

/** Group and method of every operation. */
const RESOURCE_TABLE = {
  calls: { get: "getCall", list: "listCalls", assignDisposition: "assignDisposition" },
  dispositions: { matrix: "getDispositionMatrix", tree: "listDispositions" },
  interactions: { get: "getInteraction", patch: "patchInteraction" },
  campaigns: {
    create: "createCampaign",
    get: "getCampaign",
    list: "listCampaigns",
    update: "updateCampaign",
    metrics: "getCampaignMetrics",
  },
  contacts: { list: "listContacts" },
  campaignWebhooks: {
    create: "createOmnichannelWebhook",
    list: "listOmnichannelWebhooks",
    get: "getOmnichannelWebhook",
    update: "updateOmnichannelWebhook",
    delete: "deleteOmnichannelWebhook",
  },
  dialer: {
    createCampaign: "createDialerCampaign",
    validatePolicy: "validateDialerPolicy",
    settings: "getDialerSettings",
    activateSettings: "putDialerSettings",
    operation: "getDialerOperation",
    metrics: "getDialerMetrics",
    simulate: "runSimulator",
  },
  dialerWebhooks: {
    create: "createIntegrationWebhook",
    list: "listIntegrationWebhooks",
    get: "getIntegrationWebhook",
    update: "updateIntegrationWebhook",
    delete: "deleteIntegrationWebhook",
  },
  auditLogs: { list: "listAuditLogs" },
} as const satisfies Record<string, Record<string, OperationId>>;

type Table = typeof RESOURCE_TABLE;
type Row<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** One string for each placeholder of the path, in order. */
type PathArguments<Path extends string> = Path extends `${string}{${infer _Name}}${infer Rest}`
  ? [id: string, ...PathArguments<Rest>]
  : [];
type BodyArguments<Id extends OperationId> = RequestBody<Id> extends undefined ? [] : [body: RequestBody<Id>];
type QueryArguments<Id extends OperationId> = Query<Id> extends undefined ? [] : [query?: Query<Id>];

/**
 * A method takes the path's ids, then the body, the query and options, as far as the operation has them. Lists return a
 * `PagedList`, everything else a promise of the parsed reply. Rejects with TenantError.
 */
type Method<Id extends OperationId> = Id extends PagedOperationId
  ? (...args: [...PathArguments<Row<Id>["path"]>, ...QueryArguments<Id>, options?: ListOptions<Id>]) => PagedList<Id>
  : ((
      ...args: [...PathArguments<Row<Id>["path"]>, ...BodyArguments<Id>, ...QueryArguments<Id>, options?: CallOptions]
    ) => Promise<ReplyOf<Id>>) &
      (Row<Id> extends { lock: object; retry: "safe" }
        ? {
            /** The value with the lock of its version. */ locked(
              ...args: [...PathArguments<Row<Id>["path"]>, options?: CallOptions]
            ): Promise<Locked<ReplyOf<Id>>>;
          }
        : unknown);

/** Every operation as a method, for example `resources.calls.assignDisposition(callId, body)`. */
export type Resources = {
  readonly [Group in keyof Table]: {
    readonly [Name in keyof Table[Group]]: Table[Group][Name] extends OperationId ? Method<Table[Group][Name]> : never;
  };
};

const PLACEHOLDER = /\{(\w+)\}/g;

/** Makes the methods over anything that sends operations. */
export function createResources(requester: Requester): Resources {
  const groups = Object.entries(RESOURCE_TABLE).map(([group, methods]) => {
    const built = Object.entries(methods).map(([name, id]) => [name, methodOf(requester, id)]);
    return [group, Object.freeze(Object.fromEntries(built))];
  });
  // The type is made from the same table.
  return Object.freeze(Object.fromEntries(groups)) as Resources;
}

function methodOf(requester: Requester, id: OperationId): unknown {
  const operation = operationOf(id);
  const names = [...operation.path.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  const read = (args: unknown[]) => {
    const path: Record<string, string> = {};
    let next = 0;
    for (const name of names) path[name] = args[next++] as string;
    const body = operation.request === undefined ? undefined : args[next++];
    const query = operation.query === undefined ? undefined : args[next++];
    return { path, body, query, options: (args[next] ?? {}) as CallOptions };
  };
  // Arguments are typed by `Method`, and checked by the client before anything is sent.
  if (operation.paging !== undefined) {
    return (...args: unknown[]) => {
      const { path, query, options } = read(args);
      return pagedList(requester, id as PagedOperationId, path, query as Query<PagedOperationId>, options);
    };
  }
  const inputOf = (args: unknown[]) => {
    const { options, ...content } = read(args);
    return { ...options, ...content } as unknown as RequestInput<OperationId>;
  };
  const method = async (...args: unknown[]) => (await requester.request(id, inputOf(args))).reply;
  if (operation.lock === undefined || operation.retry !== "safe") return method;
  return Object.assign(method, { locked: (...args: unknown[]) => requester.readLocked(id, inputOf(args)) });
}
