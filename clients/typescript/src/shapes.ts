// The JSON shapes that this library speaks, taken from openapi.yaml: when the contract changes, this stops compiling.
import type { components, paths } from "./contract.d.ts";

type Schemas = components["schemas"];

export type EventIn = Schemas["EventIn"];
export type EventOut = Schemas["EventOut"];
export type EventBatch = Schemas["EventBatchOut"];
/** What the patient has to see at once, whatever else is on the screen: whom to call in an emergency. */
export type Emergency = Schemas["EmergencyOut"];
export type EventOutcome = Schemas["EventOutcomeOut"];
export type Warning = Schemas["WarningOut"];
export type FieldError = Schemas["FieldErrorOut"];
export type Problem = Schemas["ProblemOut"];
export type Conversation = Schemas["ConversationOut"];
export type ConversationPage = Schemas["ConversationPageOut"];
export type Message = Schemas["MessageOut"];
export type MessageIn = Schemas["MessageIn"];
export type History = Schemas["HistoryOut"];
export type Receipt = Schemas["ReceiptOut"];
/** A page of what was pulled; its lists hold what the phone keeps. */
export type Page = Schemas["SyncOut"];
export type Settings = NonNullable<Page["settings"]>;
export type Plan = Page["plans"][number];
export type Revision = Page["revisions"][number];
export type Pause = Page["pauses"][number];
export type Goal = Page["goals"][number];
export type Acknowledgement = Page["acknowledgements"][number];
export type GoalValueIn = Schemas["GoalValueIn"];

/** An address of the contract, such as `/v1/patients/{patient_id}/events`. */
export type Address = keyof paths;
