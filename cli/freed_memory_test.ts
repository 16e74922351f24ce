import { assertLess } from "@std/assert";
import { BLOB_READ_BYTES } from "../storage/limits.ts";
import { keepFreedMemory } from "./freed_memory.ts";

/** Buffers that are there at once; together more than the C library keeps by itself. */
const BUFFERS = 16;
const ROUNDS = 20;
const PAGE_BYTES = 4096;
const ON_LINUX = Deno.build.os === "linux";
const LINUX_ONLY = ON_LINUX ? "" : " (skipped: only glibc is told so)";

/** Pages that this thread has had to ask the kernel for (proc(5), the 10th field of `stat`). */
function pageFaults(): number {
  const stat = Deno.readTextFileSync("/proc/thread-self/stat");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[7]);
}

function useBuffers(): void {
  const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(BLOB_READ_BYTES).fill(1));
  for (const { buffer } of buffers) buffer.transfer(0);
}

Deno.test({
  name: `keepFreedMemory() has buffers made of the memory of those that were freed${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: () => {
    keepFreedMemory();
    useBuffers();
    const before = pageFaults();
    for (let round = 0; round < ROUNDS; round++) useBuffers();
    const pages = ROUNDS * BUFFERS * BLOB_READ_BYTES / PAGE_BYTES;
    assertLess(pageFaults() - before, pages / 10);
  },
});
