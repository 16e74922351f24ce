import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { eventOptions, eventSource, notificationEndpoints } from "./notification_settings.ts";
import { examine } from "./settings/settings_kit.ts";
import type { Settings } from "./settings/table.ts";

/** Settings with the lines of a section `notifications`. */
function settingsWith(lines: string, addr = "127.0.0.1:5000"): Settings {
  const start = `version: 0.1\nstorage: inmemory\nhttp: {addr: "${addr}"}\n`;
  const { settings, problems, notices } = examine(`${start}notifications:\n${lines}`);
  assertEquals([problems, notices], [[], []]);
  return settings;
}

/** What is wrong with a list of listeners. */
function problemsWith(endpoints: string): readonly string[] {
  const start = "version: 0.1\nstorage: inmemory\nhttp: {addr: :5000}\n";
  return examine(`${start}notifications: {endpoints: [${endpoints}]}\n`).problems;
}

const SOURCE = { addr: "", instanceID: "" };

Deno.test("notificationEndpoints() has distribution's defaults", () => {
  const settings = settingsWith("  endpoints: [{name: a, url: 'http://a.test/'}]");
  assertEquals(notificationEndpoints(settings), [{
    name: "a",
    url: "http://a.test/",
    headers: {},
    timeoutMs: 1_000,
    threshold: 10,
    backoffMs: 1_000,
    ignoredMediaTypes: [],
    ignoredActions: [],
    secret: null,
    batch: 1,
  }]);
});

Deno.test("notificationEndpoints() takes what is written, 0 for the default as distribution does", () => {
  const settings = settingsWith(`  endpoints:
    - {name: off, disabled: true, url: "http://off.test/"}
    - name: on
      url: http://on.test/
      headers: {Authorization: [Bearer token]}
      timeout: 0
      threshold: 0
      backoff: 5s
      ignoredmediatypes: [text/a]
      ignore: {mediatypes: [text/b], actions: [pull]}
      secret: s3cret
      batch: 50
`);
  assertEquals(notificationEndpoints(settings), [{
    name: "on",
    url: "http://on.test/",
    headers: { Authorization: ["Bearer token"] },
    timeoutMs: 1_000,
    threshold: 10,
    backoffMs: 5_000,
    ignoredMediaTypes: ["text/a", "text/b"],
    ignoredActions: ["pull"],
    secret: "s3cret",
    batch: 50,
  }]);
});

Deno.test("eventOptions() wants what any listener wants", () => {
  const settings = settingsWith(`  events: {includereferences: true}
  endpoints:
    - {name: a, url: "http://a.test/", ignore: {actions: [pull, delete]}}
    - {name: b, url: "http://b.test/", ignore: {actions: [pull], mediatypes: [text/b]}}
`);
  const { includesReferences, isWanted } = eventOptions(settings, SOURCE);
  assertEquals(includesReferences, true);
  assertEquals(isWanted("pull", "text/a"), false);
  assertEquals(isWanted("push", "text/b"), true);
  assertEquals(isWanted("delete", "text/b"), false);
  assertEquals(isWanted("delete", "text/a"), true);
});

Deno.test("eventSource() has the port of the server, and another id each time", () => {
  const settings = settingsWith("  endpoints: []", "127.0.0.1:5123");
  const [one, other] = [eventSource(settings), eventSource(settings)];
  assertMatch(one.addr, /^.+:5123$/);
  assertNotEquals(one.instanceID, other.instanceID);
});

for (
  const [endpoints, problem] of [
    ["{name: a, url: 'http://a/'}, {name: a, url: 'http://b/'}", "two listeners have the same"],
    [`{name: ${"é".repeat(40)}, url: 'http://a/'}`, "a name is too long"],
    ["{name: a, url: 'http://a/', headers: {'no name': [b]}}", "a header cannot be sent"],
    ["{name: a, url: 'ftp://a/'}", "expected a URL that begins with http"],
    ["{url: 'http://a/'}", "missing; expected a text"],
  ] as const
) {
  Deno.test(`settings of a listener are refused where ${problem}`, () => {
    const problems = problemsWith(endpoints);
    assertEquals(problems.filter((line) => line.includes(problem)).length, 1, problems.join("\n"));
  });
}

Deno.test("a listener that is off may have the name of another", () => {
  const off = "{name: a, url: 'http://b/', disabled: true}";
  assertEquals(problemsWith(`{name: a, url: 'http://a/'}, ${off}`), []);
});
