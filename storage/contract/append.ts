/**
 * Rules of `append` and of the writers that it opens.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { StorageDriver, StoragePath } from "../driver.ts";
import { concatenate } from "../concatenate.ts";
import { assertSameBytes, drain, MIB, patternBytes, textBytes } from "./bytes.ts";
import { type ContractCase, type ContractKit, failureOf, GET_BYTES_MAX } from "./kit.ts";

/** How uploads arrive: drip by drip, in odd pieces, and in pieces larger than any buffer on the way. */
const PIECE_SIZES: Readonly<Record<string, readonly number[]>> = {
  "of 1 byte": Array.from({ length: 300 }, () => 1),
  "of 0 bytes between others": [0, 10, 0, 0, 20, 0],
  "of odd sizes": [1, 1023, 65_537, 3, 262_143, 100_001],
  "of 3 MiB and more": [3 * MIB, 3 * MIB + 1, 5],
};

const pieceCases: readonly ContractCase[] = Object.entries(PIECE_SIZES).map(([what, sizes]) => ({
  name: `append() keeps pieces ${what} in their order`,
  run: async (kit): Promise<void> => {
    const path = kit.at("a/data");
    const pieces = sizes.map((size, seed) => patternBytes(size, seed));
    const writer = await kit.writer(path);
    let size = 0;
    for (const piece of pieces) {
      await writer.write(piece);
      size += piece.length;
      assertEquals(writer.size, size);
    }
    await writer.sync();
    writer.close();
    assertSameBytes(await kit.content(path), concatenate(pieces));
  },
}));

async function assertBusy(driver: StorageDriver, path: StoragePath): Promise<void> {
  for (const create of [false, true]) {
    const error = await failureOf(() => driver.append(path, { create }));
    assertEquals(error.kind, "busy");
  }
}

/** Opens and closes a writer; fails when the file does not have that many bytes. */
async function assertCanAppend(kit: ContractKit, path: StoragePath, size: number): Promise<void> {
  const writer = await kit.writer(path);
  assertEquals(writer.size, size);
  writer.close();
}

export const APPEND_CASES: readonly ContractCase[] = [
  ...pieceCases,
  {
    name: "append() of an absent file is null unless it may be made",
    async run(kit): Promise<void> {
      const path = kit.at("a/b/data");
      assertEquals(await kit.driver.append(path), null);
      assertEquals(await kit.driver.append(path, {}), null);
      assertEquals(await kit.driver.append(path, { create: false }), null);
      assertEquals(await kit.driver.stat(path), null);
      await assertCanAppend(kit, path, 0);
      assertEquals((await kit.driver.stat(path))?.size, 0);
    },
  },
  {
    name: "append() goes on at the end after the file was closed",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const pieces = [32, MIB + 1, 1, 100_000].map((size, seed) => patternBytes(size, seed));
      let size = 0;
      for (const piece of pieces) {
        await assertCanAppend(kit, path, size);
        await kit.append(path, piece);
        size += piece.length;
      }
      assertSameBytes(await kit.content(path), concatenate(pieces));
    },
  },
  {
    name: "append() goes on after put(), also after one of no bytes",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      for (const start of ["", "start, "]) {
        await kit.driver.put(path, textBytes(start));
        const writer = await kit.driver.append(path);
        assertEquals(writer?.size, start.length);
        await writer?.write(textBytes("end"));
        writer?.close();
        assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes(`${start}end`));
      }
    },
  },
  {
    name: "append() leaves the chunk to the caller",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const writer = await kit.writer(path);
      const chunk = new Uint8Array(70_000);
      for (const byte of [1, 2, 3]) {
        await writer.write(chunk.fill(byte));
      }
      chunk.fill(0);
      writer.close();
      const expected = concatenate([1, 2, 3].map((byte) => new Uint8Array(70_000).fill(byte)));
      assertSameBytes(await kit.content(path), expected);
    },
  },
  {
    name: "append() lets others read what was synced while the file is open",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const content = patternBytes(200_000, 1);
      const writer = await kit.writer(path);
      await writer.write(content);
      await writer.sync();
      assertEquals((await kit.driver.stat(path))?.size, content.length);
      const found = await drain(await kit.driver.read(path, { start: 10, end: content.length }));
      assertSameBytes(found, content.subarray(10));
      writer.close();
    },
  },
  {
    name: "append() by a second writer throws busy until the first is closed",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const first = await kit.writer(path);
      await assertBusy(kit.driver, path);
      await first.write(textBytes("kept"));
      await assertBusy(kit.driver, path);
      first.close();
      await assertCanAppend(kit, path, 4);
    },
  },
  {
    name: "append() by another instance throws busy until the first is closed",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const first = await kit.writer(path);
      await first.write(textBytes("one"));
      await assertBusy(kit.second, path);
      first.close();
      const second = await kit.second.append(path);
      assertEquals(second?.size, 3);
      await assertBusy(kit.driver, path);
      await second?.write(textBytes("two"));
      second?.close();
      assertSameBytes(await kit.content(path), textBytes("onetwo"));
    },
  },
  {
    name: "append() by many at once opens the file for one of them",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const opening = Array.from({ length: 10 }, async () => await kit.writer(path));
      const outcomes = await Promise.allSettled(opening);
      const opened = outcomes.filter((outcome) => outcome.status === "fulfilled");
      assertEquals(opened.length, 1);
      opened[0]?.value.close();
    },
  },
  {
    name: "append() to different files at once mixes nothing up",
    async run(kit): Promise<void> {
      const appendTo = async (seed: number): Promise<void> => {
        const pieces = [seed, seed + 100].map((each) => patternBytes(200_000 + each, each));
        const path = kit.at(`a/${seed}/data`);
        await kit.append(path, ...pieces);
        assertSameBytes(await kit.content(path), concatenate(pieces));
      };
      await Promise.all(Array.from({ length: 8 }, (_, seed) => appendTo(seed)));
    },
  },
  {
    name: "a writer may be closed twice, and takes the file from no other by it",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const first = await kit.writer(path);
      first.close();
      first.close();
      const second = await kit.writer(path);
      first.close();
      await assertBusy(kit.driver, path);
      second.close();
    },
  },
  {
    name: "a writer knows its size when it is closed",
    async run(kit): Promise<void> {
      const writer = await kit.writer(kit.at("a/data"));
      await writer.write(textBytes("four"));
      writer.close();
      assertEquals(writer.size, 4);
    },
  },
  {
    name: "append() to a directory throws",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/b/file"), textBytes("x"));
      await failureOf(() => kit.driver.append(kit.at("a/b"), { create: true }));
    },
  },
  {
    name: "append() below a file throws and keeps the file",
    async run(kit): Promise<void> {
      const file = kit.at("a/file");
      await kit.driver.put(file, textBytes("kept"));
      await failureOf(() => kit.driver.append(kit.at("a/file/x"), { create: true }));
      assert(await kit.driver.append(kit.at("a/file/x")) === null);
      assertSameBytes(await kit.driver.get(file, GET_BYTES_MAX), textBytes("kept"));
    },
  },
];
