// Tags instead of dispositions: a finished contact's disposition cannot be changed, but a tag can be added. One tag per code,
// looked for by name before it is made.

import { outcomeOf } from "../assign.ts";
import type { CallOptions } from "../call-options.ts";
import type { AssignOutcome, DispositionTagger } from "../capabilities.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";

/** Prefix of the names of these tags. */
const TAG_PREFIX = "outdial:";
const NOTES = "Set by outdial in place of a disposition that cannot be changed any more.";

/** Adds a tag to a contact instead of a disposition. Ids of tags are looked up by name once. */
export class Tagger implements DispositionTagger {
  readonly #requester: AcdRequester;
  readonly #plain: (options: CallOptions | undefined) => AcdCallOptions;
  readonly #ids = new Map<string, Promise<string>>();

  constructor(requester: AcdRequester, plain: (options: CallOptions | undefined) => AcdCallOptions) {
    this.#requester = requester;
    this.#plain = plain;
  }

  add(callId: string, code: string, options?: CallOptions): Promise<AssignOutcome> {
    return outcomeOf(this.#send(callId, code, this.#plain(options)), () => "contact_tagged");
  }

  async #send(contactId: string, code: string, options: AcdCallOptions) {
    const tagId = await this.#tagOf(code, options);
    return this.#requester.request("tagContact", { ...options, path: { contactId }, body: { tags: [{ tagId }] } });
  }

  /**
   * The tag of a code; made when there is none. When two processes make it at once, the first one in the list counts for both.
   */
  #tagOf(code: string, options: AcdCallOptions): Promise<string> {
    const name = `${TAG_PREFIX}${code}`;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const made = this.#find(name, options).then(async (found) => {
      if (found !== undefined) return found;
      await this.#requester.request("createTag", { ...options, query: { tagName: name, notes: NOTES } });
      const after = await this.#find(name, options);
      if (after !== undefined) return after;
      throw new Error(`the tag ${name} was made and is not listed`);
    });
    this.#ids.set(name, made);
    made.catch(() => this.#ids.delete(name));
    return made;
  }

  async #find(name: string, options: AcdCallOptions): Promise<string | undefined> {
    const { reply } = await this.#requester.request("listTags", { ...options, query: { searchString: name, isActive: true } });
    return reply?.tags.find(({ tagName }) => tagName === name)?.tagId;
  }
}
