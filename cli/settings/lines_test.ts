import { assertEquals } from "@std/assert";
import { keyLines } from "./lines.ts";

function linesOf(yaml: string): Record<string, number> {
  return Object.fromEntries(keyLines(yaml).lines);
}

Deno.test("keyLines() finds keys and items of blocks", () => {
  const yaml = `version: 0.1
storage:
    filesystem:
        rootdirectory: /srv
    delete:
        enabled: true
http:
  addr: :5000
notifications:
  endpoints:
    - name: one
      url: http://one.example
    -   name: two
        headers:
          Authorization: [x]
    - 
      name: three
`;
  assertEquals(linesOf(yaml), {
    version: 1,
    storage: 2,
    "storage.filesystem": 3,
    "storage.filesystem.rootdirectory": 4,
    "storage.delete": 5,
    "storage.delete.enabled": 6,
    http: 7,
    "http.addr": 8,
    notifications: 9,
    "notifications.endpoints": 10,
    "notifications.endpoints[0]": 11,
    "notifications.endpoints[0].name": 11,
    "notifications.endpoints[0].url": 12,
    "notifications.endpoints[1]": 13,
    "notifications.endpoints[1].name": 13,
    "notifications.endpoints[1].headers": 14,
    "notifications.endpoints[1].headers.Authorization": 15,
    "notifications.endpoints[2]": 16,
    "notifications.endpoints[2].name": 17,
  });
});

Deno.test("keyLines() takes dashes right below the key of their list", () => {
  assertEquals(linesOf("a:\n- x: 1\n  y: 2\n- - p\n  - q\nb: 3\n"), {
    a: 1,
    "a[0]": 2,
    "a[0].x": 2,
    "a[0].y": 3,
    "a[1]": 4,
    "a[1][0]": 4,
    "a[1][1]": 5,
    b: 6,
  });
});

Deno.test("keyLines() is not misled by comments, quotes, anchors and tags", () => {
  const yaml = `%YAML 1.2
---
# a: comment
"quoted key": 1 # b: comment
'it''s': "a: b"

plain: it's [not: a list
anchored: &anchor
  inner: !!str 5
merged:
  <<: *anchor
  c: "one
   d: two"
e: 'x
  f: y'
url: http://host:80/#a
`;
  assertEquals(linesOf(yaml), {
    "quoted key": 4,
    "it's": 5,
    plain: 7,
    anchored: 8,
    "anchored.inner": 9,
    merged: 10,
    "merged.<<": 11,
    "merged.c": 12,
    e: 14,
    url: 16,
  });
});

Deno.test("keyLines() leaves out what stands in flow collections", () => {
  const yaml = `a: {b: 1, c: [
  d: 2, "}": 3
  ], e: '{'}
f: &x [1,
g: 2]
h: 5
`;
  assertEquals(linesOf(yaml), { a: 1, f: 4, h: 6 });
});

Deno.test("keyLines() leaves out the lines of block texts", () => {
  const yaml = `a: |
  b: 1

  c: 2
d: >-  # folded
  e: 3
list:
  - |
    f: 4
  - g: 5
`;
  assertEquals(linesOf(yaml), {
    a: 1,
    d: 5,
    list: 7,
    "list[0]": 8,
    "list[1]": 10,
    "list[1].g": 10,
  });
});

Deno.test("keyLines() reads files with carriage returns, and finds nothing in nothing", () => {
  assertEquals(linesOf("a:\r\n  b: 1\r\nc: |\r\n  d: 2\r\n"), { a: 1, "a.b": 2, c: 3 });
  assertEquals(linesOf(""), {});
});

Deno.test("keyLines() tells of keys that stand in a section twice", () => {
  const { repeated } = keyLines("a:\n  b: 1\n  c:\n    b: 2\n  b: 3\nd:\n- b: 1\n- b: 2\na: 4\n");
  assertEquals(repeated, [["a.b", 5], ["a", 9]]);
});
