declare module "pgpass" {
  /** The password of a connection in PGPASSFILE, or in ~/.pgpass. */
  export default function pgpass(
    connection: { readonly host: string; readonly port: number; readonly database?: string | undefined; readonly user: string },
    done: (password: string | undefined) => void,
  ): void;
}
