// What a phone keeps, table by table. Every row has a key of text; a store does not know what the rows mean.

import type { Acknowledgement, Goal, Pause, Plan, Revision, Settings } from "./shapes.ts";
import type { Conversation, EventOut, FieldError, Message, Warning } from "./shapes.ts";

/** An event on its way (C5): its words are kept as text, so that every request carries the very same. */
export interface Waiting {
  id: string;
  body: string;
  state: "durable" | "sent";
  recorded_at: number;
  /** It failed again and again by itself, so it goes alone and last (C20). */
  alone?: boolean;
}

/** An event that the server has, until it comes back by pulling. */
export interface Settled {
  id: string;
  body: string;
  settled_at: number;
}

/** A question to the patient about an event that was taken, such as "30 sets?"; the answer is a correction. */
export interface Question {
  id: string;
  body: string;
  warnings: Warning[];
}

/** What the server will never take, with the reason. */
export interface SetAside {
  id: string;
  body: string;
  outcome: "rejected" | "conflict" | "refused";
  error: FieldError | null;
  at: number;
}

/** Something else that was written without a network: an acknowledgement, a goal's value. */
export interface LateWrite {
  id: string;
  method: "PUT" | "POST";
  path: string;
  body: string;
  written_at: number;
}

/** A conversation as the server last showed it, and the highest numbers below which the phone misses nothing. */
export interface KnownConversation {
  shown: Conversation;
  /** Of messages, by `seq`. */
  have: number;
  /** Of changes, by `change`; missing from what was kept before there were any. */
  changed?: number;
  /** What was reported to the server, and what the person has seen. */
  delivered: number;
  read: number;
}

/** A message on its way; `refused` when it never will be taken. */
export interface Unsent {
  client_id: string;
  conversation_id: string;
  body: string;
  written_at: number;
  refused: { code: string; detail: string } | null;
}

export interface Tables {
  outbox: Waiting;
  settled: Settled;
  questions: Question;
  aside: SetAside;
  late: LateWrite;
  late_aside: SetAside;
  settings: Settings;
  plans: Plan;
  revisions: Revision;
  pauses: Pause;
  goals: Goal;
  acknowledgements: Acknowledgement;
  events: EventOut;
  conversations: KnownConversation;
  messages: Message;
  unsent: Unsent;
  marks: Mark;
}

/** A single value that the phone keeps for itself, such as the cursor. */
export type Mark = string | number | null | { holder: string; until: number };

export type Table = keyof Tables;

export const TABLES: readonly Table[] = [
  "outbox", "settled", "questions", "aside", "late", "late_aside",
  "settings", "plans", "revisions", "pauses", "goals", "acknowledgements", "events",
  "conversations", "messages", "unsent", "marks",
];

/** What comes by pulling, and is forgotten when the server says `reset`. */
export const PULLED = ["settings", "plans", "revisions", "pauses", "goals", "acknowledgements", "events"] as const;
