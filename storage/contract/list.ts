/**
 * Rules of `list`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { StorageDriver } from "../driver.ts";
import { textBytes } from "./bytes.ts";
import { type ContractCase, type ContractKit } from "./kit.ts";

/** Names in the order of their bytes, which is neither that of a dictionary nor that of numbers. */
const SORTED_NAMES: readonly string[] = [
  "-x",
  "0",
  "10",
  "9",
  "B",
  "Z",
  "_a",
  "a",
  "a-b",
  "a.b",
  "a0",
  "a_b",
  "aa",
  "b",
  "z",
];

/** Names that a driver may use for files of its own, and that are good tags or repositories nevertheless. */
const SUSPICIOUS_NAMES: readonly string[] = ["_tmp", "data.tmp", "lock", "lost.found", "tmp"];

/** Rounds of adding and removing: enough to land many changes in one tick of a file system's clock. */
const ROUNDS = 1000;

async function putNames(kit: ContractKit, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await kit.driver.put(kit.at(`a/${name}`), textBytes("x"), { isDurable: false });
  }
}

/** Lets one driver change a level in every way, and another see each change at once. */
async function changeAndList(
  kit: ContractKit,
  writer: StorageDriver,
  reader: StorageDriver,
): Promise<void> {
  const assertNames = async (...names: readonly string[]): Promise<void> =>
    assertEquals(await reader.list(kit.at("a")), names);
  await assertNames();
  await writer.put(kit.at("a/1"), textBytes("x"));
  await assertNames("1");
  (await writer.append(kit.at("a/2"), { create: true }))?.close();
  await assertNames("1", "2");
  await writer.put(kit.at("a/3/b/data"), textBytes("x"));
  await assertNames("1", "2", "3");
  await writer.move(kit.at("a/1"), kit.at("a/4"));
  await assertNames("2", "3", "4");
  await writer.remove(kit.at("a/2"));
  await assertNames("3", "4");
  await writer.removeAll(kit.at("a/3/b"));
  await writer.prune(kit.at("a/3"), kit.at("a"));
  await assertNames("4");
  await writer.removeAll(kit.at("a"));
  await assertNames();
}

/** Changes a directory whose listing a driver may keep, since nothing has happened in it for long. */
async function changeOldDirectory(kit: ContractKit, writer: StorageDriver): Promise<void> {
  const path = kit.at("a");
  await putNames(kit, ["0", "z"]);
  for (let round = 0; round < 3; round++) {
    await kit.backdate(path);
    assertEquals(await kit.driver.list(path), ["0", "z"]);
    assertEquals(await kit.driver.list(path, { limit: 1 }), ["0"]);
    await writer.put(kit.at("a/m"), textBytes("x"));
    assertEquals(await kit.driver.list(path), ["0", "m", "z"]);
    await kit.backdate(path);
    assertEquals(await kit.driver.list(path, { after: "0" }), ["m", "z"]);
    await writer.remove(kit.at("a/m"));
    assertEquals(await kit.driver.list(path), ["0", "z"]);
  }
}

/** Takes a file away in one of three ways, mostly the one that waits for no disk. */
async function removeSomehow(kit: ContractKit, name: string, round: number): Promise<void> {
  if (round % 10 === 0) await kit.driver.remove(kit.at(name));
  else if (round % 10 === 1) await kit.driver.move(kit.at(name), kit.at("a/z"));
  else await kit.driver.removeAll(kit.at(name));
}

