import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { SIGNING_KEY_LIFE_SECONDS } from "../../storage/limits.ts";
import { TestClock, withDirectory } from "./auth_kit.ts";
import { SigningKeys } from "./signing_keys.ts";

/** Two event loops, or a server before and after a restart. */
function withTwo(
  body: (one: SigningKeys, other: SigningKeys, clock: TestClock, path: string) => Promise<void>,
): Promise<void> {
  return withDirectory(async (directory) => {
    const clock = new TestClock();
    const path = `${directory}/keys.json`;
    const open = (): SigningKeys => new SigningKeys(path, clock.nowMs);
    await body(open(), open(), clock, path);
  });
}

Deno.test("SigningKeys.current() is the same key to all who open the file", async () => {
  await withTwo((one, other) => {
    assertEquals(one.current().kid, other.current().kid);
    return Promise.resolve();
  });
});

Deno.test("SigningKeys.find() knows a key that another has made just now", async () => {
  await withTwo(async (one, other, clock) => {
    const before = one.current().kid ?? "";
    clock.ms += SIGNING_KEY_LIFE_SECONDS * 1_000;
    // The other has looked at the file at this very moment.
    assertEquals((await other.find({ kid: before })).kid, before);
    const { kid = "" } = one.current();
    assertNotEquals(kid, before);
    assertEquals((await other.find({ kid })).kid, kid);
    assertEquals(other.current().kid, kid);
  });
});

Deno.test("SigningKeys.find() gives public keys, and none for a name that is none", async () => {
  await withTwo(async (one) => {
    const { kid = "", d } = one.current();
    assertEquals(typeof d, "string");
    assertEquals(Object.hasOwn(await one.find({ kid }), "d"), false);
    for (const wrong of [{}, { kid: "" }, { kid: "toString" }, { kid: `${kid} ` }]) {
      await assertRejects(() => one.find(wrong), TypeError, "unknown");
    }
  });
});

Deno.test("SigningKeys.find() refuses everything while the file is broken", async () => {
  await withTwo(async (one, _other, clock, path) => {
    const { kid = "" } = one.current();
    await Deno.writeTextFile(path, '{"keys": 1}');
    clock.ms += 1_000;
    await assertRejects(() => one.find({ kid }));
  });
});
