// The store of a phone: rows by table and key. Few functions, so that an app can put them on what its platform has.

import type { Table, Tables } from "../tables.ts";

/** A row put under a key, a row dropped by its key, or a table emptied. */
export type Change = Put | { table: Table; drop: string } | { table: Table; clear: true };

type Put = { [T in Table]: { table: T; key: string; put: Tables[T] } }[Table];

/** What a row must be for a commit to happen; undefined: it must not be there. */
export type Expected = { [T in Table]: { table: T; key: string; value: Tables[T] | undefined } }[Table];

export interface Store {
  /** Names what is kept, for locks between tabs; null when nobody else can open it. */
  readonly sharedAs: string | null;
  get<T extends Table>(table: T, key: string): Promise<Tables[T] | undefined>;
  /** Return the rows of a table whose keys begin with a prefix, in the order of the keys. */
  list<T extends Table>(table: T, prefix?: string): Promise<Tables[T][]>;
  /**
   * Make all changes, in order, or none. Resolved means that they survive a crash and a power cut (C1, C25); rejected
   * that none was made. False: a row was not as expected, and nothing changed.
   */
  commit(changes: readonly Change[], expected?: Expected): Promise<boolean>;
  /** Let go of what is open. */
  close(): Promise<void>;
  /** Remove everything for good. */
  erase(): Promise<void>;
}

/** Tell whether two rows are the same; rows are plain JSON and are written by the same code. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
