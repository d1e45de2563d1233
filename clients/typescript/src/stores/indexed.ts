// The store of a browser: one IndexedDB database for each server and patient (C3).

import { TABLES } from "../tables.ts";
import { isSame } from "./store.ts";
import type { Table, Tables } from "../tables.ts";
import type { Change, Expected, Store } from "./store.ts";

// Raised when a table is added; what is there stays.
const VERSION = 1;

export class IndexedStore implements Store {
  readonly sharedAs: string;
  private readonly database: IDBDatabase;

  private constructor(name: string, database: IDBDatabase) {
    this.sharedAs = name;
    this.database = database;
  }

  /** Open the database of that name, made when it is missing. */
  static async open(name: string): Promise<IndexedStore> {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      for (const table of TABLES) if (!there.contains(table)) request.result.createObjectStore(table);
    };
    const database = await answered(request);
    // Another tab has a newer release, or erases everything: do not stand in its way.
    database.onversionchange = () => database.close();
    return new IndexedStore(name, database);
  }

  async get<T extends Table>(table: T, key: string): Promise<Tables[T] | undefined> {
    return answered(this.database.transaction(table).objectStore(table).get(key));
  }

  async list<T extends Table>(table: T, prefix = ""): Promise<Tables[T][]> {
    const range = prefix === "" ? null : IDBKeyRange.bound(prefix, prefix + "\uffff");
    return answered(this.database.transaction(table).objectStore(table).getAll(range));
  }

  commit(changes: readonly Change[], expected?: Expected): Promise<boolean> {
    const tables = new Set(changes.map((change) => change.table));
    if (expected !== undefined) tables.add(expected.table);
    if (tables.size === 0) return Promise.resolve(true);
    // Browsers tell of a commit before it is on disk, unless asked for more (C1).
    const transaction = this.database.transaction([...tables], "readwrite", { durability: "strict" });
    return new Promise((done, failed) => {
      let isDone = true;
      transaction.oncomplete = () => done(isDone);
      transaction.onabort = () => failed(transaction.error ?? new Error("The browser's storage failed."));
      if (expected === undefined) return changeOrAbort(transaction, changes);
      const request = transaction.objectStore(expected.table).get(expected.key);
      request.onsuccess = () => {
        isDone = isSame(request.result, expected.value);
        if (isDone) changeOrAbort(transaction, changes);
      };
    });
  }

  async close(): Promise<void> {
    this.database.close();
  }

  async erase(): Promise<void> {
    this.database.close();
    await answered(indexedDB.deleteDatabase(this.sharedAs));
  }
}

function changeOrAbort(transaction: IDBTransaction, changes: readonly Change[]): void {
  try {
    for (const each of changes) {
      const rows = transaction.objectStore(each.table);
      if ("put" in each) rows.put(each.put, each.key);
      else if ("drop" in each) rows.delete(each.drop);
      else rows.clear();
    }
  } catch {
    // Something that cannot be stored: what went before it must not be, either.
    transaction.abort();
  }
}

function answered<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
