import { assert, assertEquals } from "@std/assert";
import { findProgram } from "../harness.ts";

Deno.test("the benchmark of collection runs, and ends with its figures as JSON", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("gc.ts", import.meta.url).pathname, "--quick"],
    stdin: "null",
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const { runs } = JSON.parse(lines.at(-1) ?? "");
  assertEquals(runs.length, findProgram("docker-registry") === null ? 3 : 4);
  assert(runs.every(({ elapsedMs }: { readonly elapsedMs: number }) => elapsedMs > 0));
});
