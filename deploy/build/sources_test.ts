import { assert, assertEquals, assertThrows } from "@std/assert";
import { readSources, workerFiles, workersStartedBy } from "./sources.ts";

Deno.test("workersStartedBy() finds workers beside, below and above a file", () => {
  const start = (path: string): string =>
    `new Worker(new URL("${path}", import.meta.url), { type: "module" });\n`;
  const text = start("./a_worker.ts") + start("./b/b_worker.ts") + start("../c_worker.ts");
  assertEquals(workersStartedBy({ path: "cli/x/main.ts", text }), [
    "cli/x/a_worker.ts",
    "cli/x/b/b_worker.ts",
    "cli/c_worker.ts",
  ]);
});

Deno.test("workersStartedBy() takes the lines that the formatter breaks", () => {
  const text = `new Worker(
    new URL("./a_worker.ts", import.meta.url),
    { type: "module" },
  )`;
  assertEquals(workersStartedBy({ path: "cli/main.ts", text }), ["cli/a_worker.ts"]);
});

Deno.test("workersStartedBy() refuses a worker that it cannot follow", () => {
  const text = "const url = x;\nnew Worker(url);";
  assertThrows(
    () => workersStartedBy({ path: "cli/main.ts", text }),
    TypeError,
    "cli/main.ts: write new Worker(new URL(",
  );
});

Deno.test("workerFiles() finds every file of the program that is named as a worker", () => {
  const sources = readSources();
  const named = sources.map(({ path }) => path).filter((path) => /[/_]worker\.ts$/.test(path));
  assert(named.length > 5);
  assertEquals(workerFiles(sources), named.toSorted());
});
