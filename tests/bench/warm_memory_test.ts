import { assertEquals, assertRejects } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { warmMemory } from "./warm_memory.ts";

Deno.test("warmMemory() leaves no file behind", async () => {
  await withTempDir("warm", async (directory) => {
    await warmMemory(directory, 3 * 1024 * 1024 + 1);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});

Deno.test("warmMemory() throws where it cannot write", async () => {
  await withTempDir("warm", async (directory) => {
    await assertRejects(() => warmMemory(`${directory}/none`, 1), Deno.errors.NotFound);
  });
});
