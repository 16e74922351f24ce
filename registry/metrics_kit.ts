/**
 * Metrics for tests.
 *
 * @module
 */

import { Metrics } from "./metrics.ts";

/** Metrics of so many threads, each as one of them sees them. */
export function openMetricsOf(threads: number): readonly [Metrics, ...Metrics[]] {
  const configured = {
    driver: ["inmemory"],
    endpoint: [],
    kind: ["blob", "tag"],
    version: ["1.2.3"],
  };
  const first = new Metrics(configured, { count: threads, index: 0 });
  const others = Array.from(
    { length: threads - 1 },
    (_, index) => new Metrics(configured, { count: threads, index: index + 1 }, first.buffer),
  );
  return [first, ...others];
}
