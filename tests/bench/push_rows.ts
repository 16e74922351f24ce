/**
 * Rows of pushing: large blobs, and what disk and hash would allow.
 *
 * @module
 */

import { blobDirectory } from "../../storage/layout.ts";
import { type LargeFile, renewLargeFile, REPOSITORY } from "./content.ts";
import { curlPush, mustFind } from "./curl.ts";
import { type Measurement, whole, type Workbench } from "./row.ts";
import { runCommand } from "./run_command.ts";

const MIB = 1024 * 1024;

/** MiB per second of one client. */
export function largePush(isChunked: boolean): (bench: Workbench) => Promise<Measurement> {
  return async (bench) => {
    const curl = mustFind(bench.curl);
    const file = await renewLargeFile(bench.content.pushed);
    return async ({ server }) => {
      const what = { base: server.url, repository: REPOSITORY, ...file, isChunked };
      const seconds = await curlPush(curl, what);
      await removeBlobs(server.root, [file]);
      return whole(file.size / MIB / seconds);
    };
  };
}

/** MiB per second of several clients at once, each with a file of its own. */
export async function pushAtOnce(bench: Workbench): Promise<Measurement> {
  const curl = mustFind(bench.curl);
  const files: LargeFile[] = [];
  for (const file of bench.content.parts) files.push(await renewLargeFile(file));
  return async ({ server }) => {
    const start = performance.now();
    await Promise.all(
      files.map((file) => curlPush(curl, { base: server.url, repository: REPOSITORY, ...file })),
    );
    const seconds = (performance.now() - start) / 1000;
    await removeBlobs(server.root, files);
    return whole(totalMib(files) / seconds);
  };
}

/** No later round asks for them, and the disk need not hold the blobs of all rounds. */
async function removeBlobs(root: string, files: readonly LargeFile[]): Promise<void> {
  for (const { digest } of files) {
    await Deno.remove(`${root}/${blobDirectory(digest)}`, { recursive: true });
  }
}

/** What disk and hash would allow one client. */
export function ceilingOfOne(bench: Workbench): Promise<number> {
  return diskAndHash(bench, [bench.content.pushed]);
}

/** What they would allow several clients at once. */
export function ceilingAtOnce(bench: Workbench): Promise<number> {
  return diskAndHash(bench, bench.content.parts);
}

/** MiB per second of the slower of the two: files copied by `dd conv=fsync`, and hashed by `openssl`, all at once. */
async function diskAndHash(
  { directory }: Workbench,
  files: readonly LargeFile[],
): Promise<number> {
  const copies = files.map((_, index) => `${directory}/copy${index}`);
  const disk = await secondsOf(files.map(({ path }, index) => [
    ...["dd", `if=${path}`, `of=${copies[index]}`, "bs=1M", "conv=fsync", "status=none"],
  ]));
  for (const copy of copies) await Deno.remove(copy);
  const hash = await secondsOf(files.map(({ path }) => ["openssl", "dgst", "-sha256", path]));
  return totalMib(files) / Math.max(disk, hash);
}

async function secondsOf(commands: readonly (readonly string[])[]): Promise<number> {
  const start = performance.now();
  await Promise.all(commands.map(([program = "", ...args]) => runCommand(program, args)));
  return (performance.now() - start) / 1000;
}

function totalMib(files: readonly LargeFile[]): number {
  return files.reduce((total, { size }) => total + size, 0) / MIB;
}
