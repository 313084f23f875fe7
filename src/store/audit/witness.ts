// A client of the C2SP tlog-witness protocol: a witness signs a checkpoint only when the log has grown from the last one it
// signed, which it remembers. A log that was set back gets no signature.

import { messageOf } from "../../kernel/index.ts";
import { findCosignature, readWitness, type Witness } from "./cosignature.ts";
import { openCheckpoint, openNote } from "./note.ts";
import type { ConflictKind, HeadPlace, LogView, Meeting, MeetOptions } from "./places.ts";
import { askRemote, type RemoteAnswer, RemotePlace, remoteAddress } from "./remote.ts";

/** A witness may have signed for another process between its answer and the next request. */
const TRIES = 4;

/** A witness (C2SP tlog-witness) that signs a checkpoint only when the log has grown from the one it signed before. */
export class WitnessHead extends RemotePlace implements HeadPlace {
  readonly name: string;
  readonly restMs = 15_000;
  readonly #url: URL;
  readonly #witness: Witness;

  /** Throws StoreError `audit_key` for a malformed key, `invalid_state` for a malformed address. */
  constructor({ url, key }: { readonly url: string; readonly key: string }) {
    super();
    this.#witness = readWitness(key);
    this.name = `the witness ${this.#witness.name}`;
    this.#url = remoteAddress(`${url.replace(/\/+$/, "")}/add-checkpoint`, this.name);
  }

  /** A witness does not return what it has signed; it compares by itself. */
  async read(): Promise<undefined> {
    return undefined;
  }

  async meet(log: LogView, _options: MeetOptions): Promise<Meeting> {
    const { vkey } = this.#witness;
    let old = await log.cosignedSize(vkey);
    for (let tries = 0; tries < TRIES; tries++) {
      const newest = await log.latest();
      // There is nothing to sign for an empty log; when the witness signed it before, the log was truncated.
      if (newest === undefined) return old > 0 ? await this.#differs(log, "truncated", old, 0) : { state: "empty" };
      const { size, note } = newest;
      old = Math.min(old, size);
      const proof = await log.consistency(old, size);
      const lines = [`old ${old}`, ...proof, "", note];
      let answer: RemoteAnswer;
      try {
        const headers = { "content-type": "text/plain; charset=utf-8" };
        answer = await askRemote(this.#url, { method: "POST", headers, body: lines.join("\n") });
      } catch (cause) {
        return { state: "unreachable", message: messageOf(cause) };
      }
      if (answer.status === 200) return this.#signed(log, newest, answer.text);
      if (answer.status === 422) return await this.#differs(log, "rolled_back", old, size);
      if (answer.status !== 409) return { state: "unreachable", message: wordsOf(answer) };
      const theirs = answer.type.startsWith("text/x.tlog.size") ? sizeIn(answer.text) : undefined;
      // The same size and not accepted: the root differs.
      if (old === size && (theirs === undefined || theirs === size)) return await this.#differs(log, "rolled_back", size, size);
      if (theirs === undefined) return { state: "unreachable", message: wordsOf(answer) };
      // Another process may have appended, and had that signed, in the meantime.
      const here = (await log.latest())?.size ?? 0;
      if (theirs > here) return await this.#differs(log, "truncated", theirs, here);
      old = theirs;
    }
    return { state: "unreachable", message: "other processes were faster with every checkpoint" };
  }

  async #signed(log: LogView, { size, note }: { readonly size: number; readonly note: string }, lines: string): Promise<Meeting> {
    const body = openNote(note, log.verifier);
    const checkpoint = openCheckpoint(note, log.verifier);
    const found = body && checkpoint && findCosignature(lines, { body, checkpoint }, this.#witness);
    if (!found) return { state: "unreachable", message: "it answered without a signature with its key" };
    await log.keepCosignature({ size, witness: this.#witness.vkey, ...found });
    return { state: "fits", size };
  }

  async #differs(log: LogView, kind: ConflictKind, size: number, logSize: number): Promise<Meeting> {
    const id = `${this.#witness.vkey}:${size}`;
    if (await log.isAccepted(id)) return { state: "accepted" };
    const message =
      kind === "truncated"
        ? `the log ends at ${logSize} entries; ${this.name} signed it at ${size}`
        : `the first ${size} entries are another history than the one that ${this.name} signed`;
    return { state: "differs", conflict: { id, kind, size, note: null, message } };
  }
}

function sizeIn(text: string): number | undefined {
  const [, digits] = /^(0|[1-9]\d{0,15})\n?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function wordsOf({ status }: RemoteAnswer): string {
  if (status === 404) return "it does not know this log (404): its operator has to add the log's origin and key";
  if (status === 403) return "it does not know the key of this log (403)";
  return `it answered ${status}`;
}
