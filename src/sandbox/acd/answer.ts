// What handlers of the ACD API return, and how they refuse.

/** A handler's answer. `description` goes into the status description header of the reply. */
export interface AcdAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly description?: string;
  /** A file, sent as it is instead of a body. */
  readonly file?: string;
}

/** A refusal: a code such as InvalidListId and a text. Without a text the body is empty. */
export class AcdRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, text: string) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export const invalid = (text: string, code = "InvalidParameter"): AcdRefusal => new AcdRefusal(400, code, text);
export const missing = (text: string, code = "InvalidParameter"): AcdRefusal => new AcdRefusal(404, code, text);
export const invalidUri = (): AcdRefusal => missing("There is no such resource", "InvalidUri");
export const conflict = (text: string, code = "InvalidState"): AcdRefusal => new AcdRefusal(409, code, text);

export const ok = (body?: unknown, description = "Success"): AcdAnswer => ({ status: 200, body, description });
export const accepted = (body?: unknown, description = "Accepted"): AcdAnswer => ({ status: 202, body, description });
/** An answer without content. */
export const nothing = (description?: string): AcdAnswer => ({
  status: 204,
  ...(description === undefined ? {} : { description }),
});
