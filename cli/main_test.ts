import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { apiReference } from "../registry/api_reference.ts";
import type { Command } from "./command.ts";
import { loadCommands } from "./commands.ts";
import { EXIT } from "./errors.ts";
import { serveCommand } from "./serve.ts";
import { SETTING_FLAGS } from "./settings/flags.ts";

const COMMANDS: readonly Command[] = await loadCommands();

Deno.test("EXIT has the codes that scripts rely on", () => {
  assertEquals(EXIT, { done: 0, failed: 1, misused: 2, interrupted: 130 });
});

Deno.test("commands name no flag or letter twice, and leave --help to the program", () => {
  for (const { name, flags } of COMMANDS) {
    const names = flags.map((flag) => flag.name);
    assertEquals(new Set(names).size, names.length, name);
    const letters = flags.map((flag) => flag.letter).filter((letter) => letter !== null);
    assertEquals(new Set(letters).size, letters.length, name);
    assert(!names.includes("help") && !letters.includes("h"), name);
  }
});

Deno.test("commands have examples of themselves, with flags that exist", () => {
  for (const command of COMMANDS) {
    assert(command.examples.length >= 2, command.name);
    for (const [line] of command.examples) {
      assert(line.startsWith(`berth ${command.name}`), line);
      for (const [, flag] of line.matchAll(/ --([a-z-]+)/g)) {
        assert(command.flags.some(({ name }) => name === flag), line);
      }
    }
  }
});

Deno.test("serveCommand has the flags of the table of settings", () => {
  assertEquals(SETTING_FLAGS.map(({ name }) => name).toSorted(), [
    "addr",
    "read-only",
    "root",
    "workers",
  ]);
  for (const flag of SETTING_FLAGS) assert(serveCommand.flags.includes(flag), flag.name);
});

Deno.test("apiReference() has every path and every error", () => {
  const page = apiReference();
  assertStringIncludes(page, "## `/v2/<name>/manifests/<reference>`");
  assertStringIncludes(page, "| `MANIFEST_UNKNOWN`");
  assert(page.endsWith("|\n"));
});
