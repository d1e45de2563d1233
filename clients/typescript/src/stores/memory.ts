// A store that forgets when the program ends: for tests, and for apps that are always online.

import { TABLES } from "../tables.ts";
import { isSame } from "./store.ts";
import type { Table, Tables } from "../tables.ts";
import type { Change, Expected, Store } from "./store.ts";

export class MemoryStore implements Store {
  readonly sharedAs: string | null = null;
  protected readonly rows = new Rows();

  async get<T extends Table>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.rows.get(table, key);
  }

  async list<T extends Table>(table: T, prefix = ""): Promise<Tables[T][]> {
    return this.rows.list(table, prefix);
  }

  async commit(changes: readonly Change[], expected?: Expected): Promise<boolean> {
    if (expected !== undefined && !this.rows.isAsExpected(expected)) return false;
    this.rows.change(changes);
    return true;
  }

  async close(): Promise<void> {}

  async erase(): Promise<void> {
    this.rows.change(TABLES.map((table) => ({ table, clear: true })));
  }
}

/** Rows as JSON text, so that nobody changes what is kept by changing what was given. */
export class Rows {
  private readonly tables = new Map<Table, Map<string, string>>(TABLES.map((table) => [table, new Map()]));

  get<T extends Table>(table: T, key: string): Tables[T] | undefined {
    const text = this.tables.get(table)!.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Tables[T]);
  }

  list<T extends Table>(table: T, prefix: string): Tables[T][] {
    const found = [...this.tables.get(table)!].filter(([key]) => key.startsWith(prefix));
    return found.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => JSON.parse(text) as Tables[T]);
  }

  isAsExpected(expected: Expected): boolean {
    return isSame(this.get(expected.table, expected.key), expected.value);
  }

  change(changes: readonly Change[]): void {
    // What cannot be written fails before anything has changed.
    const texts = changes.map((change) => ("put" in change ? JSON.stringify(change.put) : ""));
    for (const [place, change] of changes.entries()) {
      // A later release may have kept a table that this one does not know.
      const rows = this.tables.get(change.table);
      if (rows === undefined) continue;
      if ("put" in change) rows.set(change.key, texts[place]!);
      else if ("drop" in change) rows.delete(change.drop);
      else rows.clear();
    }
  }

  /** Return everything as puts. */
  all(): Change[] {
    const puts = [...this.tables].flatMap(([table, rows]) =>
      [...rows].map(([key, text]) => ({ table, key, put: JSON.parse(text) as unknown })),
    );
    return puts as Change[];
  }
}
