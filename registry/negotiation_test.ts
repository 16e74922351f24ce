import { assertEquals, assertStrictEquals } from "@std/assert";
import { type ManifestContent, readManifest } from "../storage/manifest.ts";
import { DOCKER_IMAGE, DOCKER_INDEX, MANIFEST_TYPES, OCI_IMAGE, OCI_INDEX } from "./media_types.ts";
import { ACCEPT_CHARACTERS_MAX, ACCEPT_RANGES_MAX } from "../storage/limits.ts";
import { choose, linuxAmd64, parseAccept, readAccept } from "./negotiation.ts";

function weights(header: string | null): Record<string, number> {
  return Object.fromEntries(parseAccept(header));
}

Deno.test("parseAccept() reads ranges and weights", () => {
  const cases: readonly [string | null, Record<string, number>][] = [
    [null, {}],
    ["", {}],
    [" , ,", {}],
    ["*/*", { "*/*": 1 }],
    ["a/b", { "a/b": 1 }],
    ["A/B;Q=0.5", { "a/b": 0.5 }],
    ["a/b ; q=0.8 ,c/d", { "a/b": 0.8, "c/d": 1 }],
    ["a/b;q=0,a/*;q=1.000,*/*;q=0.001", { "a/b": 0, "a/*": 1, "*/*": 0.001 }],
    ["a/b+json;v=1;q=0.2;x=y", { "a/b+json": 0.2 }],
    ["a/b;q=.2", { "a/b": 0.2 }],
    ["a/b;q=0.", { "a/b": 0 }],
  ];
  for (const [header, expected] of cases) assertEquals(weights(header), expected, `${header}`);
});

Deno.test("parseAccept() skips malformed members and reads the others", () => {
  const malformed = [
    "a",
    "/",
    "a/",
    "/b",
    "a/b/c",
    "*",
    "a b/c",
    "a/b;q=",
    "a/b;q=.",
    "a/b;q=2",
    "a/b;q=1.1",
    "a/b;q=-1",
    "a/b;q=0.1234",
    "a/b;q=1e3",
    "a/b;q=NaN",
    'a/b;q="1"',
    "ä/b",
    ";q=1",
  ];
  for (const member of malformed) assertEquals(weights(`${member}, c/d`), { "c/d": 1 }, member);
});

Deno.test("parseAccept() keeps separators in quoted strings together", () => {
  assertEquals(weights('a/b;p="x,y/z;q=0";q=0.5, c/d'), { "a/b": 0.5, "c/d": 1 });
  assertEquals(weights('a/b;p="\\",e/f", c/d'), { "a/b": 1, "c/d": 1 });
  assertEquals(weights('a/b;p="x, c/d'), { "a/b": 1 });
});

Deno.test("parseAccept() lets the greater weight of a range count", () => {
  assertEquals(weights("a/b;q=0.1, a/b;v=2;q=0.7, a/b;q=0.3"), { "a/b": 0.7 });
});

Deno.test("parseAccept() reads no more than its limit of ranges", () => {
  const names = Array.from({ length: ACCEPT_RANGES_MAX + 5 }, (_, index) => `a/${index}`);
  assertEquals(parseAccept(names.join()).size, ACCEPT_RANGES_MAX);
});

Deno.test("parseAccept() reads long hostile headers", () => {
  for (const piece of [",", ";", '"', "\\", '"\\', "a/b;", "a/b;q=", " "]) {
    parseAccept(piece.repeat(500_000));
  }
  assertEquals(weights("__proto__/constructor"), { "__proto__/constructor": 1 });
});

function assertChoices(header: string | null, expected: Record<string, string>): void {
  const accept = parseAccept(header);
  for (const [mediaType, choices] of Object.entries(expected)) {
    const actual = [true, false].map((byTag) => choose(accept, mediaType, byTag)).join(" ");
    assertEquals(actual, choices, `${mediaType} for ${header}`);
  }
}

const STORED = Object.fromEntries(MANIFEST_TYPES.map((type) => [type.mediaType, "stored stored"]));

