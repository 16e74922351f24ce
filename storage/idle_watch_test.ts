import { assertEquals } from "@std/assert";
import { type Every, IdleWatch } from "./idle_watch.ts";
import { BODY_IDLE_BYTES_MIN, BODY_IDLE_LOOKS } from "./limits.ts";

/** A watch over 60 seconds whose looks are taken by hand. */
function watchByHand(): {
  watch: IdleWatch;
  look(times?: number): void;
  silences(): number;
  isEnded(): boolean;
} {
  let action = (): void => {};
  let isEnded = false;
  let silences = 0;
  const every: Every = (ms, given) => {
    assertEquals(ms, 60_000 / BODY_IDLE_LOOKS);
    action = given;
    return () => {
      isEnded = true;
    };
  };
  const watch = new IdleWatch(60_000, () => silences++, every);
  const look = (times = 1): void => {
    for (let time = 0; time < times; time++) action();
  };
  return { watch, look, silences: () => silences, isEnded: () => isEnded };
}

Deno.test("IdleWatch tells of a sender who is waited for in vain, once", () => {
  const { watch, look, silences, isEnded } = watchByHand();
  watch.wait();
  look(BODY_IDLE_LOOKS - 1);
  assertEquals([silences(), isEnded()], [0, false]);
  look();
  assertEquals([silences(), isEnded()], [1, true]);
});

Deno.test("IdleWatch begins anew with each piece", () => {
  const { watch, look, silences } = watchByHand();
  for (let piece = 0; piece < 10; piece++) {
    watch.wait();
    look(BODY_IDLE_LOOKS - 1);
    watch.take(BODY_IDLE_BYTES_MIN);
    watch.wait();
    look();
  }
  assertEquals(silences(), 0);
});

Deno.test("IdleWatch takes a drop now and then for silence", () => {
  const { watch, look, silences } = watchByHand();
  for (let drop = 0; drop < BODY_IDLE_LOOKS; drop++) {
    watch.take(1);
    watch.wait();
    look();
  }
  assertEquals(silences(), 1);
});

Deno.test("IdleWatch does not blame the sender for what the receiver does", () => {
  const { watch, look, silences } = watchByHand();
  watch.wait();
  watch.take(1);
  look(100);
  assertEquals(silences(), 0);
});

Deno.test("IdleWatch.end() ends the timer", () => {
  const { watch, isEnded } = watchByHand();
  watch.end();
  assertEquals(isEnded(), true);
});
