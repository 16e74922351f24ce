import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testWithPrograms } from "../programs.ts";
import { REFERENCE_NAME } from "./servers.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

async function runBench(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", MAIN, ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

Deno.test("bench exits with 2 and a reason when it is misused", async () => {
  const { code, stderr } = await runBench("--rows", "nothing is named so");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "No row is left");
});

testWithPrograms(
  ["curl", REFERENCE_NAME],
  "bench measures pull and push on every server and prints a table, a legend and JSON",
  async () => {
    const { code, stdout, stderr } = await runBench("--quick", "--rows", "pull|push$");
    assertEquals(code, 0, stderr);
    const [head, pull, push] = stdout.split("\n");
    assertMatch(head ?? "", /berth, 1 worker .*docker-registry/);
    assertMatch(pull ?? "", /^16 MiB blob pull +MiB\/s +[\d.,]+ .*x/);
    assertMatch(push ?? "", /^16 MiB blob push +MiB\/s +[\d.,]+ .*x/);
    assertStringIncludes(stdout, "fsync");
    const report = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    assertEquals(report.rows.length, 2);
    assertEquals(report.rows[0].servers.at(-1).samples.length, 2);
  },
);
