// The types of Node and the driver that the store uses, declared here, so that the package's type declarations need neither.

/** Bytes, as a Buffer has them. */
export interface Bytes extends Uint8Array {
  toString(encoding?: "hex" | "base64" | "base64url" | "utf8"): string;
  equals(other: Uint8Array): boolean;
  copy(target: Uint8Array, start?: number): number;
}

/** A key of Node's crypto, passed through. */
export interface Key {
  readonly type: string;
  export(options: { readonly format: "jwk" }): { readonly d?: string; readonly x?: string };
}

/** A named statement; the server keeps its parsed form. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** A connection inside a transaction. */
export interface Connection {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who writes the statement says what its rows are, as with the driver
  query<Row extends object>(
    statement: string | Statement,
    values?: unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number | null }>;
  release(broken?: Error): void;
}

/** Sends one statement that reads. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
export type Ask = <Row extends object>(statement: string) => Promise<Row[]>;

/** Connections to a database, opened as they are needed. */
export interface ConnectionPool {
  connect(): Promise<Connection>;
  end(): Promise<void>;
}
