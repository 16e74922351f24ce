import { assertEquals } from "@std/assert";
import { type Check, type Failures, Health, type HealthCheck } from "./health.ts";

function checkOf(check: Check, changes: Partial<HealthCheck> = {}): HealthCheck {
  return { name: "it", check, intervalMs: 0, threshold: 0, timeoutMs: 60_000, ...changes };
}

/** Fails as often as there are reasons in a row, and is well where one is `null`; then it stays as it is. */
function playing(reasons: readonly (string | null)[]): { check: Check; ended: Promise<void> } {
  const ended = Promise.withResolvers<void>();
  let turn = 0;
  const check = (): Promise<void> => {
    if (turn === reasons.length) ended.resolve();
    const reason = reasons[Math.min(turn++, reasons.length - 1)] ?? null;
    return reason === null ? Promise.resolve() : Promise.reject(new Error(reason));
  };
  return { check, ended: ended.promise };
}

/** What was told until the checks had played their parts. */
async function changesOf(
  parts: readonly { play: readonly (string | null)[]; name?: string; threshold?: number }[],
): Promise<readonly Failures[]> {
  const changes: Failures[] = [];
  const played = parts.map(({ play, ...rest }) => ({ ...playing(play), rest }));
  const health = new Health(
    played.map(({ check, rest }) => checkOf(check, rest)),
    (failures) => changes.push(failures),
  );
  await Promise.all(played.map(({ ended }) => ended));
  health.stop();
  return changes;
}

Deno.test("Health tells when a check begins to fail, and when it ceases", async () => {
  assertEquals(await changesOf([{ play: [null, "ill", "still ill", null, null, "ill again"] }]), [
    { it: "ill" },
    {},
    { it: "ill again" },
  ]);
});

Deno.test("Health waits until a check has failed often enough in a row", async () => {
  const play = ["1", "2", null, "1", "2", "3", "4", null];
  assertEquals(await changesOf([{ play, threshold: 3 }]), [{ it: "3" }, {}]);
});

Deno.test("Health knows what fails at this moment", async () => {
  const failed = Promise.withResolvers<void>();
  const health = new Health([
    checkOf(() => Promise.reject(new Error("ill")), { name: "a" }),
    checkOf(() => Promise.resolve(), { name: "b" }),
  ], () => failed.resolve());
  assertEquals(health.failures, {});
  await failed.promise;
  assertEquals(health.failures, { a: "ill" });
  health.stop();
});

Deno.test("Health takes a check that does not end for one that fails", async () => {
  const signals: AbortSignal[] = [];
  const changes = Promise.withResolvers<Failures>();
  const health = new Health([
    checkOf((signal) => {
      signals.push(signal);
      return new Promise(() => {});
    }, { timeoutMs: 1 }),
  ], changes.resolve);
  assertEquals(await changes.promise, { it: "no answer within 1 ms" });
  assertEquals(signals[0]?.aborted, true);
  health.stop();
});

Deno.test("Health shows no credentials", async () => {
  const changes = Promise.withResolvers<Failures>();
  const check = (): Promise<void> =>
    Promise.reject(new Error("no answer of https://u:p@h/?token=t"));
  const health = new Health([checkOf(check)], changes.resolve);
  assertEquals(await changes.promise, { it: "no answer of https://***@h/?token=***" });
  health.stop();
});
