/**
 * The files that the operands of `berth digest` name.
 *
 * @module
 */

import { STDIN } from "./digest_file.ts";

/**
 * Yields each operand; where it is a directory, and `isRecursive`, all regular files below it in the order of their
 * names (by UTF-16 code unit, a directory in the place of its name). Symbolic links to files are followed, those to
 * directories are not, as they may lead in circles. A directory that cannot be listed is yielded itself, because
 * reading it fails for the same reason.
 */
export function* digestInputs(
  operands: readonly string[],
  isRecursive: boolean,
): Generator<string, void> {
  for (const operand of operands) {
    if (isRecursive && operand !== STDIN && isDirectory(operand)) yield* filesBelow(operand);
    else yield operand;
  }
}

function* filesBelow(root: string): Generator<string, void> {
  // A stack in place of recursion, as directories may be nested thousands deep.
  const pending: Array<{ path: string; isDirectory: boolean }> = [
    { path: root, isDirectory: true },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const entries = next.isDirectory ? listDirectory(next.path) : null;
    if (entries === null) {
      yield next.path;
      continue;
    }
    const prefix = next.path.endsWith("/") ? next.path : `${next.path}/`;
    for (const entry of entries.reverse()) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) pending.push({ path, isDirectory: true });
      else if (isFileEntry(entry, path)) pending.push({ path, isDirectory: false });
    }
  }
}

function listDirectory(path: string): Deno.DirEntry[] | null {
  try {
    return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return null;
  }
}

/** Tells pipes, sockets and devices apart, whose bytes are not kept. A link that leads nowhere is for the reader to report. */
function isFileEntry(entry: Deno.DirEntry, path: string): boolean {
  if (!entry.isSymlink) return entry.isFile;
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
