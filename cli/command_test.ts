import { assertEquals, assertThrows } from "@std/assert";
import {
  type Command,
  type CommandArgs,
  commandHelp,
  parseCommandArgs,
  usageLine,
} from "./command.ts";
import { PLAIN_PAGE } from "./page.ts";
import { UsageError } from "./errors.ts";

const COMMAND: Command = {
  name: "try",
  summary: "Try things.",
  operands: "[FILE]",
  operandsMax: 1,
  flags: [
    {
      name: "root",
      letter: null,
      placeholder: "DIR",
      meaning: "where",
      fallback: "./data",
    },
    { name: "keep-last", letter: "k", placeholder: "N", meaning: "how many", fallback: null },
    { name: "dry-run", letter: "d", placeholder: null, meaning: "only tell", fallback: null },
    { name: "quiet", letter: "q", placeholder: null, meaning: "tell nothing", fallback: null },
  ],
  examples: [["berth try -d", "what would be tried"]],
  run: () => Promise.resolve(0),
};

function parse(...args: readonly string[]): CommandArgs {
  return parseCommandArgs(COMMAND, args);
}

function assertMisused(args: readonly string[], message: string): void {
  const error = assertThrows(() => parse(...args), UsageError);
  assertEquals(error.message, message);
}

Deno.test("parseCommandArgs() sorts flags, switches and operands", () => {
  for (
    const args of [
      ["--root", "x", "-k", "3", "-d", "file"],
      ["--root=x", "--keep-last=3", "--dry-run", "file"],
      ["file", "-d", "--keep-last", "3", "--root", "x"],
      ["-d", "-k3", "--root", "x", "--", "file"],
    ]
  ) {
    const parsed = parse(...args);
    assertEquals(parsed.operands, ["file"], args.join(" "));
    assertEquals([parsed.text("root"), parsed.text("keep-last")], ["x", "3"]);
    assertEquals([parsed.isSet("dry-run"), parsed.isSet("quiet")], [true, false]);
  }
});

Deno.test("parseCommandArgs() knows what was not given", () => {
  const parsed = parse();
  assertEquals(parsed.operands, []);
  assertEquals(parsed.text("root"), null);
  assertEquals(parsed.isSet("dry-run"), false);
});

Deno.test("parseCommandArgs() takes numbers as they are written", () => {
  const parsed = parse("007", "--root", "1e3");
  assertEquals(parsed.operands, ["007"]);
  assertEquals(parsed.text("root"), "1e3");
});

Deno.test("parseCommandArgs() takes what follows -- as operands, and - as one", () => {
  assertEquals(parse("--", "--root").operands, ["--root"]);
  assertEquals(parse("-").operands, ["-"]);
});

Deno.test("parseCommandArgs() refuses flags that it does not know, and names the nearest", () => {
  assertMisused(["--rot", "x"], "Unknown flag --rot; did you mean --root?");
  assertMisused(["--dryrun"], "Unknown flag --dryrun; did you mean --dry-run?");
  assertMisused(["--rot=x"], "Unknown flag --rot; did you mean --root?");
  assertMisused(["--completely-different"], "Unknown flag --completely-different");
  assertMisused(["-x"], "Unknown flag -x");
  assertMisused(["--__proto__"], "Unknown flag --__proto__");
});

Deno.test("parseCommandArgs() refuses operands beyond those of the command", () => {
  assertMisused(["one", "two"], 'Unexpected argument "two"');
  assertMisused(["one", "--", "two"], 'Unexpected argument "two"');
});

Deno.test("parseCommandArgs() refuses flags without their value, or given twice", () => {
  for (const args of [["--root"], ["--root="], ["--root", ""], ["--root", "--dry-run"]]) {
    const error = assertThrows(() => parse(...args).text("root"), UsageError);
    assertEquals(error.message, "Flag --root needs a value", args.join(" "));
  }
  const twice = parse("-k", "1", "--keep-last", "2");
  const error = assertThrows(() => twice.text("keep-last"), UsageError);
  assertEquals(error.message, "Flag --keep-last is given more than once");
});

Deno.test("parseCommandArgs() takes a negated or valued switch for what it says, or refuses it", () => {
  assertEquals(parse("--dry-run=false").isSet("dry-run"), false);
  assertEquals(parse("--dry-run=true").isSet("dry-run"), true);
  assertMisused(["--no-dry-run"], "Unknown flag --no-dry-run; did you mean --dry-run?");
});

Deno.test("usageLine() shows operands and flags", () => {
  assertEquals(
    usageLine(COMMAND),
    "berth try [FILE] [--root DIR] [-k|--keep-last N] [-d|--dry-run] [-q|--quiet]",
  );
});

Deno.test("commandHelp() aligns the flags, names fallbacks and ends in examples", () => {
  assertEquals(
    commandHelp(COMMAND, PLAIN_PAGE),
    [
      "Try things.",
      "",
      `Usage: ${usageLine(COMMAND)}`,
      "",
      "Flags:",
      "      --root DIR     where (default ./data)",
      "  -k, --keep-last N  how many",
      "  -d, --dry-run      only tell",
      "  -q, --quiet        tell nothing",
      "",
      "Examples:",
      "  # what would be tried",
      "  berth try -d",
      "",
    ].join("\n"),
  );
});
