import { assertEquals } from "@std/assert";
import { Nap } from "./nap.ts";

const LONG_MS = 1_000_000;

Deno.test("Nap.light() ends when something comes", async () => {
  const nap = new Nap();
  const rest = nap.light(LONG_MS);
  nap.wake();
  await rest;
});

Deno.test("Nap.sound() does not, but ends by itself and when all is over", async () => {
  const nap = new Nap();
  await nap.sound(1);
  let isAwake = false;
  const rest = nap.sound(LONG_MS).then(() => isAwake = true);
  nap.wake();
  await Promise.resolve();
  assertEquals(isAwake, false);
  nap.finish();
  await rest;
  await nap.light(LONG_MS);
});

Deno.test("Nap.light() does not wait when something came before it, once", async () => {
  const nap = new Nap();
  nap.wake();
  await nap.light(LONG_MS);
  const rest = nap.light(LONG_MS);
  nap.finish();
  await rest;
});
