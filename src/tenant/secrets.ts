// Text from outside made fit for messages: secrets out, control characters out, length bounded.

const MAX_TEXT = 500;
const REPLACEMENT = "[secret]";
// Whatever a tenant echoes that looks like a credential goes too, whether or not it is one of ours.
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
// oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Remembers the secrets in use (in every spelling in which they travel) and removes them from texts. */
export class SecretScrubber {
  readonly #secrets = new Set<string>();

  /** From now on `secret` is removed. Texts below four characters are not secrets but would shred every message. */
  add(secret: string): void {
    if (secret.length < 4) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  /** A token that was replaced will not come back: tokens are forgotten, so that the set stays small. */
  remove(secret: string): void {
    this.#secrets.delete(secret);
    this.#secrets.delete(encodeURIComponent(secret));
    this.#secrets.delete(JSON.stringify(secret).slice(1, -1));
  }

  /** One line of at most 500 characters, or as many as are allowed, without secrets. */
  clean(text: string, most = MAX_TEXT): string {
    // Cut generously first: a secret that straddles the final cut must still be found whole.
    let clean = text.slice(0, 64 * 1024);
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, REPLACEMENT);
    clean = clean.replace(BEARER, `$1 ${REPLACEMENT}`).replace(CONTROL, " ").trim();
    return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
  }
}
