// A reader of the feed as server-sent events: ids to resume from, heartbeats, `reset` when what was missed is no longer kept.

import { type Clock, messageOf } from "../../kernel/index.ts";
import { maskedValue, serviceEvent, timeText } from "../../operations/views/index.ts";
import type { FeedEvent, FeedPlace, Principal, ServiceFeed } from "../../store/index.ts";
import type { FeedHub, FeedReader } from "./hub.ts";

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

/** The stream from a Last-Event-ID on, or from now. Ends with `signal`, and when the caller would not be let in any more. */
export async function eventStream(
  lastEventId: string | undefined,
  who: Pick<Principal, "tokenId" | "sessionId">,
  deps: StreamDeps,
  signal: AbortSignal,
): Promise<Response> {
  const { feed, hub, clock } = deps;
  const wanted = placeOf(lastEventId);
  const kept = wanted !== undefined && (await feed.reaches(wanted));
  const from = wanted !== undefined && kept ? wanted : await feed.end();
  const reset = lastEventId !== undefined && lastEventId !== "" && !kept;
  const first = `retry: ${RETRY_MS}\n\n${reset ? textOf(from, "reset", { type: "reset", at: timeText(clock.now()) }) : `id: ${idOf(from)}\n\n`}`;
  const body = readable(hub.read(from, who), first, deps, signal);
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
  return new Response(body, { headers });
}

function readable(reader: FeedReader, first: string, deps: StreamDeps, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ended = new AbortController();
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
          const text = begun ? await nextText(reader, deps, ended.signal) : first;
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

/** The next events, or a heartbeat when there are none for a while; undefined at the end. */
async function nextText(reader: FeedReader, deps: StreamDeps, ended: AbortSignal): Promise<string | undefined> {
  const events = await reader.next(AbortSignal.any([ended, AbortSignal.timeout(HEARTBEAT_MS)]));
  if (events !== undefined) return events.map((event) => eventText(event, deps.log)).join("");
  return ended.aborted || reader.isEnded ? undefined : ": still here\n\n";
}

function eventText(event: FeedEvent, log: (message: string) => void): string {
  const body = typeof event.body === "object" && event.body !== null ? event.body : {};
  const parsed = serviceEvent.safeParse({ type: event.type, at: timeText(event.createdAt), ...body });
  if (parsed.success) return textOf(event, event.type, parsed.data);
  log(`event ${idOf(event)} of type ${event.type} is not of its form`);
  return `id: ${idOf(event)}\n\n`;
}

function textOf(place: FeedPlace, type: string, data: object): string {
  return `id: ${idOf(place)}\nevent: ${type}\ndata: ${JSON.stringify(maskedValue(data, { keepIds: true }))}\n\n`;
}
