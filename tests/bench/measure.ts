/**
 * What a row of measurements comes to.
 *
 * @module
 */

/** The middle and the ends of some samples. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median: the mean of the two middle samples when their number is even. Throws when there is none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("No samples to take a median of");
  return (lower + upper) / 2;
}

/** Median, smallest and largest sample. Throws when there is none. */
export function summarize(samples: readonly number[]): Summary {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** The value that so many percent of the samples do not exceed (nearest rank). Throws when there is none. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)];
  if (value === undefined) throw new Error("No samples to take a percentile of");
  return value;
}

/** By how much a value grows with each unit of another: the slope of the line of least squares, 0 for one point. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1): number =>
    points.reduce((total, point) => total + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = points.reduce((total, [x]) => total + (x - meanX) ** 2, 0);
  const shared = points.reduce((total, [x, y]) => total + (x - meanX) * (y - meanY), 0);
  return spread === 0 ? 0 : shared / spread;
}
