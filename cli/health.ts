/**
 * Whether what the registry stands on is well.
 *
 * @module
 */

import { withoutSecrets } from "../registry/hidden.ts";

/** Looks at something; throws an error that says what is wrong with it. */
export type Check = (signal: AbortSignal) => Promise<void>;

/** One check, as the section `health` of the configuration has it. */
export interface HealthCheck {
  /** What it is called in the answer of `/debug/health`. */
  readonly name: string;
  readonly check: Check;
  readonly intervalMs: number;
  /** How often in a row it has to fail before that counts; 0 and 1 mean at once. */
  readonly threshold: number;
  /** Longest time that it may take. */
  readonly timeoutMs: number;
}

/** The failures of a server at this moment, by the name of the check. */
export type Failures = Readonly<Record<string, string>>;

/** Runs checks, each at its interval, and the first time after one, as in distribution. */
export class Health {
  readonly #failures = new Map<HealthCheck, string>();
  readonly #timers = new Map<HealthCheck, ReturnType<typeof setTimeout>>();
  readonly #ended = new AbortController();
  readonly #changed: (failures: Failures) => void;

  /** `changed` is told whenever a check begins or ceases to fail. */
  constructor(checks: readonly HealthCheck[], changed: (failures: Failures) => void) {
    this.#changed = changed;
    for (const check of checks) this.#schedule(check, 0);
  }

  /** What fails at this moment. */
  get failures(): Failures {
    return Object.fromEntries([...this.#failures].map(([{ name }, why]) => [name, why]));
  }

  /** Ends all checks. */
  stop(): void {
    this.#ended.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #schedule(check: HealthCheck, failedTimes: number): void {
    if (this.#ended.signal.aborted) return;
    const run = async (): Promise<void> => {
      const why = await this.#run(check);
      const times = why === null ? 0 : failedTimes + 1;
      this.#note(check, times >= check.threshold ? why : null);
      this.#schedule(check, times);
    };
    this.#timers.set(check, setTimeout(run, check.intervalMs));
  }

  async #run({ check, timeoutMs }: HealthCheck): Promise<string | null> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      await within(timeout.signal, check(AbortSignal.any([timeout.signal, this.#ended.signal])));
      return null;
    } catch (error) {
      if (timeout.signal.aborted) return `no answer within ${timeoutMs} ms`;
      return withoutSecrets(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #note(check: HealthCheck, why: string | null): void {
    if (this.#ended.signal.aborted) return;
    const before = this.#failures.get(check) ?? null;
    if (why === null) this.#failures.delete(check);
    else this.#failures.set(check, why);
    if ((before === null) !== (why === null)) this.#changed(this.failures);
  }
}

/** What cannot be stopped, such as a look at a file system that hangs, is left to itself. */
function within(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => reject(new Error("it took too long")), { once: true });
  return Promise.race([work, promise]);
}
