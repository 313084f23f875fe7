// Asking for the operations of the API by their names: what is sent and what comes back have the types of the service's routes, and an answer is
// checked before it is believed, whoever answers it.

import type { z } from "zod";
import type { FailoverProgress, Interruption, JobSource } from "../../operations/index.ts";
import { type ApprovalView, awaitingApproval } from "../../operations/views/index.ts";
import { type Answer, type AnyAsking, type ApiRoute, type Asking, describedRoutes, type Operation } from "../../server/index.ts";
import type { OutcomesRuntime } from "../outcomes.ts";
import type { DeliveryEnd } from "../workplace.ts";

/** How an operation is asked for, besides its input. */
export interface Sending {
  /** A file, sent as it is. */
  readonly file?: Pick<JobSource, "bytes" | "rereadable"> & {
    /** Bytes, where they are known. */
    readonly size?: number | undefined;
    /** It breaks off at an interruption, and with it in order whatever reads it here. */
    readonly breaksOff?: true;
  };
  readonly signal?: AbortSignal;
  /** How long a service may take on purpose, ms: so much longer it is waited for, and its silence is none. */
  readonly takesMs?: number;
  /** How long an answer is waited for, ms; 60 s for a reading, two minutes for what is sent. A file takes as long as it takes to be checked. */
  readonly withinMs?: number;
  /** Asks again while a service does not answer: it may be restarted. */
  readonly patiently?: boolean;
}

/** How much of a list is wanted: all of it by default. */
export interface Portion {
  readonly most?: number | undefined;
  /** `next` of a page. */
  readonly after?: string | number | undefined;
}

export type Asked = AnyAsking & Sending;
export type AskedOf<Id extends Operation> = Asking<Id> & Sending;
type ItemOf<Id extends Operation> = Answer<Id> extends { readonly items: readonly (infer Item)[] } ? Item : never;
type ResultOf<Id extends Operation> = Exclude<Answer<Id>, z.output<typeof awaitingApproval>>;

/** What came of something dangerous: it was carried out, or begun, or it waits for another person. */
export type CarriedOut<Result> =
  | { readonly result: Result; readonly approval: null }
  | { readonly result: null; readonly approval: ApprovalView };

/** A file that is answered. */
export interface FileAnswer {
  readonly headers: Headers;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Something under way that is looked at until it has ended. */
export interface Followed<Seen> {
  /** The job that carries it out. */
  readonly job: string;
  readonly ended: (seen: Seen) => boolean;
  /** Told of every look. @param elsewhere whether a process works on it that is neither this one nor the service */
  readonly onLook?: ((seen: Seen, elsewhere: boolean) => void) | undefined;
  /** Told by the watch over a pair that runs in this process, instead of looks. */
  readonly onProgress?: FailoverProgress | undefined;
  /** Told what became of the events that were due at its end, when this process delivers them. */
  readonly onDelivered?: ((delivery: DeliveryEnd) => void) | undefined;
  /** The command that shows it, for whoever can follow it no longer. */
  readonly again: string;
}

/** Items in a page. */
const PAGE = 1000;

let routes: ReadonlyMap<string, ApiRoute> | undefined;
function routeOf(id: Operation): ApiRoute {
  routes ??= new Map(describedRoutes().map((one) => [one.id, one]));
  const route = routes.get(id);
  if (route === undefined) throw new TypeError(`there is no operation ${id}`);
  return route;
}

/** Whoever answers operations. Methods throw OutdialError with the code of what refuses. */
export abstract class ApiClient<Known extends Operation = Operation> implements AsyncDisposable {
  /** Whether personal data is shown without being asked for: where the store itself is open. */
  readonly reveals: boolean = false;

  /** Carries out schedules of retrievals until it is interrupted; undefined at a service, which does so by itself. */
  readonly runSchedules: OutcomesRuntime["runSchedules"] | undefined;

  /** Delivers the events that are due; undefined at a service, which does so by itself. */
  readonly deliverEvents: (() => Promise<DeliveryEnd>) | undefined;

  /** The answer of an operation. */
  async ask<Id extends Known>(id: Id, asked: AskedOf<Id>): Promise<Answer<Id>> {
    const route = routeOf(id);
    return this.#checked(route.reply, await this.value(route, asked)) as Answer<Id>;
  }

  /** Carries out what was shown: its body has the `confirm` of the preview. @returns what came of it, or the approval that it waits for */
  async carryOut<Id extends Known>(id: Id, asked: AskedOf<Id>): Promise<CarriedOut<ResultOf<Id>>> {
    const route = routeOf(id);
    const value = await this.value(route, asked);
    const waits = awaitingApproval.safeParse(value);
    if (waits.success) return { result: null, approval: waits.data.approval };
    return { result: this.#checked(route.reply, value) as ResultOf<Id>, approval: null };
  }

  /** The items of a list, page by page. */
  async *items<Id extends Known>(id: Id, asked: AskedOf<Id> & Portion): AsyncGenerator<ItemOf<Id>> {
    const { query, most = Number.POSITIVE_INFINITY, after, ...rest } = asked as Asked & Portion;
    const paged = routeOf(id).query?.shape["limit"] !== undefined;
    let [left, cursor] = [most, after?.toString()];
    do {
      const pageQuery = paged ? { ...query, limit: Math.min(PAGE, left), ...(cursor === undefined ? {} : { cursor }) } : query;
      const page = (await this.ask(id, { ...rest, query: pageQuery } as unknown as AskedOf<Id>)) as Page<ItemOf<Id>>;
      yield* page.items.slice(0, left);
      left -= page.items.length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && left > 0);
  }

  /** The same as a list. */
  list<Id extends Known>(id: Id, asked: AskedOf<Id> & Portion): Promise<ItemOf<Id>[]> {
    return Array.fromAsync(this.items(id, asked));
  }

  /** The lines of an NDJSON answer. Throws `answer_cut_off` when its end is missing. */
  async *lines<Id extends Known>(id: Id, asked: AskedOf<Id>): AsyncGenerator<Answer<Id>> {
    const route = routeOf(id);
    for await (const line of this.values(route, asked)) yield this.#checked(route.line, line) as Answer<Id>;
  }

  /** An answer that is a file, or a text that is no lines. Reading it throws `answer_cut_off` when its end is missing. */
  file<Id extends Known>(id: Id, asked: AskedOf<Id>): Promise<FileAnswer> {
    return this.content(routeOf(id), asked);
  }

  /**
   * Asks again and again until what is seen has ended, or `interrupt` ends it: in this process the job runs as long as it is followed, a service goes on
   * with it. @returns what was seen last
   */
  abstract follow<Id extends Known>(id: Id, asked: AskedOf<Id>, followed: Followed<Answer<Id>>): Promise<Answer<Id>>;
  /** Stops early and in order what runs in this process, or stops following what a service runs. */
  abstract interrupt(): Interruption;

  /** The answer, not yet checked. */
  protected abstract value(route: ApiRoute, asked: Asked): Promise<unknown>;
  /** The lines of the answer, not yet checked. */
  protected abstract values(route: ApiRoute, asked: Asked): AsyncIterable<unknown>;
  /** The answer as bytes. */
  protected abstract content(route: ApiRoute, asked: Asked): Promise<FileAnswer>;
  /** The error for an answer that is none of this operation. */
  protected abstract misread(where: string, why: string): Error;

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #checked(schema: z.ZodType | undefined, value: unknown): unknown {
    if (schema === undefined) throw new TypeError("this operation is answered in another way");
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the answer" : issue.path.map(String).join(".");
    throw this.misread(where, issue?.message ?? "it cannot be read");
  }
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | null;
}
