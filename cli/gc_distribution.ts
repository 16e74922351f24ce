/**
 * The lines that distribution's `garbage-collect` prints, for scripts that read them.
 *
 * @module
 */

import { DigestTable } from "../gc/digest_table.ts";
import type { Removal } from "../gc/removal.ts";
import type { GcPrinter } from "./gc_print.ts";

/** Prints as distribution 3 does. Problems go to stderr. */
export function distributionPrinter(isQuiet: boolean): GcPrinter {
  const print = isQuiet ? (): void => {} : (line: string): void => console.log(line);
  const marked = new DigestTable();
  // Distribution says how many blobs there are before it names them.
  const last: string[] = [];
  let manifests = 0;
  let blobs = 0;
  const printers: Partial<Record<Removal["kind"], (removal: Removal) => void>> = {
    manifest: (removal) => {
      if (removal.kind !== "manifest") return;
      manifests++;
      const tags = removal.tags.join(" ");
      print(`manifest eligible for deletion: {${removal.name} ${removal.digest} [${tags}]}`);
    },
    blob: (removal) => {
      if (removal.kind !== "blob") return;
      blobs++;
      if (!isQuiet) last.push(`blob eligible for deletion: ${removal.digest}`);
    },
    layer: (removal) => {
      if (removal.kind !== "layer" || isQuiet) return;
      last.push(`${removal.name}: layer link eligible for deletion: ${removal.digest}`);
    },
  };
  return {
    repository: (name) => print(name),
    kept: (name, digest, what) => {
      if (!marked.mark(digest)) return;
      // The blank after the digest of a manifest is distribution's.
      print(`${name}: marking ${what} ${digest}${what === "manifest" ? " " : ""}`);
    },
    problem: ({ what, problem }) => console.error(`berth garbage-collect: ${what}: ${problem}`),
    removal: (removal, fate) => {
      if (fate !== "spared") printers[removal.kind]?.(removal);
    },
    end: ({ blobsMarked }) => {
      print(
        `\n${blobsMarked} blobs marked, ${blobs} blobs and ${manifests} manifests eligible for deletion`,
      );
      for (const line of last) print(line);
    },
  };
}
