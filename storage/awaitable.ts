/**
 * Values that are there, or come later.
 *
 * Most requests find all that they need in memory and by calls that return at once. An async function makes a promise of
 * its result all the same, and each that waits for it waits for its turn: a dozen of them, one in the other, take a tenth
 * of a small read. So what every read passes goes on at once where it can.
 *
 * @module
 */

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with a value: at once if it is there. */
export function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Does something, and goes on with what it throws, be it at once or later. */
export function rescue<T>(
  act: () => Awaitable<T>,
  otherwise: (error: unknown) => T,
): Awaitable<T> {
  try {
    const value = act();
    return value instanceof Promise ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
}
