// Cleans text from outside for messages: removes secrets and control characters, and bounds the length.

const MAX_TEXT = 500;
const REPLACEMENT = "[secret]";
// Anything in a reply that looks like a credential is removed, whether or not it is ours.
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
// oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Knows the secrets in use (in every encoding in which they are sent) and removes them from texts. */
export class SecretScrubber {
  readonly #secrets = new Set<string>();

  /**
   * From now on `secret` is removed. Texts of fewer than four characters are ignored: removing them would destroy every message.
   */
  add(secret: string): void {
    if (secret.length < 4) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  /** Forgets a token that was replaced and will not come back, so that the set stays small. */
  remove(secret: string): void {
    this.#secrets.delete(secret);
    this.#secrets.delete(encodeURIComponent(secret));
    this.#secrets.delete(JSON.stringify(secret).slice(1, -1));
  }

  /** One line of at most `most` characters (default 500), without secrets. */
  clean(text: string, most = MAX_TEXT): string {
    // Cut to a generous length first: a secret at the place of the final cut must still be found as a whole.
    let clean = text.slice(0, 64 * 1024);
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, REPLACEMENT);
    clean = clean.replace(BEARER, `$1 ${REPLACEMENT}`).replace(CONTROL, " ").trim();
    return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
  }
}
