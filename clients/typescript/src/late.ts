// What else is written without a network: acknowledgements and values of goals. Each is one request that is safe to
// send again; it waits here until the server has taken it, or refused it for good.

import { at, meaning, names, problemOf } from "./calling.ts";
import { uuid7 } from "./identifiers.ts";
import { Order } from "./surroundings.ts";
import type { Answer } from "./calling.ts";
import type { Means } from "./means.ts";
import type { GoalValueIn } from "./shapes.ts";
import type { Store } from "./stores/store.ts";
import type { LateWrite } from "./tables.ts";
import type { Turn } from "./turns.ts";
import type { Stopped } from "./uploading.ts";

const ACKNOWLEDGEMENT = "/v1/plans/{plan_id}/revisions/{number}/acknowledgement";
const GOAL_VALUES = "/v1/plans/{plan_id}/goals/{goal_id}/values";

export class LateWrites {
  private readonly means: Means;
  private readonly store: Store;
  private readonly order = new Order();

  constructor(means: Means) {
    this.means = means;
    this.store = means.store;
  }

  /** Keep that the patient has seen the words of a revision (C32). */
  async acknowledge(planId: string, number: number, now: number): Promise<void> {
    const body = JSON.stringify({ acknowledged_at: new Date(now).toISOString() });
    await this.keep(`${planId}/${number}`, "PUT", at(ACKNOWLEDGEMENT, { plan_id: planId, number }), body, now);
  }

  /** Keep a value of a goal with a measure; return its id. */
  async addGoalValue(
    planId: string, goalId: string, value: Omit<GoalValueIn, "id">, now: number,
  ): Promise<string> {
    const id = uuid7(now, this.means.around.bytes(10));
    const path = at(GOAL_VALUES, { plan_id: planId, goal_id: goalId });
    await this.keep(id, "POST", path, JSON.stringify({ ...value, id }), now);
    return id;
  }

  /** Send what waits, the oldest first. */
  async run(isMine: Turn): Promise<Stopped | null> {
    const waiting = await this.store.list("late");
    for (const write of waiting.sort((one, other) => one.written_at - other.written_at)) {
      const stopped = await this.send(write, isMine);
      if (stopped !== null) return stopped;
    }
    return null;
  }

  private async send(write: LateWrite, isMine: Turn): Promise<Stopped | null> {
    for (;;) {
      await this.means.patience.wait();
      if (!(await isMine())) return "busy";
      const answer = await this.means.caller.send(write.method, write.path, write.body);
      const said = meaning(answer);
      // A 403 is about the account, which has something to do first; a 404 about this plan or goal alone (C15).
      if (said === "signed_out" || (said === "not_yours" && answer.status === 403)) return said;
      if (said === "later" || (said === "refused" && !answer.isProblem)) {
        if (!this.means.patience.failed()) return "offline";
        continue;
      }
      this.means.patience.succeeded();
      if (said === "refused" && names(answer, "/acknowledged_at") && write.body !== "{}") {
        // The phone's clock was off: the server's own time is the next best (C32).
        write.body = "{}";
        await this.store.commit([{ table: "late", key: write.id, put: write }]);
        continue;
      }
      await this.finish(write, said === "taken" ? null : answer);
      return null;
    }
  }

  private async finish({ id, body }: LateWrite, refusal: Answer | null): Promise<void> {
    const { code = "", detail = "" } = refusal === null ? {} : problemOf(refusal);
    const error = { field: "", rule: code, detail };
    const refused = { id, body, outcome: "refused", error, at: this.means.around.now() } as const;
    const drop = { table: "late", drop: id } as const;
    await this.store.commit(refusal === null ? [drop] : [drop, { table: "late_aside", key: id, put: refused }]);
  }

  private async keep(id: string, method: LateWrite["method"], path: string, body: string, now: number): Promise<void> {
    const put: LateWrite = { id, method, path, body, written_at: this.order.next(now) };
    // The first word stays, as it does on the server.
    await this.store.commit([{ table: "late", key: id, put }], { table: "late", key: id, value: undefined });
  }
}