Deno.test("choose() answers with what is stored when the client names nothing or accepts it", () => {
  const headers = [null, "", " ", "nonsense", "*/*", "application/*", "text/html, */*;q=0.1"];
  for (const header of headers) assertChoices(header, STORED);
  assertChoices(MANIFEST_TYPES.map((type) => type.mediaType).join(", "), STORED);
});

Deno.test("choose() hides OCI manifests and replaces Docker lists that a client does not accept", () => {
  for (const header of ["text/html", "text/*", "application/json", "*/*;q=0"]) {
    assertChoices(header, {
      [DOCKER_IMAGE]: "stored stored",
      [DOCKER_INDEX]: "platform-fallback stored",
      [OCI_IMAGE]: "hidden hidden",
      [OCI_INDEX]: "hidden hidden",
    });
  }
});

Deno.test("choose() answers each type that is listed", () => {
  for (const { mediaType } of MANIFEST_TYPES) {
    assertChoices(`text/html, ${mediaType};q=0.1`, { [mediaType]: "stored stored" });
  }
});

Deno.test("choose() lets the most specific range win", () => {
  assertChoices(`*/*, ${OCI_INDEX};q=0`, { ...STORED, [OCI_INDEX]: "hidden hidden" });
  assertChoices(`application/*;q=0, */*`, { [OCI_IMAGE]: "hidden hidden" });
  assertChoices(`application/*;q=0, ${OCI_IMAGE}`, {
    [OCI_IMAGE]: "stored stored",
    [OCI_INDEX]: "hidden hidden",
  });
});

Deno.test("choose() hides a Docker image only from a client that refuses it by name", () => {
  assertChoices(`${DOCKER_IMAGE};q=0, */*`, { [DOCKER_IMAGE]: "hidden hidden" });
  assertChoices("application/*;q=0", { [DOCKER_IMAGE]: "stored stored" });
});

Deno.test("choose() replaces a Docker list that is refused by name", () => {
  assertChoices(`${DOCKER_INDEX};q=0, */*`, { [DOCKER_INDEX]: "platform-fallback stored" });
});

Deno.test("choose() answers with what is stored under a media type that it does not know", () => {
  for (const mediaType of ["", "application/x", "nonsense", "__proto__"]) {
    assertChoices(OCI_IMAGE, { [mediaType]: "stored stored" });
  }
});

function indexOf(...platforms: readonly unknown[]): ManifestContent {
  const manifests = platforms.map((platform, index) => ({
    digest: `sha256:${`${index}`.repeat(64)}`,
    platform,
  }));
  const content = readManifest(new TextEncoder().encode(JSON.stringify({ manifests })));
  if (content === null) throw new Error("The index is not a JSON object");
  return content;
}

Deno.test("linuxAmd64() finds the first child for linux/amd64", () => {
  const amd64 = { architecture: "amd64", os: "linux" };
  const content = indexOf(
    undefined,
    { architecture: "arm64", os: "linux" },
    { architecture: "amd64", os: "windows" },
    { ...amd64, variant: "v2" },
    amd64,
  );
  assertEquals(linuxAmd64(content)?.digest, content.manifests[3]?.digest);
});

Deno.test("linuxAmd64() is null when no child is for linux/amd64", () => {
  assertEquals(linuxAmd64(indexOf()), null);
  assertEquals(linuxAmd64(indexOf(undefined, null, {}, { os: "linux" }, "linux/amd64")), null);
});

Deno.test("readAccept() reads as parseAccept() does, and remembers what is no longer than any good header", () => {
  for (const header of ["", "a/b;q=0.5, */*", "a b"]) {
    assertEquals(readAccept(header), parseAccept(header));
    assertStrictEquals(readAccept(header), readAccept(header));
  }
  const long = `a/b${" ".repeat(ACCEPT_CHARACTERS_MAX)}`;
  assertEquals(readAccept(long), parseAccept(long));
  assertEquals(readAccept(long) === readAccept(long), false);
});
