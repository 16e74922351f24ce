import { assertEquals } from "@std/assert";
import { streamOf } from "./filesystem_reader.ts";
import { BLOB_READ_BYTES } from "./limits.ts";

/** Three pieces, the last of them short. */
const FILE_BYTES = 2 * BLOB_READ_BYTES + 10;

/** Reads a whole stream, and returns the lengths that its pieces have afterwards. */
async function lengthsAfterwards(reclaimsPieces: boolean): Promise<number[]> {
  const path = await Deno.makeTempFile({ prefix: "berth_reader_" });
  try {
    await Deno.writeFile(path, new Uint8Array(FILE_BYTES));
    const stream = streamOf(await Deno.open(path), path, FILE_BYTES, { reclaimsPieces });
    return (await Array.fromAsync(stream)).map(({ length }) => length);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("streamOf() takes each piece back where they are reclaimed", async () => {
  assertEquals(await lengthsAfterwards(true), [0, 0, 0]);
});

Deno.test("streamOf() leaves pieces to their reader where they are not", async () => {
  assertEquals(await lengthsAfterwards(false), [BLOB_READ_BYTES, BLOB_READ_BYTES, 10]);
});
