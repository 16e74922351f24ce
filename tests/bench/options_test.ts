import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { benchUsage, BenchUsageError, parseBenchOptions } from "./options.ts";

Deno.test("parseBenchOptions() without arguments measures everything", () => {
  const options = parseBenchOptions([]);
  assertFalse(options.quick || options.help || options.full || options.writeReadme);
  assertEquals([options.only, options.soakMinutes], [null, null]);
  assert(options.rows.test("blob push 1 GiB, 1 client"));
  assert(options.servers.test("docker-registry"));
});

Deno.test("parseBenchOptions() reads flags and patterns", () => {
  const options = parseBenchOptions(["--quick", "--rows", "GET|push", "--servers=^berth, 1"]);
  assert(options.quick);
  assert(options.rows.test("blob push 1 GiB, 1 client"));
  assertFalse(options.rows.test("blob HEAD, 32 connections"));
  assert(options.servers.test("berth, 1 worker"));
  assertFalse(options.servers.test("berth, 2 workers"));
});

Deno.test("parseBenchOptions() takes a choice of rows or servers for one of their section", () => {
  assertEquals(parseBenchOptions(["--rows", "push"]).only, "registry");
  assertEquals(parseBenchOptions(["--servers", "berth"]).only, "registry");
  assertEquals(parseBenchOptions(["--only", "gc"]).only, "gc");
});

Deno.test("parseBenchOptions() reads the minutes of a soak, ten unless they are said", () => {
  assertEquals(parseBenchOptions(["--soak"]).soakMinutes, 10);
  assertEquals(parseBenchOptions(["--soak", "--quick"]).soakMinutes, 10);
  assertEquals(parseBenchOptions(["--soak", "0.5"]).soakMinutes, 0.5);
  assertThrows(() => parseBenchOptions(["--soak", "long"]), BenchUsageError, "long");
  assertThrows(() => parseBenchOptions(["--soak", "0"]), BenchUsageError, "minutes");
});

Deno.test("parseBenchOptions() writes the README only of whole sections", () => {
  for (const more of [[], ["--full"], ["--only", "gc"], ["--soak"]]) {
    assert(parseBenchOptions(["--write-readme", ...more]).writeReadme);
  }
  for (const part of [["--quick"], ["--rows", "a"], ["--servers", "a"]]) {
    assertThrows(() => parseBenchOptions(["--write-readme", ...part]), BenchUsageError, "whole");
  }
});

Deno.test("parseBenchOptions() refuses arguments that it does not know, and names them", () => {
  assertThrows(() => parseBenchOptions(["--fast"]), BenchUsageError, "--fast");
  assertThrows(() => parseBenchOptions(["push"]), BenchUsageError, "push");
});

Deno.test("parseBenchOptions() refuses a pattern that is missing, doubled or malformed", () => {
  assertThrows(() => parseBenchOptions(["--rows"]), BenchUsageError, "--rows");
  assertThrows(() => parseBenchOptions(["--rows", "("]), BenchUsageError, "--rows");
  assertThrows(() => parseBenchOptions(["--servers="]), BenchUsageError, "--servers");
  assertThrows(() => parseBenchOptions(["--only"]), BenchUsageError, "--only");
});

Deno.test("benchUsage() names every flag and every section", () => {
  const usage = benchUsage([{ name: "parts", summary: "the parts" }]);
  assertEquals(usage.match(/^ {2}--[\w-]+/gm)?.map((flag) => flag.trim()), [
    "--quick",
    "--only",
    "--rows",
    "--servers",
    "--full",
    "--soak",
    "--write-readme",
    "--help",
  ]);
  assertStringIncludes(usage, "  parts            the parts");
});
