import { assertEquals, assertThrows } from "@std/assert";
import type { BuildFacts } from "./build_facts.ts";
import { checkTag, releaseOptions } from "./release.ts";
import { BuildError } from "./run.ts";
import { TARGETS } from "./targets.ts";

const FACTS: BuildFacts = {
  version: "1.2.3",
  commit: "0123456789ab",
  committedAt: "2026-11-20T00:00:00Z",
};

Deno.test("releaseOptions() takes all targets, or those that are named", () => {
  assertEquals(releaseOptions([])?.targets, TARGETS);
  const named = releaseOptions(["--target", "macos-arm64", "--target", "windows-x64"]);
  assertEquals(named?.targets.map(({ file }) => file), [
    "berth-macos-arm64",
    "berth-windows-x64.exe",
  ]);
});

Deno.test("releaseOptions() refuses what it does not know", () => {
  assertThrows(
    () => releaseOptions(["--target", "plan9"]),
    BuildError,
    "expected one of linux-x64",
  );
  assertThrows(() => releaseOptions(["--dry"]), BuildError, 'Unknown argument "--dry"');
});

Deno.test("checkTag() takes the tag of the version, and nothing that was changed", () => {
  checkTag("v1.2.3", FACTS);
  assertThrows(() => checkTag("v1.2.4", FACTS), BuildError, 'has to be "v1.2.3"');
  const dirty = { ...FACTS, commit: "0123456789ab-dirty" };
  assertThrows(() => checkTag("v1.2.3", dirty), BuildError, "Files differ");
});
