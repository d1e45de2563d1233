// How an instant is lived: offsets, travel, the day that starts after midnight, and the zone's own oddities.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lived } from "../src/days.ts";
import { uuid7 } from "../src/identifiers.ts";

const CASES: [string, string, string, string, string][] = [
  // instant, zone, day starts at -> performed_at, performed_on
  ["2026-05-06T22:30:00.9Z", "Europe/Berlin", "00:00", "2026-05-07T00:30:00+02:00", "2026-05-07"],
  ["2026-05-06T22:30:00Z", "Europe/Berlin", "02:00", "2026-05-07T00:30:00+02:00", "2026-05-06"],
  ["2026-05-07T00:00:00Z", "Europe/Berlin", "02:00", "2026-05-07T02:00:00+02:00", "2026-05-07"],
  ["2026-03-29T00:59:59Z", "Europe/Berlin", "00:00", "2026-03-29T01:59:59+01:00", "2026-03-29"],
  ["2026-03-29T01:00:00Z", "Europe/Berlin", "00:00", "2026-03-29T03:00:00+02:00", "2026-03-29"],
  ["2026-01-01T03:00:00Z", "America/St_Johns", "04:00", "2025-12-31T23:30:00-03:30", "2025-12-31"],
  ["2024-02-29T12:00:00Z", "Asia/Kathmandu", "00:00", "2024-02-29T17:45:00+05:45", "2024-02-29"],
  ["2011-12-30T12:00:00Z", "Pacific/Apia", "00:00", "2011-12-31T02:00:00+14:00", "2011-12-31"],
  ["2026-05-06T00:00:00Z", "UTC", "00:00", "2026-05-06T00:00:00+00:00", "2026-05-06"],
];

test("an instant is lived by the wall clock of its zone and by when the day starts", () => {
  for (const [instant, zone, startsAt, performed_at, performed_on] of CASES) {
    assert.deepEqual(lived(Date.parse(instant), zone, startsAt), { performed_at, performed_on });
  }
});

test("ids are of version 7 and sort by when they were made", () => {
  const made = [0, 1, 255, 256, 2 ** 41].map((now) => uuid7(now, new Uint8Array(10).fill(255)));
  assert.deepEqual([...made].sort(), made);
  assert.equal(made[4], "02000000-0000-7fff-bfff-ffffffffffff");
});
