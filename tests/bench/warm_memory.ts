/**
 * Memory that can be written to at once.
 *
 * @module
 */

const PIECE_BYTES = 1024 * 1024;

/**
 * Writes a file of at least that size and removes it, so that the memory which the next file takes was in use a moment
 * ago.
 *
 * A virtual machine hands what is free for two seconds back to its host (virtio, section 5.5.6.7, "Free Page Reporting"),
 * and whoever writes there next waits for the host: 2 s/GiB were measured, as long as a whole push takes. Without this a
 * server pays for the time that its forerunner took.
 */
export async function warmMemory(directory: string, bytes: number): Promise<void> {
  const path = await Deno.makeTempFile({ dir: directory });
  try {
    using file = await Deno.open(path, { write: true });
    const piece = new Uint8Array(PIECE_BYTES);
    for (let written = 0; written < bytes;) written += await file.write(piece);
  } finally {
    await Deno.remove(path);
  }
}
