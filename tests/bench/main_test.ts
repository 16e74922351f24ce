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

Deno.test("bench names the sections when it is asked for one that is not there", async () => {
  const { code, stderr } = await runBench("--only", "nothing");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "registry, gc, growth, digest");
});

testWithPrograms(
  ["curl", "openssl", REFERENCE_NAME],
  "bench measures pull and push beside the others and prints tables, notes and JSON",
  async () => {
    const rows = "GET 16 MiB, 1 client|push 16 MiB, 1 client$|p99|referrers";
    const { code, stdout, stderr } = await runBench("--quick", "--rows", rows);
    assertEquals(code, 0, stderr);
    const [, , head, pull, push, rate, p99, referrers] = stdout.split("\n");
    assertMatch(head ?? "", /berth, 1 worker .*docker-registry .*ceiling .*expected/);
    assertMatch(pull ?? "", /^blob GET 16 MiB, 1 client +MiB\/s +[\d.,]+ .* 1x docker-registry.*x/);
    assertMatch(push ?? "", /^blob push 16 MiB, 1 client +MiB\/s .*dd, openssl .*x/);
    assertMatch(rate ?? "", /^pull 80, push 20, 64 clients +operations\/s +[\d.,]+ /);
    assertMatch(p99 ?? "", /^pull 80, push 20, 64 clients: p99 +ms +[\d.,]+ /);
    assertMatch(referrers ?? "", /^referrers of a subject with 100 +ms .* at most 10 ms/);
    for (const text of ["What it cost", "fsync", "Expected: ", "Machine:"]) {
      assertStringIncludes(stdout, text);
    }
    const { registry } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    assertEquals(registry.failures, []);
    assertEquals(registry.rows.length, 5);
    assertEquals(registry.rows[0].contenders[0].samples.length, 2);
  },
);
