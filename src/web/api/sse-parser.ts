// Parses server-sent events from a stream of text (WHATWG HTML, "Interpreting an event stream"), in pieces of any size.

export interface SseMessage {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

interface SseParser {
  /** Messages that the piece completes, in order. A comment is not a message; one with only an id has empty data. */
  readonly push: (piece: string) => readonly SseMessage[];
  /** The pause between two connections that the stream requested, ms; undefined when it did not. */
  readonly retry: () => number | undefined;
}

export function createSseParser(): SseParser {
  let rest = "";
  let retry: number | undefined;
  let draft: { id: string | undefined; event: string; data: string[] } = { id: undefined, event: "message", data: [] };

  function line(text: string): SseMessage | undefined {
    if (text === "") {
      const { id, event, data } = draft;
      draft = { id: undefined, event: "message", data: [] };
      // Without data it is not an event, but its id still counts.
      return data.length === 0 && id === undefined ? undefined : { id, event, data: data.join("\n") };
    }
    const colon = text.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") draft.data.push(value);
    else if (field === "event") draft.event = value;
    else if (field === "id" && !value.includes("\0")) draft.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) retry = Number(value);
    return undefined;
  }

  return {
    push(piece) {
      rest += piece;
      const messages: SseMessage[] = [];
      for (;;) {
        const end = /\r\n|\n|\r/.exec(rest);
        // A carriage return at the very end may be the first half of a pair.
        if (end === null || (end[0] === "\r" && end.index === rest.length - 1)) return messages;
        const message = line(rest.slice(0, end.index));
        rest = rest.slice(end.index + end[0].length);
        if (message !== undefined) messages.push(message);
      }
    },
    retry: () => retry,
  };
}
