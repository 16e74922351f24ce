/**
 * Waits that end.
 *
 * @module
 */

/** What a promise comes to. Throws when it has not come to it after some milliseconds. */
export async function withinTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const error = new Error(`Not done within ${timeoutMs / 1000} s`);
  const timer = setTimeout(() => late.reject(error), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
