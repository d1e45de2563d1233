// A store in a folder, for Node: a log of commits, each one line that is on disk before it is answered for.
// One process at a time opens it. A last line that was cut off by a crash was never answered for, so it is dropped.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Rows } from "../stores/memory.ts";
import type { Table, Tables } from "../tables.ts";
import type { Change, Expected, Store } from "../stores/store.ts";

// A log that is longer than this is written anew when it is opened.
const LONG_BYTES = 1_000_000;

export class FileStore implements Store {
  readonly sharedAs = null;
  private readonly folder: string;
  private readonly rows = new Rows();
  private readonly log: number;
  private bytes: number;

  private constructor(folder: string) {
    this.folder = folder;
    const kept = this.read();
    for (const changes of commits(kept)) this.rows.change(changes);
    if (kept.length > LONG_BYTES) this.shorten();
    this.log = openSync(this.path, "a", 0o600);
    this.bytes = kept.length > LONG_BYTES ? fstatSync(this.log).size : kept.lastIndexOf(LINE_FEED) + 1;
    ftruncateSync(this.log, this.bytes);
    syncFolder(folder);
  }

  /** Open the folder, made when it is missing. */
  static async open(folder: string): Promise<FileStore> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new FileStore(folder);
  }

  async get<T extends Table>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.rows.get(table, key);
  }

  async list<T extends Table>(table: T, prefix = ""): Promise<Tables[T][]> {
    return this.rows.list(table, prefix);
  }

  async commit(changes: readonly Change[], expected?: Expected): Promise<boolean> {
    if (expected !== undefined && !this.rows.isAsExpected(expected)) return false;
    const line = asLine(changes);
    try {
      writeWhole(this.log, line);
    } catch (error) {
      // A full disk: what half stands there must not be in the way of what comes next.
      ftruncateSync(this.log, this.bytes);
      throw error;
    }
    this.bytes += line.length;
    this.rows.change(changes);
    return true;
  }

  async close(): Promise<void> {
    closeSync(this.log);
  }

  async erase(): Promise<void> {
    closeSync(this.log);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get path(): string {
    return join(this.folder, "log.jsonl");
  }

  private read(): Buffer {
    try {
      return readFileSync(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return Buffer.alloc(0);
    }
  }

  /** Write all rows as one commit into a new log, and put it in the place of the old one in one step. */
  private shorten(): void {
    const unfinished = this.path + ".new";
    const file = openSync(unfinished, "w", 0o600);
    writeWhole(file, asLine(this.rows.all()));
    closeSync(file);
    renameSync(unfinished, this.path);
  }
}

const DIGEST_LENGTH = 16;
const LINE_FEED = 10;

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, DIGEST_LENGTH);
}

function asLine(changes: readonly Change[]): Buffer {
  const text = JSON.stringify(changes);
  return Buffer.from(`${digest(text)} ${text}\n`);
}

/** Return the commits of a log; what stands after the last line feed was cut off, a wrong digest means damage. */
function commits(log: Buffer): Change[][] {
  const texts = log.toString("utf8").split("\n").slice(0, -1);
  const whole = texts.filter((line) => digest(line.slice(DIGEST_LENGTH + 1)) === line.slice(0, DIGEST_LENGTH));
  return whole.map((line) => JSON.parse(line.slice(DIGEST_LENGTH + 1)) as Change[]);
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  fsyncSync(file);
}

/** A new name in a folder survives a power cut only when the folder is on disk as well. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