export const LIST_CASES: readonly ContractCase[] = [
  {
    name: "list() of what is no directory is empty",
    async run(kit): Promise<void> {
      await kit.driver.put(kit.at("a/file"), textBytes("x"));
      for (const name of ["absent", "absent/below", "a/file", "a/file/below", "a/fil"]) {
        assertEquals(await kit.driver.list(kit.at(name)), [], name);
      }
    },
  },
  {
    name: "list() sorts names by their bytes",
    async run(kit): Promise<void> {
      await putNames(kit, SORTED_NAMES.toReversed());
      assertEquals(await kit.driver.list(kit.at("a")), SORTED_NAMES);
    },
  },
  {
    name: "list() names files and directories of one level",
    async run(kit): Promise<void> {
      for (const name of ["file", "x/file", "x/y/file", "x/y/z", "y/a", "y/b", "x-y/file"]) {
        await kit.driver.put(kit.at(`a/${name}`), textBytes("x"));
      }
      assertEquals(await kit.driver.list(kit.at("a")), ["file", "x", "x-y", "y"]);
      assertEquals(await kit.driver.list(kit.at("a/x")), ["file", "y"]);
      assertEquals(await kit.driver.list(kit.at("a/x/y")), ["file", "z"]);
    },
  },
  {
    name: "list() hides no name that a tag or a repository can have",
    async run(kit): Promise<void> {
      await putNames(kit, SUSPICIOUS_NAMES.map((name) => `${name}/link`));
      assertEquals(await kit.driver.list(kit.at("a")), SUSPICIOUS_NAMES);
    },
  },
  {
    name: "list() begins after a name, whether it is there or not",
    async run(kit): Promise<void> {
      await putNames(kit, ["a", "b", "c.d", "e"]);
      const path = kit.at("a");
      const rests: Readonly<Record<string, readonly string[]>> = {
        "": ["a", "b", "c.d", "e"],
        "0": ["a", "b", "c.d", "e"],
        "a": ["b", "c.d", "e"],
        "aa": ["b", "c.d", "e"],
        "c": ["c.d", "e"],
        "c.d": ["e"],
        "c/d": ["e"],
        "e": [],
        "zzz": [],
      };
      for (const [after, rest] of Object.entries(rests)) {
        assertEquals(await kit.driver.list(path, { after }), rest, after);
      }
      assertEquals(await kit.driver.list(kit.at("absent"), { after: "a", limit: 1 }), []);
    },
  },
  {
    name: "list() gives at most the names that are asked for",
    async run(kit): Promise<void> {
      await putNames(kit, ["a", "b", "c"]);
      const path = kit.at("a");
      assertEquals(await kit.driver.list(path, { limit: 0 }), []);
      assertEquals(await kit.driver.list(path, { limit: 2 }), ["a", "b"]);
      assertEquals(await kit.driver.list(path, { limit: 3 }), ["a", "b", "c"]);
      assertEquals(await kit.driver.list(path, { limit: 100 }), ["a", "b", "c"]);
      assertEquals(await kit.driver.list(path, { after: "a", limit: 1 }), ["b"]);
      assertEquals(await kit.driver.list(path, { after: "b", limit: 2 }), ["c"]);
    },
  },
  {
    name: "list() gives pages that make up the whole level",
    async run(kit): Promise<void> {
      const names = Array.from({ length: 50 }, (_, index) => `tag-${index}`);
      await putNames(kit, names);
      for (const limit of [1, 7, 50]) {
        const found: string[] = [];
        for (let page: readonly string[] = [""]; page.length > 0;) {
          page = await kit.driver.list(kit.at("a"), { after: found.at(-1) ?? "", limit });
          assert(page.length <= limit);
          found.push(...page);
        }
        assertEquals(found, names.toSorted());
      }
    },
  },
  {
    name: "list() sees every change made just before",
    async run(kit): Promise<void> {
      for (let round = 0; round < 3; round++) await changeAndList(kit, kit.driver, kit.driver);
    },
  },
  {
    name: "list() sees every change another instance made just before",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      for (let round = 0; round < 3; round++) {
        await changeAndList(kit, kit.second, kit.driver);
        await changeAndList(kit, kit.driver, kit.second);
      }
    },
  },
  {
    name: "list() sees changes of a directory that was left alone for long",
    needs: ["a way to backdate files"],
    run: (kit): Promise<void> => changeOldDirectory(kit, kit.driver),
  },
  {
    name: "list() sees changes another instance made of a directory that was left alone for long",
    needs: ["a way to backdate files", "a second instance"],
    run: (kit): Promise<void> => changeOldDirectory(kit, kit.second),
  },
  {
    name: `list() is right through ${ROUNDS} rounds of adding and removing`,
    async run(kit): Promise<void> {
      const path = kit.at("a");
      await putNames(kit, ["0", "z"]);
      for (let round = 0; round < ROUNDS; round++) {
        const name = round % 2 === 0 ? "even" : "odd";
        await putNames(kit, [name]);
        assertEquals(await kit.driver.list(path), ["0", name, "z"]);
        await removeSomehow(kit, `a/${name}`, round);
        assertEquals(await kit.driver.list(path), ["0", "z"]);
      }
    },
  },
];
