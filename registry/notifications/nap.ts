/**
 * Waits that can be cut short.
 *
 * @module
 */

/** One wait at a time. */
export class Nap {
  #end: (isOver: boolean) => void = () => {};
  /** Whether something came since the last light wait ended. */
  #isAwake = false;
  #isOver = false;

  /** Waits so many milliseconds, or until {@linkcode wake} if that was not since the last time; not when it is over. */
  async light(durationMs: number): Promise<void> {
    if (!this.#isAwake) await this.#sleep(durationMs, true);
    this.#isAwake = false;
  }

  /** Waits so many milliseconds, whatever comes; not at all when it is over. */
  sound(durationMs: number): Promise<void> {
    return this.#sleep(durationMs, false);
  }

  /** Something has come. */
  wake(): void {
    this.#isAwake = true;
    this.#end(false);
  }

  /** Ends every wait, now and later. */
  finish(): void {
    this.#isOver = true;
    this.#end(true);
  }

  #sleep(durationMs: number, isLight: boolean): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#end = (): void => {};
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      this.#end = (isOver): void => {
        if (isLight || isOver) end();
      };
    });
  }
}
