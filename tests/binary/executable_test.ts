import { assert } from "@std/assert";
import { BOUNDS, compileHello, idleBytes } from "../bench/startup.ts";
import { BERTH_BINARY, withTempDir } from "../harness.ts";
import { testUnless, whyNothingCompiles } from "./compiling.ts";

testUnless(
  await whyNothingCompiles(),
  "the executable is little larger than one that only says hello",
  () =>
    withTempDir("hello", async (directory) => {
      const hello = Deno.statSync(await compileHello(directory)).size;
      const { size } = Deno.statSync(BERTH_BINARY ?? "");
      assert(size <= hello * BOUNDS.sizeRatio, `${size} beside ${hello}`);
    }),
);

const unmeasured = BERTH_BINARY === null ? "BERTH_BINARY names no executable" : "needs /proc";

testUnless(
  BERTH_BINARY !== null && Deno.build.os === "linux" ? null : unmeasured,
  "a server that nobody talks to is small",
  () =>
    withTempDir("idle", async (directory) => {
      const bytes = await idleBytes(directory);
      assert(bytes <= BOUNDS.idleBytes, `${bytes} bytes`);
    }),
);
