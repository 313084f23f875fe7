// A reader of the feed as server-sent events: ids to resume from, heartbeats, `reset` when what was missed is no longer kept.

import { Duplex } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { type Clock, messageOf } from "../../kernel/index.ts";
import { maskedValue, serviceEvent, timeText } from "../../operations/views/index.ts";
import type { FeedEvent, FeedPlace, Principal, ServiceFeed } from "../../store/index.ts";
import type { FeedHub, FeedReader } from "./hub.ts";
import type { RowBoard, RowReader } from "./rows.ts";

const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for this long is disconnected. */
const STALLED_MS = 60_000;
/** How long a client waits before it reconnects, ms. */
const RETRY_MS = 2000;

/** `tx-id`, as an id of an event. */
const idOf = ({ tx, id }: FeedPlace): string => `${tx}-${id}`;

/** The place in a Last-Event-ID; undefined when it is not one of this service's ids. */
function placeOf(text: string | undefined): FeedPlace | undefined {
  const match = /^(\d{1,20})-(\d{1,16})$/.exec(text ?? "");
  return match === null ? undefined : { tx: match[1] ?? "0", id: Number(match[2]) };
}

interface StreamDeps {
  readonly hub: FeedHub;
  readonly feed: Pick<ServiceFeed, "reaches" | "end" | "after">;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** What somebody who opens a stream asks for. */
interface Asked {
  readonly lastEventId: string | undefined;
  readonly who: Pick<Principal, "tokenId" | "sessionId" | "role">;
  /** Has the rows of the list of campaigns, in place of events of single campaigns. */
  readonly board?: RowBoard | undefined;
  /** It is compressed, each piece as it comes. */
  readonly zips?: boolean;
  readonly signal: AbortSignal;
}

/** The stream from a Last-Event-ID on, or from now. Ends with `signal`, and when the caller would not be let in any more. */
export async function eventStream({ lastEventId, who, board, zips, signal }: Asked, deps: StreamDeps): Promise<Response> {
  const { feed, hub, clock } = deps;
  const wanted = placeOf(lastEventId);
  const kept = wanted !== undefined && (await feed.reaches(wanted));
  const from = wanted !== undefined && kept ? wanted : await feed.end();
  const reset = lastEventId !== undefined && lastEventId !== "" && !kept;
  const first = `retry: ${RETRY_MS}\n\n${reset ? textOf(from, "reset", { type: "reset", at: timeText(clock.now()) }) : `id: ${idOf(from)}\n\n`}`;
  const ended = new AbortController();
  const rows = board?.open(ended.signal);
  const reader = hub.read(from, who);
  const next = () => nextText(reader, { rows, isMasked: who.role === "viewer" }, deps, ended.signal);
  const body = readable({ reader, first, next, ended }, deps, signal);
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
  if (zips !== true) return new Response(body, { headers });
  // The types of Node's streams and of the web's are not the same ones.
  const { readable: zipped, writable } = Duplex.toWeb(createGzip({ flush: constants.Z_SYNC_FLUSH }));
  void body.pipeTo(writable as WritableStream<Uint8Array>).catch(() => undefined);
  return new Response(zipped as ReadableStream<Uint8Array>, { headers: { ...headers, "content-encoding": "gzip" } });
}

interface Source {
  readonly reader: FeedReader;
  readonly first: string;
  readonly next: () => Promise<string | undefined>;
  readonly ended: AbortController;
}

function readable({ reader, first, next, ended }: Source, deps: StreamDeps, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const end = () => {
    clearTimeout(stalled);
    ended.abort();
    reader.close();
  };
  let stalled = setTimeout(end, STALLED_MS);
  signal.addEventListener("abort", end, { once: true });
  let begun = false;
  // A stream that its reader has left is closed already.
  let left = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        try {
          const text = begun ? await next() : first;
          begun = true;
          if (left) return;
          if (text === undefined) {
            end();
            controller.close();
            return;
          }
          controller.enqueue(encoder.encode(text));
          stalled = setTimeout(() => {
            end();
            controller.error(new Error("the reader takes nothing"));
          }, STALLED_MS);
        } catch (thrown) {
          if (left) return;
          deps.log(`a stream of live updates ended: ${messageOf(thrown)}`);
          end();
          controller.close();
        }
      },
      cancel() {
        left = true;
        end();
      },
    },
    // Nothing is made before the reader takes it.
    { highWaterMark: 0 },
  );
}

interface Rows {
  readonly rows: RowReader | undefined;
  readonly isMasked: boolean;
}

/** The next events and rows, or a heartbeat when there are none for a while; undefined at the end. */
async function nextText(
  reader: FeedReader,
  { rows, isMasked }: Rows,
  { clock, log }: StreamDeps,
  ended: AbortSignal,
): Promise<string | undefined> {
  const beat = AbortSignal.timeout(HEARTBEAT_MS);
  for (;;) {
    const events = await reader.next(AbortSignal.any([ended, beat, ...(rows === undefined ? [] : [rows.changed()])]));
    if (events === undefined && (ended.aborted || reader.isEnded)) return undefined;
    const told = (events ?? []).filter(({ type }) => rows === undefined || type !== "campaign");
    const changes = rows?.next(beat.aborted);
    const at = timeText(clock.now());
    const text = [
      ...told.map((event) => eventText(event, log)),
      ...(changes === undefined ? [] : [textOf(reader.place, "rows", { type: "rows", at, ...changes }, isMasked)]),
    ].join("");
    if (text !== "") return text;
    if (beat.aborted) return ": still here\n\n";
  }
}

function eventText(event: FeedEvent, log: (message: string) => void): string {
  const body = typeof event.body === "object" && event.body !== null ? event.body : {};
  const parsed = serviceEvent.safeParse({ type: event.type, at: timeText(event.createdAt), ...body });
  if (parsed.success) return textOf(event, event.type, parsed.data);
  log(`event ${idOf(event)} of type ${event.type} is not of its form`);
  return `id: ${idOf(event)}\n\n`;
}

function textOf(place: FeedPlace, type: string, data: object, isMasked = true): string {
  const shown = isMasked ? maskedValue(data, { keepIds: true }) : data;
  return `id: ${idOf(place)}\nevent: ${type}\ndata: ${JSON.stringify(shown)}\n\n`;
}
