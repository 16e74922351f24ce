/**
 * Writes tar archives for image layers.
 *
 * @module
 */

/** A regular file of an archive. */
export interface TarFile {
  /** Path without a leading slash, at most 100 bytes. */
  readonly path: string;
  readonly content: Uint8Array;
}

const BLOCK_BYTES = 512;
const PATH_BYTES_MAX = 100;

/** Where each header field begins and what it holds (POSIX.1-1988 ustar); the checksum is filled in last. */
const FIELDS: readonly (readonly [offset: number, value: (file: TarFile) => string])[] = [
  [0, (file): string => file.path],
  [100, (): string => "0000644\0"],
  [108, (): string => "0000000\0"],
  [116, (): string => "0000000\0"],
  [124, (file): string => `${file.content.length.toString(8).padStart(11, "0")}\0`],
  [136, (): string => "00000000000\0"],
  [148, (): string => "        "],
  [156, (): string => "0"],
  [257, (): string => "ustar\x0000"],
];

const CHECKSUM_OFFSET = 148;

/** An archive of regular files: mode 0644, owner 0, time 0, so that equal files give equal bytes. */
export function tarArchive(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const paddedBytes = files.map((file) =>
    BLOCK_BYTES + Math.ceil(file.content.length / BLOCK_BYTES) * BLOCK_BYTES
  );
  // Two blocks of zeros end the archive.
  const archive = new Uint8Array(paddedBytes.reduce((sum, size) => sum + size, 2 * BLOCK_BYTES));
  let offset = 0;
  files.forEach((file, i) => {
    archive.set(header(file), offset);
    archive.set(file.content, offset + BLOCK_BYTES);
    offset += paddedBytes[i] ?? 0;
  });
  return archive;
}

function header(file: TarFile): Uint8Array {
  const encoder = new TextEncoder();
  if (encoder.encode(file.path).length > PATH_BYTES_MAX) {
    throw new RangeError(
      `Cannot archive "${file.path}": its path is longer than ${PATH_BYTES_MAX} bytes`,
    );
  }
  const block = new Uint8Array(BLOCK_BYTES);
  for (const [offset, value] of FIELDS) block.set(encoder.encode(value(file)), offset);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.set(encoder.encode(`${checksum.toString(8).padStart(6, "0")}\0 `), CHECKSUM_OFFSET);
  return block;
}
