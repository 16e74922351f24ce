import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import {
  digestAlgorithm,
  digestBytes,
  digestHex,
  isDigestAlgorithm,
  mustParseDigest,
  parseDigest,
  RunningDigest,
} from "./digest.ts";
import { StorageError } from "./errors.ts";

/** Digests of "abc" (FIPS 180-4, examples). */
const ABC = {
  sha256: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  sha384: "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
    "8086072ba1e7cc2358baeca134c825a7",
  sha512: "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
} as const;
const ALGORITHMS = ["sha256", "sha384", "sha512"] as const;

Deno.test("digestBytes() hashes with each algorithm", () => {
  for (const algorithm of ALGORITHMS) {
    assertEquals<string>(digestBytes(textBytes("abc"), algorithm), ABC[algorithm]);
  }
});

Deno.test("parseDigest() takes digests of the known algorithms apart", () => {
  for (const algorithm of ALGORITHMS) {
    const digest = parseDigest(ABC[algorithm]);
    assert(digest !== null);
    assertEquals<string>(digest, ABC[algorithm]);
    assertEquals(digestAlgorithm(digest), algorithm);
    assertEquals(digestHex(digest), ABC[algorithm].slice(7));
  }
});

const HEX = "0".repeat(64);

for (
  const text of [
    "",
    ":",
    "sha256",
    "sha256:",
    `:${HEX}`,
    HEX,
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX}0`,
    `sha256:${HEX.slice(1)}g`,
    `sha256:${HEX.slice(1)}A`,
    `SHA256:${HEX}`,
    `sha256 :${HEX}`,
    `sha256::${HEX.slice(1)}`,
    ` sha256:${HEX}`,
    `sha256:${HEX}\n`,
    `sha256:${HEX.slice(1)}\n`,
    `sha512:${HEX}`,
    `sha256:${HEX}${HEX}`,
    `md5:${"0".repeat(32)}`,
    `toString:${HEX}`,
    `__proto__:${HEX}`,
    `sha256:../../${HEX.slice(6)}`,
  ]
) {
  Deno.test(`parseDigest() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseDigest(text), null);
    assertEquals(assertThrows(() => mustParseDigest(text), StorageError).kind, "corrupt");
  });
}

Deno.test("mustParseDigest() does not repeat a long text in its message", () => {
  const error = assertThrows(() => mustParseDigest("x".repeat(100_000)), StorageError);
  assert(error.message.length < 300);
});

Deno.test("isDigestAlgorithm() knows three algorithms and no properties of objects", () => {
  for (const name of ALGORITHMS) assert(isDigestAlgorithm(name));
  for (const name of ["", "sha1", "SHA256", "toString", "__proto__", "constructor"]) {
    assert(!isDigestAlgorithm(name), name);
  }
});

Deno.test("RunningDigest.current() can be asked at any point", () => {
  for (const algorithm of ALGORITHMS) {
    const running = new RunningDigest(algorithm);
    assertEquals(running.algorithm, algorithm);
    assertEquals(running.current(), digestBytes(new Uint8Array(), algorithm));
    running.update(textBytes("a"));
    assertNotEquals<string>(running.current(), ABC[algorithm]);
    running.update(new Uint8Array());
    running.update(textBytes("bc"));
    assertEquals(running.size, 3);
    assertEquals<string>(running.current(), ABC[algorithm]);
    assertEquals<string>(running.current(), ABC[algorithm]);
  }
});
