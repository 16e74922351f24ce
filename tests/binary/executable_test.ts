import { assert } from "@std/assert";
import { BOUNDS, compileHello, idleBytes } from "../bench/startup.ts";
import { BERTH_BINARY, withTempDir } from "../harness.ts";

const NO_BINARY = BERTH_BINARY === null ? "BERTH_BINARY names no executable" : null;

/** Whether a program can be compiled here, to compare berth with. */
async function whyNoHello(): Promise<string | null> {
  if (NO_BINARY !== null) return NO_BINARY;
  try {
    await withTempDir("hello", compileHello);
    return null;
  } catch (error) {
    return `nothing can be compiled here: ${error instanceof Error ? error.message : error}`;
  }
}

function testUnless(reason: string | null, name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null,
    fn,
  });
}

testUnless(
  await whyNoHello(),
  "the executable is little larger than one that only says hello",
  () =>
    withTempDir("hello", async (directory) => {
      const hello = Deno.statSync(await compileHello(directory)).size;
      const { size } = Deno.statSync(BERTH_BINARY ?? "");
      assert(size <= hello * BOUNDS.sizeRatio, `${size} beside ${hello}`);
    }),
);

testUnless(
  NO_BINARY ?? (Deno.build.os === "linux" ? null : "needs /proc"),
  "a server that nobody talks to is small",
  () =>
    withTempDir("idle", async (directory) => {
      const bytes = await idleBytes(directory);
      assert(bytes <= BOUNDS.idleBytes, `${bytes} bytes`);
    }),
);
