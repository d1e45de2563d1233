// What each part of a phone that speaks with the server works with.

import type { Caller } from "./calling.ts";
import type { Store } from "./stores/store.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Patience } from "./waiting.ts";

export interface Means {
  caller: Caller;
  store: Store;
  patience: Patience;
  around: Surroundings;
}
