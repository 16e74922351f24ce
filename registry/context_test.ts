import { assertEquals, assertThrows } from "@std/assert";
import { requireDigest } from "./context.ts";
import { RegistryError } from "./errors.ts";

Deno.test("requireDigest() takes well-formed digests of known algorithms", () => {
  for (const [algorithm, length] of [["sha256", 64], ["sha384", 96], ["sha512", 128]] as const) {
    const text = `${algorithm}:${"0a".repeat(length / 2)}`;
    assertEquals<string>(requireDigest(text), text);
  }
});

Deno.test("requireDigest() refuses everything else, and repeats only its beginning", () => {
  for (const text of ["", "sha256", "sha256:", `md5:${"a".repeat(32)}`, "x".repeat(10_000)]) {
    const error = assertThrows(() => requireDigest(text), RegistryError);
    assertEquals([error.status, error.entries[0]?.code], [400, "DIGEST_INVALID"]);
    assertEquals(error.entries[0]?.detail, { digest: text.slice(0, 200) });
  }
});
