// Pulling: page after page of what is new, each applied in one step with its cursor (C25 to C30).

import { at, isObject, meaning, names } from "./calling.ts";
import { PULLED } from "./tables.ts";
import type { Answer } from "./calling.ts";
import type { Means } from "./means.ts";
import type { Page } from "./shapes.ts";
import type { Change, Store } from "./stores/store.ts";
import type { Turn } from "./turns.ts";
import type { Stopped } from "./uploading.ts";

export interface PulledSoFar {
  pulled: number;
  stopped: Stopped | null;
}

type List = Exclude<(typeof PULLED)[number], "settings">;

const LISTS = PULLED.filter((table): table is List => table !== "settings");
// What hangs on a plan, by `plan_id`, goes with it.
const OF_A_PLAN = ["revisions", "pauses", "goals", "acknowledgements"] as const;
const PATH = "/v1/patients/{patient_id}/sync";

export class Puller {
  private readonly means: Means;
  private readonly store: Store;
  private readonly patientId: string;

  constructor(means: Means, patientId: string) {
    this.means = means;
    this.store = means.store;
    this.patientId = patientId;
  }

  /** Pull until there is no more, or it is time to stop. */
  async run(isMine: Turn): Promise<PulledSoFar> {
    const began = this.means.around.now();
    let pulled = 0;
    let mayDropCursor = true;
    for (;;) {
      const cursor = await this.cursor();
      await this.means.patience.wait();
      if (!(await isMine())) return { pulled, stopped: "busy" };
      const answer = await this.means.caller.send("GET", at(PATH, { patient_id: this.patientId }, { cursor }));
      const said = meaning(answer);
      if (said === "signed_out" || said === "not_yours") return { pulled, stopped: said };
      if (answer.status === 422 && names(answer, "/cursor") && cursor !== null && mayDropCursor) {
        mayDropCursor = false;
        await this.store.commit([{ table: "marks", drop: "cursor" }]);
        continue;
      }
      const page = said === "taken" ? pageOf(answer, cursor) : null;
      if (page === null) {
        if (!this.means.patience.failed()) return { pulled, stopped: "offline" };
        continue;
      }
      this.means.patience.succeeded();
      pulled += await this.apply(page, cursor);
      if (!page.more) {
        await this.forgetSettledBefore(began);
        return { pulled, stopped: null };
      }
    }
  }

  private async cursor(): Promise<string | null> {
    const mark = await this.store.get("marks", "cursor");
    return typeof mark === "string" ? mark : null;
  }

  /** Apply a page unless another tab has applied one meanwhile; return how many things it had. */
  private async apply(page: Page, asked: string | null): Promise<number> {
    const changes: Change[] = [];
    if (page.reset || asked === null) changes.push(...PULLED.map((table) => ({ table, clear: true as const })));
    if (page.reset) changes.push({ table: "marks", key: "resets", put: (await this.resets()) + 1 });
    if (page.settings !== null) changes.push({ table: "settings", key: "settings", put: page.settings });
    for (const table of LISTS) changes.push(...page[table].map((put) => ({ table, key: put.id, put }) as Change));
    // From now on it is shown as the server has it.
    changes.push(...page.events.map(({ id }) => ({ table: "settled" as const, drop: id })));
    for (const gone of page.gone) changes.push(...(await this.drop(gone, page)));
    changes.push({ table: "marks", key: "cursor", put: page.cursor });
    const expected = { table: "marks", key: "cursor", value: asked ?? undefined } as const;
    const isApplied = await this.store.commit(changes, expected);
    return isApplied ? LISTS.reduce((sum, table) => sum + page[table].length, page.gone.length) : 0;
  }

  private async resets(): Promise<number> {
    return Number((await this.store.get("marks", "resets")) ?? 0);
  }

  /** Return what goes when a thing is gone; a kind that is not known is passed over (C35). */
  private async drop(gone: Page["gone"][number], page: Page): Promise<Change[]> {
    const table = LISTS.find((list) => list === `${gone.kind}s`);
    if (table === undefined) return [];
    const changes: Change[] = [{ table, drop: gone.id }];
    if (table !== "plans") return changes;
    for (const of of OF_A_PLAN) {
      const theirs = [...(await this.store.list(of)), ...page[of]].filter((thing) => thing.plan_id === gone.id);
      changes.push(...theirs.map((thing) => ({ table: of, drop: thing.id })));
    }
    return changes;
  }

  /** What was settled before a pull that came to its end, and did not come by it, is shown no longer. */
  private async forgetSettledBefore(began: number): Promise<void> {
    const old = (await this.store.list("settled")).filter((entry) => entry.settled_at < began);
    if (old.length > 0) await this.store.commit(old.map(({ id }) => ({ table: "settled", drop: id })));
  }
}

/** Return the page in an answer; null when it is not whole, or leads nowhere. */
function pageOf(answer: Answer, asked: string | null): Page | null {
  const page = answer.body as Record<string, unknown>;
  const { cursor, more, reset, settings } = page;
  if (typeof cursor !== "string" || typeof more !== "boolean" || typeof reset !== "boolean") return null;
  if (settings !== null && !isObject(settings)) return null;
  if (more && cursor === asked) return null;
  const isWhole = [...LISTS, "gone"].every((name) => {
    const things = page[name];
    return Array.isArray(things) && things.every((thing) => isObject(thing) && typeof thing["id"] === "string");
  });
  return isWhole ? (page as unknown as Page) : null;
}
