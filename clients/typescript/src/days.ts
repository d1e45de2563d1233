// An instant as the patient lives it: the wall clock with its offset, and the local date by `day_starts_at`.

export interface Lived {
  /** RFC 3339 with offset, to the second. */
  performed_at: string;
  /** The local date, which is yesterday's before `day_starts_at`. */
  performed_on: string;
}

/** Return how an instant is lived in a zone, whose days start at `dayStartsAt` ("00:00" to "04:00"). */
export function lived(now: number, zone: string, dayStartsAt: string): Lived {
  const instant = Math.floor(now / 1000) * 1000;
  const wall = wallClock(instant, zone);
  const minutes = Math.round((wall - instant) / 60_000);
  const offset = `${minutes < 0 ? "-" : "+"}${twoDigits(Math.abs(minutes) / 60)}:${twoDigits(Math.abs(minutes) % 60)}`;
  const [hour, minute] = dayStartsAt.split(":").map(Number);
  const dayStart = ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000;
  return {
    performed_at: new Date(wall).toISOString().slice(0, 19) + offset,
    performed_on: new Date(wall - dayStart).toISOString().slice(0, 10),
  };
}

/** Return what the clock on the wall shows, as if it were in UTC. */
function wallClock(instant: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = part as Record<string, number>;
  return Date.UTC(year!, month! - 1, day!, hour! % 24, minute!, second!);
}

const twoDigits = (value: number) => String(Math.floor(value)).padStart(2, "0");
