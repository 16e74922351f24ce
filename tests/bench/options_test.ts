import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { BENCH_USAGE, BenchUsageError, parseBenchOptions } from "./options.ts";

Deno.test("parseBenchOptions() without arguments measures every row on every server in full", () => {
  const options = parseBenchOptions([]);
  assertFalse(options.quick);
  assertFalse(options.help);
  assert(options.rows.test("1 GiB blob push"));
  assert(options.servers.test("docker-registry"));
});

Deno.test("parseBenchOptions() reads flags and patterns", () => {
  const options = parseBenchOptions(["--quick", "--rows", "pu(ll|sh)$", "--servers=^berth, 1"]);
  assert(options.quick);
  assert(options.rows.test("1 GiB blob pull"));
  assertFalse(options.rows.test("manifests by tag"));
  assert(options.servers.test("berth, 1 worker"));
  assertFalse(options.servers.test("berth, 2 workers"));
});

Deno.test("parseBenchOptions() refuses arguments that it does not know, and names them", () => {
  assertThrows(() => parseBenchOptions(["--fast"]), BenchUsageError, "--fast");
  assertThrows(() => parseBenchOptions(["push"]), BenchUsageError, "push");
});

Deno.test("parseBenchOptions() refuses a pattern that is missing, doubled or malformed", () => {
  assertThrows(() => parseBenchOptions(["--rows"]), BenchUsageError, "--rows");
  assertThrows(() => parseBenchOptions(["--rows", "("]), BenchUsageError, "--rows");
  assertThrows(() => parseBenchOptions(["--servers="]), BenchUsageError, "--servers");
});

Deno.test("BENCH_USAGE names every flag", () => {
  assertEquals(BENCH_USAGE.match(/^ {2}--\w+/gm)?.map((flag) => flag.trim()), [
    "--quick",
    "--rows",
    "--servers",
    "--help",
  ]);
});
