/**
 * The time as lines of logs tell it, in UTC. Lines of the same second share what is written of it.
 *
 * @module
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

let second = NaN;
let isoSecond = "";
let apacheSecond = "";

/** RFC 3339 with milliseconds, as `Date.toISOString()` writes it. Takes whole milliseconds since 1970. */
export function isoTime(ms: number): string {
  write(Math.floor(ms / 1000));
  return `${isoSecond}.${String(ms - second * 1000).padStart(3, "0")}Z`;
}

/** The form of Apache's logs. Takes milliseconds since 1970. */
export function apacheTime(ms: number): string {
  write(Math.floor(ms / 1000));
  return apacheSecond;
}

function write(wanted: number): void {
  if (second === wanted) return;
  second = wanted;
  const date = new Date(wanted * 1000);
  const day = String(date.getUTCDate()).padStart(2, "0");
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  isoSecond = date.toISOString().slice(0, "2026-01-02T03:04:05".length);
  const clock = isoSecond.slice("2026-01-02T".length);
  apacheSecond = `${day}/${MONTHS[date.getUTCMonth()]}/${year}:${clock} +0000`;
}
