/**
 * Rules of `move`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { assertSameBytes, MIB, patternBytes, textBytes } from "./bytes.ts";
import { type ContractCase, failureOf, GET_BYTES_MAX } from "./kit.ts";

export const MOVE_CASES: readonly ContractCase[] = [
  {
    name: "move() takes a file away from where it was and makes the directories above it",
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("a/from"), kit.at("b/c/d/to")];
      await kit.driver.put(from, textBytes("kept"));
      assertEquals(await kit.driver.move(from, to), true);
      assertEquals(await kit.driver.stat(from), null);
      assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "move() replaces the file that is there",
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("a/from"), kit.at("a/to")];
      for (const sizes of [[100, 2000], [2000, 100]] as const) {
        const content = patternBytes(sizes[0], 1);
        await kit.driver.put(from, content);
        await kit.driver.put(to, patternBytes(sizes[1], 2));
        assertEquals(await kit.driver.move(from, to), true);
        assertEquals(await kit.driver.stat(from), null);
        assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), content);
      }
    },
  },
  {
    name: "move() places what was appended",
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("uploads/1/data"), kit.at("blobs/1/data")];
      const content = patternBytes(2 * MIB + 5, 1);
      await kit.append(from, content.subarray(0, 70_000), content.subarray(70_000));
      assertEquals(await kit.driver.move(from, to), true);
      assertSameBytes(await kit.content(to), content);
      assertEquals(await kit.driver.append(from), null);
    },
  },
  {
    name: "move() of an absent file is false and keeps the file that is there",
    async run(kit): Promise<void> {
      const to = kit.at("a/to");
      await kit.driver.put(to, textBytes("kept"));
      for (const name of ["a/from", "absent/from", "a/to/from"]) {
        assertEquals(await kit.driver.move(kit.at(name), to), false, name);
      }
      assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "move() onto itself keeps the file",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("kept"));
      assertEquals(await kit.driver.move(path, path), true);
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "move() over a directory or below a file throws and keeps all three",
    async run(kit): Promise<void> {
      const [from, file] = [kit.at("from"), kit.at("a/b/file")];
      await kit.driver.put(from, textBytes("from"));
      await kit.driver.put(file, textBytes("file"));
      for (const name of ["a/b", "a/b/file/below", "a/b/file/far/below"]) {
        await failureOf(() => kit.driver.move(from, kit.at(name)));
      }
      assertSameBytes(await kit.driver.get(from, GET_BYTES_MAX), textBytes("from"));
      assertSameBytes(await kit.driver.get(file, GET_BYTES_MAX), textBytes("file"));
    },
  },
  {
    name: "move() by many at once gives the file to one of them",
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("a/from"), kit.at("a/to")];
      await kit.driver.put(from, textBytes("kept"));
      const moves = Array.from({ length: 5 }, async () => await kit.driver.move(from, to));
      const outcomes = await Promise.allSettled(moves);
      const moved = outcomes.filter((it) => it.status === "fulfilled" && it.value);
      assertEquals(moved.length, 1);
      assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "move() beside prune() of its directory loses nothing",
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("from"), kit.at("a/b/c/data")];
      for (let round = 0; round < 50; round++) {
        await kit.driver.put(from, textBytes("kept"), { isDurable: false });
        await Promise.all([
          kit.driver.move(from, to),
          kit.driver.prune(kit.at("a/b/c"), kit.at("a")),
        ]);
        assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), textBytes("kept"));
        await kit.driver.remove(to);
      }
    },
  },
  {
    name: "move() is seen by another instance",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      const [from, to] = [kit.at("a/from"), kit.at("b/to")];
      await kit.driver.put(from, textBytes("kept"));
      assertEquals(await kit.second.move(from, to), true);
      assertEquals(await kit.driver.move(from, to), false);
      assertEquals(await kit.driver.get(from, GET_BYTES_MAX), null);
      assertSameBytes(await kit.driver.get(to, GET_BYTES_MAX), textBytes("kept"));
    },
  },
];
