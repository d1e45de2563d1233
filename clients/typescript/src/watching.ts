// Telling the app which tables have changed, so that it draws anew; in a browser the other tabs are told as well.

import type { Table, Tables } from "./tables.ts";
import type { Change, Expected, Store } from "./stores/store.ts";

export type Watcher = (tables: ReadonlySet<Table>) => void;

/** A store that tells of every commit, once it is done. */
export class WatchedStore implements Store {
  readonly sharedAs: string | null;
  private readonly store: Store;
  private readonly watchers = new Set<Watcher>();
  private readonly tabs: BroadcastChannel | null = null;

  constructor(store: Store) {
    this.store = store;
    this.sharedAs = store.sharedAs;
    if (store.sharedAs === null || typeof BroadcastChannel === "undefined") return;
    this.tabs = new BroadcastChannel(store.sharedAs);
    this.tabs.onmessage = ({ data }: MessageEvent<Table[]>) => this.tell(new Set(data));
  }

  /** Call `watcher` after every change, with the tables that it was in; return what stops it. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  get<T extends Table>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.store.get(table, key);
  }

  list<T extends Table>(table: T, prefix?: string): Promise<Tables[T][]> {
    return this.store.list(table, prefix);
  }

  async commit(changes: readonly Change[], expected?: Expected): Promise<boolean> {
    const isDone = await this.store.commit(changes, expected);
    if (isDone && changes.length > 0) {
      const tables = new Set(changes.map(({ table }) => table));
      this.tabs?.postMessage([...tables]);
      this.tell(tables);
    }
    return isDone;
  }

  async close(): Promise<void> {
    this.watchers.clear();
    this.tabs?.close();
    await this.store.close();
  }

  async erase(): Promise<void> {
    this.watchers.clear();
    this.tabs?.close();
    await this.store.erase();
  }

  private tell(tables: ReadonlySet<Table>): void {
    for (const watcher of [...this.watchers]) {
      try {
        watcher(tables);
      } catch (error) {
        // What an app does with the news must not undo what is stored already.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
