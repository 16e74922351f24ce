/**
 * Durations, as the command line and the configuration have them.
 *
 * @module
 */

const DURATION_REGEXP = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/;
const PART_REGEXP = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses `90s`, `15m`, `1h30m`, `30d`, or a bare number of seconds, into milliseconds; `null` when it is none. */
export function parseDuration(text: string): number | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!DURATION_REGEXP.test(text)) return null;
  const parts = [...text.matchAll(PART_REGEXP)];
  return parts.reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (UNITS_MS[unit] ?? 0),
    0,
  );
}
