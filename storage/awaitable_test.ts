import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { after, rescue } from "./awaitable.ts";

const FAILURE = new Error("it failed");

function fail(): never {
  throw FAILURE;
}

Deno.test("after() goes on at once with a value that is there", () => {
  assertEquals(after(2, (value) => value + 1), 3);
  assertStrictEquals(assertThrows(() => after(2, fail)), FAILURE);
});

Deno.test("after() goes on later with a value that comes later", async () => {
  const later = after(Promise.resolve(2), (value) => value + 1);
  assertEquals(later instanceof Promise, true);
  assertEquals(await later, 3);
  assertEquals(await after(2, (value) => Promise.resolve(value + 1)), 3);
  assertStrictEquals(
    await assertRejects(async () => await after(Promise.resolve(2), fail)),
    FAILURE,
  );
  assertStrictEquals(
    await assertRejects(async () => await after(Promise.reject(FAILURE), fail)),
    FAILURE,
  );
});

Deno.test("rescue() goes on with what is thrown at once, and later", async () => {
  assertEquals(rescue(() => 2, fail), 2);
  assertStrictEquals(rescue<unknown>(fail, (error) => error), FAILURE);
  assertEquals(await rescue(() => Promise.resolve(2), fail), 2);
  assertStrictEquals(
    await rescue<unknown>(() => Promise.reject(FAILURE), (error) => error),
    FAILURE,
  );
});

Deno.test("rescue() lets through what is thrown on the way out", async () => {
  assertStrictEquals(assertThrows(() => rescue(() => fail(), fail)), FAILURE);
  const late = (): Promise<never> => Promise.reject(new Error("before"));
  assertStrictEquals(await assertRejects(async () => await rescue(late, fail)), FAILURE);
});
