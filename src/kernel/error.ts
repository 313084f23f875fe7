// The base of every error that outdial raises on purpose: a closed string code, the advice in words, the cause kept.

/** What an error carries besides its message. */
export interface ErrorOptionsWithAdvice {
  /** What the reader can do about it, one sentence. */
  readonly advice?: string;
  /** Facts for machines; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Base class. Each part derives its own with its own closed set of codes; callers branch on `code`, never on the message.
 * The message says where, what was wrong and what is allowed.
 */
export class OutdialError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly advice: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: ErrorOptionsWithAdvice = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
    this.details = options.details ?? {};
  }
}

/** Node's advice about a certificate of an authority that it does not know. */
const OWN_CA = /try running Node\.js with --use-system-ca/;

/**
 * The message of anything thrown, never a stack: of an AggregateError the first error's message, of an error without a message
 * its name.
 */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return messageOf(thrown.errors[0]);
  if (thrown instanceof Error)
    return thrown.message.replace(OWN_CA, `$& or naming its certificate in NODE_EXTRA_CA_CERTS`) || thrown.name;
  return String(thrown);
}

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "this user has no right to it",
  EPERM: "this user has no right to it",
  EROFS: "it is on a read-only file system",
  ENOSPC: "the disk is full",
  EEXIST: "it is there already",
  ELOOP: "its links go round in a circle",
  ENAMETOOLONG: "its name is too long",
};

/** System error codes whose cause is the disk, the mount or a limit of this machine, not the file itself. */
const HOST_TROUBLES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EROFS: "it is on a read-only file system",
  EACCES: "this user has no right to it",
  EPERM: "this user has no right to it",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  EIO: "the disk gives errors",
  ESTALE: "the mount is gone",
  ENOTCONN: "the mount is gone",
};

/**
 * The cause in words when the disk, the mount or a limit of this machine kept a file from being read or written; undefined for
 * any other error.
 */
export function hostTrouble(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? HOST_TROUBLES[String(thrown.code)] : undefined;
}

/** Why a file could not be read or written, in words. The caller's message names the file. */
export function fileTrouble(thrown: unknown): string {
  const code = thrown instanceof Error && "syscall" in thrown && "code" in thrown ? String(thrown.code) : "";
  return FILE_TROUBLES[code] ?? messageOf(thrown);
}

/** Why JSON.parse could not read a text, in words. */
export function jsonTrouble(thrown: unknown): string {
  const said = messageOf(thrown);
  if (/end of JSON|^Unterminated/.test(said)) return "it breaks off";
  const at = /at position (\d+)/.exec(said)?.[1];
  if (at !== undefined) return `character ${Number(at) + 1} is not expected`;
  const token = /^Unexpected token '(.+)', (.*) is not valid JSON$/su.exec(said);
  return token === null ? said : `${token[1]} is not expected in ${token[2]}`;
}

/** Names that Windows has for devices, in small letters: no file or folder may have one, whatever its ending. */
export const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
