import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { REPOSITORY_NAME_CHARACTERS_MAX } from "./limits.ts";
import {
  endpointIdOf,
  endpointNameOf,
  isRepositoryComponent,
  newUploadId,
  parseRepositoryName,
  parseTag,
  parseUploadId,
} from "./names.ts";

const LONGEST = "a".repeat(REPOSITORY_NAME_CHARACTERS_MAX);
const UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

for (
  const text of [
    "a",
    "0",
    "library/alpine",
    "a.b",
    "a_b",
    "a__b",
    "a-b",
    "a----b",
    "a/b/c/d/e/f",
    "a.b_c__d-e/f",
    "sha256/link/data",
    LONGEST,
  ]
) {
  Deno.test(`parseRepositoryName() takes "${text.slice(0, 40)}" of ${text.length} characters`, () => {
    assertEquals<string | null>(parseRepositoryName(text), text);
  });
}

for (
  const text of [
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    "A",
    "a/B",
    "-a",
    "a-",
    ".a",
    "a.",
    "_a",
    "a_",
    "a/_manifests",
    "_uploads",
    "a..b",
    "a.-b",
    "a___b",
    "a b",
    "a\\b",
    "a:b",
    "a@b",
    "a%2fb",
    "a\n",
    "a\0",
    "é",
    `${LONGEST}a`,
  ]
) {
  Deno.test(`parseRepositoryName() refuses ${JSON.stringify(text.slice(0, 40))} of ${text.length} characters`, () => {
    assertEquals(parseRepositoryName(text), null);
  });
}

Deno.test("isRepositoryComponent() is about one path element", () => {
  for (const text of ["a", "a-b", "a.b", "a__b", "0"]) assert(isRepositoryComponent(text), text);
  for (const text of ["", ".", "..", "a/b", "_layers", "A", "a\n", "link\0"]) {
    assert(!isRepositoryComponent(text), text);
  }
});

Deno.test("parseTag() takes what the spec allows", () => {
  for (
    const text of ["a", "A", "0", "_", "__", "latest", "v1.2.3-rc.1_x", "a..", "a".repeat(128)]
  ) {
    assertEquals<string | null>(parseTag(text), text);
  }
});

Deno.test("parseTag() refuses the rest", () => {
  for (
    const text of [
      "",
      ".",
      "..",
      "-a",
      ".a",
      "a/b",
      "a:b",
      "a b",
      "a\n",
      "a\0",
      "é",
      "a".repeat(129),
    ]
  ) {
    assertEquals(parseTag(text), null, JSON.stringify(text));
  }
});

Deno.test("parseUploadId() takes a lower-case UUID, and newUploadId() makes one", () => {
  assertEquals<string | null>(parseUploadId(UUID), UUID);
  const id = newUploadId();
  assertEquals(parseUploadId(id), id);
  assertNotEquals(newUploadId(), id);
});

Deno.test("parseUploadId() refuses the rest", () => {
  for (
    const text of [
      "",
      "..",
      UUID.toUpperCase(),
      UUID.slice(1),
      `${UUID}0`,
      `${UUID}\n`,
      ` ${UUID}`,
      UUID.replaceAll("-", ""),
      UUID.replace("a", "g"),
      `${UUID.slice(0, -2)}..`,
      `../${UUID}`,
    ]
  ) {
    assertEquals(parseUploadId(text), null, JSON.stringify(text));
  }
});

Deno.test("endpointIdOf() writes any name so that it is one harmless path element", () => {
  for (
    const [name, id] of [
      ["local-8083", "local-8083"],
      ["My listener", "My%20listener"],
      ["..", "%2E%2E"],
      ["a/b", "a%2Fb"],
      ["é", "%C3%A9"],
      ["\u{1f433}", "%F0%9F%90%B3"],
      ["100%", "100%25"],
    ] as const
  ) {
    assertEquals<string | null>(endpointIdOf(name), id);
    assertEquals(endpointNameOf(id), name);
  }
});

Deno.test("endpointIdOf() refuses what would be no path element", () => {
  for (const name of ["", "a".repeat(201), "é".repeat(40), "\ud800"]) {
    assertEquals(endpointIdOf(name), null, name);
  }
});

Deno.test("endpointNameOf() knows only what endpointIdOf() wrote", () => {
  for (const id of ["", ".", "a b", "%", "%zz", "%41", "%2e", "a.b", "a/b"]) {
    assertEquals(endpointNameOf(id), null, id);
  }
});
