// Heads of the audit log outside the store, as tests put them there.

/** A head that the log's key signed at a size that this log has not. */
export function headBeyond(checkpoint: string, sign: (text: string) => string): string {
  const [origin = "", , root = ""] = checkpoint.split("\n");
  const body = `${origin}\n9999\n${root}\n`;
  return `${body}\n${sign(body)}`;
}
