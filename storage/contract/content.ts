/**
 * Rules of `get` and `put`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { assertSameBytes, isSame, MIB, patternBytes, textBytes } from "./bytes.ts";
import { type ContractCase, failureOf, GET_BYTES_MAX, resultOf } from "./kit.ts";

/** Contents that a careless driver would change. */
const CONTENTS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "no content": new Uint8Array(0),
  "one byte": textBytes("a"),
  "a newline at the end": textBytes("sha256:0123\n"),
  "text that is not ASCII": textBytes("ß\u{1F6A2}"),
  "bytes that are not UTF-8": new Uint8Array([0x80, 0x80, 0xff, 0xfe]),
  "zeros": new Uint8Array(4096),
  "every byte there is": Uint8Array.from({ length: 256 }, (_, byte) => byte),
  "one byte more than 64 KiB": patternBytes(64 * 1024 + 1, 1),
  "one byte less than 1 MiB": patternBytes(MIB - 1, 2),
  "some bytes more than 3 MiB": patternBytes(3 * MIB + 17, 3),
};

/** Paths as the layout makes them, and some that look like something else. */
const PATHS: readonly string[] = [
  "a",
  "0",
  "1.2",
  "_layers/link",
  "a-b/c_d/e.f/g__h/data",
  "Upper/lower",
  "tmp/data",
  "x.tmp/data",
  "_tmp/_staging/_gate",
  `${"deep/".repeat(60)}data`,
  `${"d".repeat(255)}/data`,
  `${"t".repeat(128)}/current/link`,
];

const keepCases: readonly ContractCase[] = Object.entries(CONTENTS).map(([what, content]) => ({
  name: `put() keeps ${what}`,
  run: async (kit): Promise<void> => {
    const path = kit.at("a/data");
    await kit.driver.put(path, content);
    assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), content);
    assertSameBytes(await kit.content(path), content);
    assertEquals((await kit.driver.stat(path))?.size, content.length);
  },
}));

export const CONTENT_CASES: readonly ContractCase[] = [
  ...keepCases,
  {
    name: "get() of an absent file is null",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      for (const name of ["a/other", "absent", "absent/file", "a/file/below", "a/fil"]) {
        assertEquals(await kit.driver.get(kit.at(name), GET_BYTES_MAX), null, name);
      }
    },
  },
  {
    name: "get() and read() of a directory give no bytes",
    async run(kit): Promise<void> {
      const directory = kit.at("a");
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      assertEquals(await resultOf(() => kit.driver.get(directory, GET_BYTES_MAX)), null);
      assertEquals(await resultOf(() => kit.driver.read(directory, { start: 0, end: 1 })), null);
    },
  },
  {
    name: "get() reads a file of sizeMax bytes, and throws corrupt when it is longer",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      for (const size of [0, 1, 100, 100_000]) {
        const content = patternBytes(size, size);
        await kit.driver.put(path, content);
        assertSameBytes(await kit.driver.get(path, size), content);
        if (size === 0) continue;
        const error = await failureOf(() => kit.driver.get(path, size - 1));
        assertEquals(error.kind, "corrupt");
      }
    },
  },
  {
    name: "get() gives bytes that the caller may change",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("kept"));
      (await kit.driver.get(path, GET_BYTES_MAX))?.fill(0);
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "put() leaves its argument to the caller",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = textBytes("kept");
      await kit.driver.put(path, content);
      content.fill(0);
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "put() writes the part of a buffer that it is given",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("..part..").subarray(2, 6));
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("part"));
    },
  },
  {
    name: "put() makes the directories above every kind of path",
    async run(kit): Promise<void> {
      for (const name of PATHS) {
        await kit.driver.put(kit.at(name), textBytes(name), { isDurable: false });
      }
      for (const name of PATHS) {
        assertSameBytes(await kit.driver.get(kit.at(name), GET_BYTES_MAX), textBytes(name));
      }
    },
  },
  {
    name: "put() replaces longer and shorter content",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      for (const size of [MIB, 1024, 0, 2048, 1]) {
        await kit.driver.put(path, patternBytes(size, size));
        assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), patternBytes(size, size));
        assertEquals((await kit.driver.stat(path))?.size, size);
      }
    },
  },
  {
    name: "put() that need not be durable is seen at once",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("soon"), { isDurable: false });
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("soon"));
    },
  },
  {
    name: "put() over a directory throws and keeps the directory",
    async run(kit): Promise<void> {
      const file = kit.at("a/b/file");
      await kit.driver.put(file, textBytes("kept"));
      await failureOf(() => kit.driver.put(kit.at("a/b"), textBytes("new")));
      assertSameBytes(await kit.driver.get(file, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "put() below a file throws and keeps the file",
    async run(kit): Promise<void> {
      const file = kit.at("a/file");
      await kit.driver.put(file, textBytes("kept"));
      for (const name of ["a/file/x", "a/file/x/y"]) {
        await failureOf(() => kit.driver.put(kit.at(name), textBytes("new")));
      }
      assertSameBytes(await kit.driver.get(file, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "put() by many at once leaves one whole content",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const contents = Array.from({ length: 20 }, (_, i) => patternBytes(100_000 + 1000 * i, i));
      await Promise.all(contents.map(async (content) => await kit.driver.put(path, content)));
      const found = await kit.driver.get(path, GET_BYTES_MAX);
      assert(found !== null);
      assertEquals(contents.filter((content) => isSame(content, found)).length, 1);
    },
  },
  {
    name: "put() beside get() shows the old or the new content whole",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const contents = [patternBytes(300_000, 1), patternBytes(200_000, 2)];
      await kit.driver.put(path, patternBytes(300_000, 1));
      for (let round = 0; round < 3; round++) {
        const [found] = await Promise.all([
          kit.driver.get(path, GET_BYTES_MAX),
          ...contents.map((content) => kit.driver.put(path, content)),
        ]);
        assert(contents.some((content) => found !== null && isSame(content, found)));
      }
    },
  },
  {
    name: "put() beside prune() of its directory loses nothing",
    async run(kit): Promise<void> {
      for (let round = 0; round < 20; round++) {
        const path = kit.at("a/b/c/data");
        await Promise.all([
          kit.driver.put(path, textBytes("kept")),
          kit.driver.prune(kit.at("a/b/c"), kit.at("a")),
        ]);
        assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("kept"));
        await kit.driver.remove(path);
      }
    },
  },
  {
    name: "put() makes directories again that another instance removed",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      const path = kit.at("a/b/data");
      for (const content of ["first", "second"]) {
        await kit.driver.put(path, textBytes(content));
        assertSameBytes(await kit.second.get(path, GET_BYTES_MAX), textBytes(content));
        await kit.second.removeAll(kit.at("a"));
        assertEquals(await kit.driver.get(path, GET_BYTES_MAX), null);
      }
    },
  },
];
