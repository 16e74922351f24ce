/**
 * Rules of `read`.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { StorageError } from "../errors.ts";
import { concatenate } from "../concatenate.ts";
import { assertSameBytes, drain, isSame, MIB, patternBytes, textBytes } from "./bytes.ts";
import { type ContractCase, failureOf } from "./kit.ts";

const FILE_BYTES = 3 * MIB + 17;

/** Spans of a file of `FILE_BYTES`: its ends, and both sides of the edges at which drivers cut their reads. */
const SPANS: readonly (readonly [start: number, end: number])[] = [
  [0, FILE_BYTES],
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 2],
  [FILE_BYTES, FILE_BYTES],
  [FILE_BYTES - 1, FILE_BYTES],
  [7, FILE_BYTES - 7],
  ...[64 * 1024, 256 * 1024, MIB, 2 * MIB, 3 * MIB].flatMap((edge) =>
    [
      [edge - 1, edge],
      [edge, edge + 1],
      [edge - 1, edge + 1],
      [0, edge],
      [edge, FILE_BYTES],
    ] as const
  ),
];

/** Spans of a file of 100 bytes that go on behind its end. */
const SPANS_BEYOND: readonly (readonly [start: number, end: number])[] = [
  [0, 101],
  [99, 101],
  [100, 101],
  [200, 300],
  [0, 3 * MIB],
];

export const READ_CASES: readonly ContractCase[] = [
  {
    name: "read() of an absent file is null",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      for (const name of ["a/other", "absent/file", "a/file/below"]) {
        const path = kit.at(name);
        assertEquals(await kit.driver.read(path, { start: 0, end: 1 }), null);
        assertEquals(await kit.driver.read(path, { start: 64, end: 128 }), null);
      }
    },
  },
  {
    name: "read() streams the bytes of a span",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(FILE_BYTES, 1);
      await kit.append(path, content);
      for (const [start, end] of SPANS) {
        const found = await drain(await kit.driver.read(path, { start, end }));
        assertSameBytes(found, content.subarray(start, end));
      }
    },
  },
  {
    name: "read() of an empty file streams nothing",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, new Uint8Array(0));
      assertEquals((await drain(await kit.driver.read(path, { start: 0, end: 0 }))).length, 0);
    },
  },
  {
    name: "read() fails when the file is shorter than the span",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, patternBytes(100, 1));
      for (const [start, end] of SPANS_BEYOND) {
        await failureOf(async () => drain(await kit.driver.read(path, { start, end })));
      }
    },
  },
  {
    name: "read() by many at once gives each its own span",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(FILE_BYTES, 1);
      await kit.append(path, content);
      const readFrom = async (start: number): Promise<void> => {
        const found = await drain(await kit.driver.read(path, { start, end: FILE_BYTES }));
        assertSameBytes(found, content.subarray(start));
      };
      await Promise.all([0, 1, 100_000, 500_000, MIB, 2 * MIB, 3 * MIB, FILE_BYTES].map(readFrom));
    },
  },
  {
    name: "read() can be cancelled before, while and after its bytes are taken",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.append(path, patternBytes(FILE_BYTES, 1));
      for (const takes of [0, 1, 2]) {
        const stream = await kit.driver.read(path, { start: 0, end: FILE_BYTES });
        assert(stream !== null);
        const reader = stream.getReader();
        for (let take = 0; take < takes; take++) await reader.read();
        await reader.cancel();
        assert((await reader.read()).done);
      }
      const ended = await kit.driver.read(path, { start: 0, end: 1 });
      assert(ended !== null);
      await drain(ended);
      await ended.cancel();
    },
  },
  {
    name: "read() can be cancelled while a piece is on its way",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.append(path, patternBytes(FILE_BYTES, 1));
      for (let round = 0; round < 10; round++) {
        const stream = await kit.driver.read(path, { start: 0, end: FILE_BYTES });
        assert(stream !== null);
        const reader = stream.getReader();
        const taken = reader.read();
        await reader.cancel();
        await taken;
      }
    },
  },
  {
    name: "read() gives bytes that the caller may change",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(100_000, 1);
      await kit.driver.put(path, content);
      const stream = await kit.driver.read(path, { start: 0, end: content.length });
      assert(stream !== null);
      for await (const chunk of stream) chunk.fill(0);
      assertSameBytes(await kit.content(path), content);
    },
  },
  {
    name: "read() goes on with the old content when the file is replaced",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(FILE_BYTES, 1);
      await kit.driver.put(path, content);
      const stream = await kit.driver.read(path, { start: 0, end: FILE_BYTES });
      assert(stream !== null);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) {
        if (chunks.length === 0) await kit.driver.put(path, patternBytes(FILE_BYTES, 2));
        chunks.push(chunk);
      }
      assertSameBytes(concatenate(chunks), content);
      assertSameBytes(await kit.content(path), patternBytes(FILE_BYTES, 2));
    },
  },
  {
    name: "read() of a file that is removed meanwhile gives all bytes or fails",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(FILE_BYTES, 1);
      await kit.append(path, content);
      const stream = await kit.driver.read(path, { start: 0, end: FILE_BYTES });
      assert(await kit.driver.remove(path));
      try {
        assert(isSame(await drain(stream), content));
      } catch (error) {
        assertInstanceOf(error, StorageError);
      }
    },
  },
];
