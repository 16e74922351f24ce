/**
 * Rules of `stat` and `touch`.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import type { StoragePath } from "../driver.ts";
import { assertSameBytes, textBytes } from "./bytes.ts";
import { type ContractCase, type ContractKit, GET_BYTES_MAX } from "./kit.ts";

async function modifiedMs(kit: ContractKit, path: StoragePath): Promise<number> {
  const info = await kit.driver.stat(path);
  assert(info !== null, `"${path}" must be there`);
  return info.modifiedMs;
}

export const STAT_CASES: readonly ContractCase[] = [
  {
    name: "stat() tells the size of a file",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      for (const text of ["some text", "", "other"]) {
        await kit.driver.put(path, textBytes(text));
        const info = await kit.driver.stat(path);
        assertEquals(info?.size, text.length);
        assertEquals(info?.isDirectory, false);
      }
    },
  },
  {
    name: "stat() tells a directory at every level",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/b/c/data"), textBytes("some text"));
      for (const name of ["a", "a/b", "a/b/c"]) {
        const info = await kit.driver.stat(kit.at(name));
        assertEquals(info?.isDirectory, true, name);
        assertEquals(info?.size, 0, name);
      }
    },
  },
  {
    name: "stat() of what is absent is null",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      for (const name of ["absent", "absent/file", "a/other", "a/file/below", "a/fil"]) {
        assertEquals(await kit.driver.stat(kit.at(name)), null, name);
      }
    },
  },
  {
    name: "stat() sees what was removed just before",
    async run(kit): Promise<void> {
      const path = kit.at("a/b/data");
      for (let round = 0; round < 10; round++) {
        await kit.driver.put(path, textBytes("x"), { isDurable: false });
        assert(await kit.driver.stat(path) !== null);
        await kit.driver.remove(path);
        assertEquals(await kit.driver.stat(path), null);
      }
    },
  },
  {
    name: "touch() of what is no file is false and makes nothing",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      for (const name of ["absent", "absent/file", "a/file/below"]) {
        assertEquals(await kit.driver.touch(kit.at(name)), false, name);
        assertEquals(await kit.driver.stat(kit.at(name)), null, name);
      }
    },
  },
  {
    name: "touch() keeps the content and does not move modifiedMs backward",
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("kept"));
      for (let round = 0; round < 3; round++) {
        const before = await modifiedMs(kit, path);
        assertEquals(await kit.driver.touch(path), true);
        assertGreaterOrEqual(await modifiedMs(kit, path), before);
      }
      assertSameBytes(await kit.driver.get(path, GET_BYTES_MAX), textBytes("kept"));
    },
  },
  {
    name: "touch() makes an old file young",
    needs: ["a way to backdate files"],
    async run(kit): Promise<void> {
      const [old, other] = [kit.at("a/old"), kit.at("a/other")];
      for (const path of [old, other]) {
        await kit.driver.put(path, textBytes("x"));
        await kit.backdate(path);
      }
      const before = await modifiedMs(kit, other);
      await kit.driver.touch(old);
      assertGreater(await modifiedMs(kit, old), before);
      assertEquals(await modifiedMs(kit, other), before);
    },
  },
  {
    name: "put() and append() make an old file young",
    needs: ["a way to backdate files"],
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      const writes = [
        async (): Promise<void> => await kit.driver.put(path, textBytes("x")),
        (): Promise<void> => kit.append(path, textBytes("y")),
      ];
      for (const write of writes) {
        await kit.driver.put(path, textBytes("x"));
        await kit.backdate(path);
        const before = await modifiedMs(kit, path);
        await write();
        assertGreater(await modifiedMs(kit, path), before);
      }
    },
  },
  {
    name: "reading does not make an old file young",
    needs: ["a way to backdate files"],
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("x"));
      await kit.backdate(path);
      const before = await modifiedMs(kit, path);
      await kit.driver.get(path, GET_BYTES_MAX);
      await kit.content(path);
      await kit.driver.list(kit.at("a"));
      assertEquals(await modifiedMs(kit, path), before);
    },
  },
  {
    name: "touch() is seen by another instance",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      const path = kit.at("a/data");
      await kit.driver.put(path, textBytes("x"));
      assertEquals(await kit.second.touch(path), true);
      assertEquals((await kit.second.stat(path))?.modifiedMs, await modifiedMs(kit, path));
    },
  },
];
