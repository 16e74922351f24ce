import { assertEquals } from "@std/assert";
import { DIGEST_ALGORITHMS, type DigestAlgorithm, digestBytes } from "../storage/digest.ts";
import { DIGEST_AHEAD_BYTES, DIGEST_READ_BYTES } from "../storage/limits.ts";
import { withDirectory } from "../storage/store_kit.ts";
import { digestAhead, type DigestJob, FileDigester } from "./digest_file.ts";

const ALGORITHMS = Object.keys(DIGEST_ALGORITHMS) as DigestAlgorithm[];

/** Sizes about those of the buffers, where a loop over pieces goes wrong. */
const SIZES = [0, 1, DIGEST_READ_BYTES, DIGEST_READ_BYTES + 1, DIGEST_AHEAD_BYTES * 3 + 1];

const digester = new FileDigester();

function job(name: string, options: Partial<DigestJob> = {}): DigestJob {
  return { name, algorithm: "sha256", isSniffed: false, ...options };
}

Deno.test("FileDigester.digest() and digestAhead() hash files of any size with each algorithm", async () => {
  await withDirectory(async (_driver, root) => {
    for (const size of SIZES) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
      const name = `${root}/${size}`;
      await Deno.writeFile(name, bytes);
      for (const algorithm of ALGORITHMS) {
        const digest = digestBytes(bytes, algorithm);
        const expected = { kind: "digest", digest, size, mediaType: null } as const;
        assertEquals(digester.digest(job(name, { algorithm })), expected);
        assertEquals(await digestAhead(job(name, { algorithm })), expected);
      }
    }
  });
});

Deno.test("FileDigester.digest() and digestAhead() look at the content when they are asked to", async () => {
  await withDirectory(async (_driver, root) => {
    const name = `${root}/index`;
    const text = '{"schemaVersion":2,"manifests":[]}';
    await Deno.writeTextFile(name, text);
    const expected = {
      kind: "digest",
      digest: digestBytes(new TextEncoder().encode(text), "sha256"),
      size: text.length,
      mediaType: "application/vnd.oci.image.index.v1+json",
    } as const;
    assertEquals(digester.digest(job(name, { isSniffed: true })), expected);
    assertEquals(await digestAhead(job(name, { isSniffed: true })), expected);
  });
});

Deno.test("FileDigester.digest() and digestAhead() say why a file cannot be read", async () => {
  await withDirectory(async (_driver, root) => {
    const absent = {
      kind: "failure",
      reason: "No such file or directory",
      isAbsent: true,
    } as const;
    assertEquals(digester.digest(job(`${root}/absent (os error 7)`)), absent);
    assertEquals(await digestAhead(job(`${root}/absent\n`)), absent);
    const directory = { kind: "failure", reason: "Is a directory", isAbsent: false } as const;
    assertEquals(digester.digest(job(root)), directory);
    assertEquals(await digestAhead(job(root)), directory);
  });
});
