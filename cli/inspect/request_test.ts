import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandArgs } from "../command.ts";
import { UsageError } from "../errors.ts";
import { inspectCommand } from "../inspect.ts";
import { parseSince, parseTarget, readRequest } from "./request.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;
const NOW_MS = Date.UTC(2026, 0, 2);

Deno.test("parseTarget() tells repositories, tags and digests apart", () => {
  const parsed = ["app", "team/app:v1", `team/app@${DIGEST}`].map((text) => {
    const { name, reference } = parseTarget(text);
    return [String(name), reference === null ? null : String(reference)];
  });
  assertEquals(parsed, [["app", null], ["team/app", "v1"], ["team/app", DIGEST]]);
});

for (const text of ["", "UPPER", "app:", "app@", "app@sha256:0", `app:v1@${DIGEST}`, "a:b:c"]) {
  Deno.test(`parseTarget() refuses "${text}"`, () => {
    assertThrows(() => parseTarget(text), UsageError, "expected REPO, REPO:TAG or REPO@DIGEST");
  });
}

Deno.test("parseSince() reads times, days and durations", () => {
  assertEquals(parseSince("2026-01-01T12:00:00Z", NOW_MS), Date.UTC(2026, 0, 1, 12));
  assertEquals(parseSince("2026-01-01", NOW_MS), Date.UTC(2026, 0, 1));
  assertEquals(parseSince("1d", NOW_MS), Date.UTC(2026, 0, 1));
});

for (const text of ["yesterday", "2026-13-01"]) {
  Deno.test(`parseSince() refuses "${text}"`, () => {
    assertThrows(() => parseSince(text, NOW_MS), UsageError, "expected a time");
  });
}

for (const others of [["a/b"], ["--verify"], ["--repair"]]) {
  Deno.test(`readRequest() refuses --events with ${others.join(" ")}`, () => {
    const args = parseCommandArgs(inspectCommand, ["--events", ...others]);
    assertThrows(() => readRequest(args, NOW_MS), UsageError, "--events is about the whole store");
  });
}
