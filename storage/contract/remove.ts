/**
 * Rules of `remove`, `removeAll` and `prune`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { textBytes } from "./bytes.ts";
import { type ContractCase, type ContractKit, resultOf } from "./kit.ts";

async function putFiles(kit: ContractKit, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await kit.driver.put(kit.at(name), textBytes("x"), { isDurable: false });
  }
}

/** Which of some names are there, as files or directories. */
async function present(kit: ContractKit, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if (await kit.driver.stat(kit.at(name)) !== null) found.push(name);
  }
  return found;
}

export const REMOVE_CASES: readonly ContractCase[] = [
  {
    name: "remove() removes one file, and is false when it is gone",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/1", "a/2"]);
      assertEquals(await kit.driver.remove(kit.at("a/1")), true);
      assertEquals(await kit.driver.remove(kit.at("a/1")), false);
      assertEquals(await present(kit, ["a/1", "a/2"]), ["a/2"]);
    },
  },
  {
    name: "remove() of an absent file is false",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/file"]);
      for (const name of ["absent", "absent/file", "a/file/below", "a/fil"]) {
        assertEquals(await kit.driver.remove(kit.at(name)), false, name);
      }
      assertEquals(await present(kit, ["a/file"]), ["a/file"]);
    },
  },
  {
    name: "remove() of a directory removes nothing",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b/1", "a/b/c/2"]);
      assertEquals(await resultOf(() => kit.driver.remove(kit.at("a/b"))) ?? false, false);
      assertEquals(await present(kit, ["a/b/1", "a/b/c/2"]), ["a/b/1", "a/b/c/2"]);
    },
  },
  {
    name: "remove() by many at once is true for one of them",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/data"]);
      const path = kit.at("a/data");
      const removed = await Promise.all(
        Array.from({ length: 5 }, async () => await kit.driver.remove(path)),
      );
      assertEquals(removed.filter(Boolean).length, 1);
    },
  },
  {
    name: "removeAll() removes a directory with all that is in it, and nothing beside it",
    async run(kit): Promise<void> {
      const inside = ["a/b/1", "a/b/c/2", "a/b/c/d/3", "a/b/b/4"];
      const beside = ["a/b-c/1", "a/b.c/1", "a/b0", "a/bb/b/1", "a/c/b/1", "b/1"];
      await putFiles(kit, [...inside, ...beside]);
      assertEquals(await kit.driver.removeAll(kit.at("a/b")), true);
      assertEquals(await present(kit, ["a/b", ...inside, ...beside]), beside);
      assertEquals(await kit.driver.removeAll(kit.at("a/b")), false);
    },
  },
  {
    name: "removeAll() removes a file, and not those that begin with its name",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b", "a/bc", "a/b-c"]);
      assertEquals(await kit.driver.removeAll(kit.at("a/b")), true);
      assertEquals(await present(kit, ["a/b", "a/bc", "a/b-c"]), ["a/bc", "a/b-c"]);
    },
  },
  {
    name: "removeAll() of what is absent is false",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/file"]);
      for (const name of ["absent", "absent/below", "a/file/below", "a/fil"]) {
        assertEquals(await kit.driver.removeAll(kit.at(name)), false, name);
      }
      assertEquals(await present(kit, ["a/file"]), ["a/file"]);
    },
  },
  {
    name: "removeAll() makes room for a file where a directory was",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b/c/1"]);
      await kit.driver.removeAll(kit.at("a/b"));
      await putFiles(kit, ["a/b"]);
      await kit.driver.remove(kit.at("a/b"));
      await putFiles(kit, ["a/b/c/1"]);
      assertEquals(await present(kit, ["a/b/c/1"]), ["a/b/c/1"]);
    },
  },
  {
    name: "prune() removes empty directories up to the one where it stops",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b/c/d/file", "a/keep"]);
      await kit.driver.remove(kit.at("a/b/c/d/file"));
      await kit.driver.prune(kit.at("a/b/c/d"), kit.at("a"));
      assertEquals(await present(kit, ["a/b/c/d", "a/b/c", "a/b", "a/keep"]), ["a/keep"]);
    },
  },
  {
    name: "prune() keeps the directory where it stops, also an empty one",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b/c/d/file"]);
      await kit.driver.remove(kit.at("a/b/c/d/file"));
      await kit.driver.prune(kit.at("a/b/c/d"), kit.at("a/b"));
      assertEquals(await present(kit, ["a/b/c/d", "a/b/c", "a/b"]), ["a/b"]);
      await kit.driver.prune(kit.at("a/b"), kit.at("a/b"));
      assertEquals(await present(kit, ["a/b"]), ["a/b"]);
    },
  },
  {
    name: "prune() stops at a directory that is not empty",
    async run(kit): Promise<void> {
      const kept = ["a/b/keep", "a/x/y/z"];
      await putFiles(kit, [...kept, "a/b/c/d/file"]);
      await kit.driver.remove(kit.at("a/b/c/d/file"));
      await kit.driver.prune(kit.at("a/b/c/d"), kit.at("a"));
      assertEquals(await present(kit, ["a/b/c/d", "a/b/c", ...kept]), kept);
      await kit.driver.prune(kit.at("a/b"), kit.at("a"));
      await kit.driver.prune(kit.at("a/x"), kit.at("a"));
      assertEquals(await present(kit, kept), kept);
    },
  },
  {
    name: "prune() of what is absent does no harm",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/file"]);
      await kit.driver.prune(kit.at("a/absent/below"), kit.at("a"));
      await kit.driver.prune(kit.at("absent/below"), kit.at("absent"));
      assertEquals(await present(kit, ["a/file"]), ["a/file"]);
    },
  },
  {
    name: "prune() removes no file",
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/b/file"]);
      await resultOf(() => kit.driver.prune(kit.at("a/b/file"), kit.at("a")));
      assertEquals(await present(kit, ["a/b/file"]), ["a/b/file"]);
    },
  },
  {
    name: "a removal is seen by another instance",
    needs: ["a second instance"],
    async run(kit): Promise<void> {
      await putFiles(kit, ["a/1", "b/c/2"]);
      assert(await kit.second.stat(kit.at("b/c/2")) !== null);
      assertEquals(await kit.driver.remove(kit.at("a/1")), true);
      assertEquals(await kit.second.remove(kit.at("a/1")), false);
      assertEquals(await kit.driver.removeAll(kit.at("b")), true);
      assertEquals(await kit.second.stat(kit.at("b/c/2")), null);
      assertEquals(await kit.second.removeAll(kit.at("b")), false);
    },
  },
];
