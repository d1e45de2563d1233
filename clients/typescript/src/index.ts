// What an app imports.
export { IdTaken } from "./outbox.ts";
export { OtherPatient, Phone } from "./phone.ts";
export { Live } from "./chat/live.ts";
export { IndexedStore } from "./stores/indexed.ts";
export { MemoryStore } from "./stores/memory.ts";
export { PULLED, TABLES } from "./tables.ts";
export type * from "./chat/chat.ts";
export type { LiveOptions, LiveSocket } from "./chat/live.ts";
export type { Tokens } from "./calling.ts";
export type { Draft } from "./outbox.ts";
export type { PhoneOptions, Synced } from "./phone.ts";
export type * from "./shapes.ts";
export type { Change, Expected, Store } from "./stores/store.ts";
export type { Surroundings } from "./surroundings.ts";
export type * from "./tables.ts";
export type { Stopped } from "./uploading.ts";
export type { PatienceOptions } from "./waiting.ts";
export type { components, operations, paths } from "./contract.d.ts";
