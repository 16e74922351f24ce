import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { StorageError } from "./errors.ts";
import { FaultyDriver } from "./faulty_driver.ts";
import { tagCurrentLink } from "./layout.ts";
import { LINK_BYTES_MAX } from "./limits.ts";
import { readLink, writeLink } from "./links.ts";
import { MemoryDriver } from "./memory.ts";
import { ObservedDriver } from "./observed_driver.ts";
import { digestOf, repository, tagOf } from "./store_kit.ts";

const PATH = tagCurrentLink(repository("library/alpine"), tagOf("latest"));
const DIGEST = digestOf("one");

Deno.test("readLink() gives what writeLink() wrote, which is the digest alone", async () => {
  const driver = new MemoryDriver();
  for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
    const digest = digestOf("one", algorithm);
    await writeLink(driver, PATH, digest);
    assertEquals(driver.get(PATH, 1_000), textBytes(digest));
    assertEquals(await readLink(driver, PATH), digest);
  }
});

Deno.test("readLink() is null where there is no file", async () => {
  assertEquals(await readLink(new MemoryDriver(), PATH), null);
});

const DAMAGED: Readonly<Record<string, string>> = {
  "is empty": "",
  "is cut short": DIGEST.slice(0, -1),
  "is cut short before the hex": "sha256:",
  "ends in a newline": `${DIGEST}\n`,
  "ends in a carriage return": `${DIGEST}\r`,
  "begins with a space": ` ${DIGEST}`,
  "begins with a byte order mark": `\uFEFF${DIGEST}`,
  "ends in zero bytes": `${DIGEST}\0`,
  "is in upper case": DIGEST.toUpperCase(),
  "is of an unknown algorithm": `md5:${"0".repeat(32)}`,
  "is zero bytes": "\0".repeat(DIGEST.length),
  "holds two digests": `${DIGEST}${DIGEST}`,
  "is as long as a link may be": "0".repeat(LINK_BYTES_MAX),
  "is longer than a link may be": "0".repeat(LINK_BYTES_MAX + 1),
};

for (const [what, text] of Object.entries(DAMAGED)) {
  Deno.test(`readLink() is null where the file ${what}`, async () => {
    const driver = new MemoryDriver();
    driver.put(PATH, textBytes(text));
    assertEquals(await readLink(driver, PATH), null);
  });
}

Deno.test("readLink() throws what the driver throws", async () => {
  const denied = new StorageError("denied", "Cannot read: permission denied");
  const driver = new FaultyDriver(new MemoryDriver(), () => denied);
  const error = await assertRejects(async () => await readLink(driver, PATH), StorageError);
  assertStrictEquals(error, denied);
});

Deno.test("readLink() reads from a driver that answers later", async () => {
  const memory = new MemoryDriver();
  const driver = new ObservedDriver(memory, async (_action, act) => await act());
  assertEquals(await readLink(driver, PATH), null);
  await writeLink(driver, PATH, DIGEST);
  assertEquals(await readLink(driver, PATH), DIGEST);
  memory.put(PATH, textBytes("0".repeat(LINK_BYTES_MAX + 1)));
  assertEquals(await readLink(driver, PATH), null);
});
