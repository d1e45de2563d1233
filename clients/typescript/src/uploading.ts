// Emptying the outbox: batches, halves of what cannot be read, and an order in which no event blocks another (C8-C21).

import { at, isObject, meaning, names, problemOf } from "./calling.ts";
import type { Answer } from "./calling.ts";
import type { Means } from "./means.ts";
import type { Outbox } from "./outbox.ts";
import type { Emergency, EventOutcome, FieldError } from "./shapes.ts";
import type { Waiting } from "./tables.ts";
import type { Turn } from "./turns.ts";

/** Why a sync ended early; `busy`: another tab is at it, or the phone is being closed. Nothing is lost by it. */
export type Stopped = "signed_out" | "not_yours" | "offline" | "busy";

export interface Uploaded {
  uploaded: number;
  stopped: Stopped | null;
}

interface Batch {
  entries: Waiting[];
  failures: number;
}

const EVENTS_IN_A_BATCH = 100;
// 2 MiB are taken; a character is at most three bytes.
const CHARACTERS_IN_A_BATCH = 600_000;
const FAILURES_TOGETHER = 3;
const PATH = "/v1/patients/{patient_id}/events";

export class Uploader {
  private readonly means: Means;
  private readonly outbox: Outbox;
  private readonly show: (emergency: Emergency) => void;
  private readonly path: string;

  constructor(means: Means, outbox: Outbox, patientId: string, show: (emergency: Emergency) => void) {
    this.means = means;
    this.outbox = outbox;
    this.show = show;
    this.path = at(PATH, { patient_id: patientId });
  }

  /** Send what waits, until all of it has an outcome or it is time to stop. */
  async run(isMine: Turn): Promise<Uploaded> {
    const run = new Run();
    for (let batch = await this.next(run); batch !== undefined; batch = await this.next(run)) {
      await this.means.patience.wait();
      if (!(await isMine())) return { uploaded: run.uploaded, stopped: "busy" };
      await this.outbox.markSent(batch.entries);
      const stopped = await this.goBy(await this.means.caller.send("POST", this.path, bodyOf(batch)), batch, run);
      if (stopped !== null) return { uploaded: run.uploaded, stopped };
    }
    return { uploaded: run.uploaded, stopped: null };
  }

  private async next(run: Run): Promise<Batch | undefined> {
    return run.first.pop() ?? run.fresh(await this.outbox.waiting()) ?? run.last.shift();
  }

  private async goBy(answer: Answer, batch: Batch, run: Run): Promise<Stopped | null> {
    const said = meaning(answer);
    if (said === "signed_out" || said === "not_yours") return said;
    if (said === "refused" && (batch.entries.length > 1 || answer.isProblem)) {
      this.means.patience.succeeded();
      if (batch.entries.length > 1) run.first.push(...halves(batch).reverse());
      else await this.outbox.setAside(batch.entries[0]!, refusalOf(answer), this.means.around.now());
      return null;
    }
    const outcomes = said === "taken" ? outcomesOf(answer, batch.entries.length) : null;
    if (outcomes === null) return this.failed(batch, run);
    this.means.patience.succeeded();
    run.hasSucceeded = true;
    this.showEmergency(answer);
    run.uploaded += await this.outbox.settle(batch.entries, outcomes, this.means.around.now());
    return null;
  }

  /** Show what cannot wait before the events leave the outbox: if the app ends in between, the server says it again. */
  private showEmergency(answer: Answer): void {
    const emergency = emergencyOf(answer);
    if (emergency === null) return;
    try {
      this.show(emergency);
    } catch (error) {
      // An app that fails at it is told so, and what the server has taken is settled all the same.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** Try again; the third time in halves behind all others, for one event may be the cause (C20). */
  private async failed(batch: Batch, run: Run): Promise<Stopped | null> {
    if (!this.means.patience.failed()) return "offline";
    batch.failures += 1;
    if (batch.failures < FAILURES_TOGETHER) run.first.push(batch);
    else if (batch.entries.length > 1) run.last.push(...halves(batch));
    else if (run.hasSucceeded) await this.outbox.markAlone(batch.entries[0]!);
    else run.last.push(batch);
    return null;
  }
}

/** What one run has before it. Each event is taken from the outbox once a run, so that a `retry` waits for the next. */
class Run {
  uploaded = 0;
  hasSucceeded = false;
  readonly first: Batch[] = [];
  readonly last: Batch[] = [];
  private readonly taken = new Set<string>();

  fresh(waiting: readonly Waiting[]): Batch | undefined {
    const entries: Waiting[] = [];
    let characters = 0;
    for (const entry of waiting) {
      if (this.taken.has(entry.id)) continue;
      characters += entry.body.length;
      if (entries.length > 0 && (entry.alone || characters > CHARACTERS_IN_A_BATCH)) break;
      entries.push(entry);
      if (entry.alone || entries.length === EVENTS_IN_A_BATCH) break;
    }
    for (const entry of entries) this.taken.add(entry.id);
    return entries.length === 0 ? undefined : { entries, failures: 0 };
  }
}

function bodyOf(batch: Batch): string {
  return `{"events":[${batch.entries.map((entry) => entry.body).join(",")}]}`;
}

function halves({ entries }: Batch): Batch[] {
  const middle = Math.ceil(entries.length / 2);
  return [entries.slice(0, middle), entries.slice(middle)].map((half) => ({ entries: half, failures: 0 }));
}

/** Return one outcome for each event, in their order; null when the answer does not have exactly these (C8, C13). */
function outcomesOf(answer: Answer, count: number): EventOutcome[] | null {
  const listed = isObject(answer.body) ? answer.body["outcomes"] : null;
  if (!Array.isArray(listed) || listed.length !== count) return null;
  const byIndex: EventOutcome[] = [];
  for (const each of listed) {
    if (!isObject(each) || typeof each["outcome"] !== "string") return null;
    byIndex[each["index"] as number] = each as unknown as EventOutcome;
  }
  for (let index = 0; index < count; index++) if (byIndex[index] === undefined) return null;
  return byIndex;
}

function emergencyOf(answer: Answer): Emergency | null {
  const said = isObject(answer.body) ? answer.body["emergency"] : null;
  if (!isObject(said) || typeof said["text"] !== "string") return null;
  return { text: said["text"], line: typeof said["line"] === "string" ? said["line"] : null };
}

function refusalOf(answer: Answer): FieldError {
  const problem = problemOf(answer);
  const first = names(answer, "") ? undefined : problem.errors?.[0];
  return first ?? { field: "", rule: problem.code ?? "refused", detail: problem.detail ?? "" };
}
