import { assertEquals } from "@std/assert";
import { layerLink, layersDirectory } from "./layout.ts";
import { LIST_SLICE_ENTRIES } from "./limits.ts";
import { digestsBelow, namesOf, nextTurn } from "./listing.ts";
import { MemoryDriver } from "./memory.ts";
import { digestOf, foreignPath, repository, writeFiles } from "./store_kit.ts";

const NAME = repository("library/alpine");

Deno.test("namesOf() gives all names in order, over more than one slice", async () => {
  const driver = new MemoryDriver();
  const names = Array.from({ length: 2 * LIST_SLICE_ENTRIES + 1 }, (_, index) => `n${index}`);
  await writeFiles(driver, Object.fromEntries(names.map((name) => [`x/${name}`, ""])));
  assertEquals(await Array.fromAsync(namesOf(driver, foreignPath("x"))), names.sort());
  assertEquals(await Array.fromAsync(namesOf(driver, foreignPath("y"))), []);
});

Deno.test("namesOf() gives others their turn after each slice", async () => {
  const driver = new MemoryDriver();
  const names = Array.from({ length: LIST_SLICE_ENTRIES + 1 }, (_, index) => `n${index}`);
  await writeFiles(driver, Object.fromEntries(names.map((name) => [`x/${name}`, ""])));
  let count = 0;
  let countAtTurn = 0;
  const turn = nextTurn().then(() => countAtTurn = count);
  for await (const _ of namesOf(driver, foreignPath("x"))) count++;
  await turn;
  assertEquals(countAtTurn, LIST_SLICE_ENTRIES);
});

Deno.test("digestsBelow() gives the digests of all algorithms, and no foreign names", async () => {
  const driver = new MemoryDriver();
  const digests = (["sha256", "sha384", "sha512"] as const).map((name) => digestOf("one", name));
  for (const digest of digests) driver.put(layerLink(NAME, digest), new Uint8Array());
  const directory = `repositories/${NAME}/_layers`;
  await writeFiles(driver, {
    [`${directory}/sha256/junk/link`]: "",
    [`${directory}/md5/${digests[0]?.slice(7)}/link`]: "",
    [`${directory}/file`]: "",
  });
  assertEquals(await Array.fromAsync(digestsBelow(driver, layersDirectory(NAME))), digests);
});
