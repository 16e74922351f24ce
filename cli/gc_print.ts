/**
 * What `berth gc` prints: lines for people, or JSON for programs.
 *
 * @module
 */

import { bytesFreed, type CollectListener, type CollectTotals } from "../gc/collect.ts";
import type { Explanation } from "../gc/explain.ts";
import {
  type CollectPhase,
  type KeepReason,
  type Removal,
  REMOVAL_KINDS,
  type RemovalKind,
} from "../gc/removal.ts";
import type { Digest } from "../storage/digest.ts";
import { formatBytes } from "./format.ts";
import { ProgressLine } from "./progress.ts";

/** Prints a collection as it happens, and its totals at the end. */
export interface GcPrinter extends CollectListener {
  end(totals: CollectTotals): void;
}

/** How much is printed. */
export interface GcPrintOptions {
  readonly isDryRun: boolean;
  readonly isQuiet: boolean;
}

const NOUNS: Readonly<Record<RemovalKind, readonly [one: string, many: string]>> = {
  tag: ["tag", "tags"],
  manifest: ["manifest", "manifests"],
  layer: ["layer link", "layer links"],
  upload: ["upload", "uploads"],
  directory: ["empty directory", "empty directories"],
  repository: ["empty repository", "empty repositories"],
  blob: ["blob", "blobs"],
  staged: ["staged file", "staged files"],
};

const PHASE_UNITS: Readonly<Record<CollectPhase, string>> = {
  list: "blobs",
  mark: "repositories",
  sweep: "blobs",
};

/** What a removal is about, as a client would name it. */
export function subjectOf(removal: Removal): string {
  switch (removal.kind) {
    case "tag":
      return `${removal.name}:${removal.tag}`;
    case "upload":
      return `${removal.name} ${removal.id}`;
    case "repository":
      return removal.name;
    case "blob":
      return removal.digest;
    case "staged":
      return removal.file;
    default:
      return `${removal.name}@${removal.digest}`;
  }
}

/** Prints a line for each removal, and a summary. Problems and progress go to stderr. */
export function textPrinter({ isDryRun, isQuiet }: GcPrintOptions): GcPrinter {
  const progress = new ProgressLine();
  return {
    phase: (phase, done, total) => {
      progress.update({ doing: phase, done, total, unit: PHASE_UNITS[phase] });
    },
    problem: ({ what, problem }) => progress.say(`berth gc: ${what}: ${problem}`),
    removal: (removal, fate) => {
      if (isQuiet || fate === "spared") return;
      const size = removal.bytes > 0 ? `, ${formatBytes(removal.bytes)}` : "";
      progress.clear();
      console.log(`${NOUNS[removal.kind][0]} ${subjectOf(removal)}: ${removal.reason}${size}`);
    },
    end: (totals) => {
      progress.clear();
      for (const line of summaryLines(totals, isDryRun)) console.log(line);
    },
  };
}

function summaryLines(totals: CollectTotals, isDryRun: boolean): readonly string[] {
  const verb = isDryRun ? "Would remove" : "Removed";
  const parts = REMOVAL_KINDS.flatMap((kind) => {
    const { count, bytes } = totals.removed[kind];
    if (count === 0) return [];
    const size = bytes > 0 ? ` (${formatBytes(bytes)})` : "";
    return [`${count} ${NOUNS[kind][count === 1 ? 0 : 1]}${size}`];
  });
  const spared = totals.spared === 0
    ? []
    : [`Spared ${totals.spared} that somebody came to rely on meanwhile`];
  const problems = totals.problems.length === 0
    ? []
    : [`Found ${totals.problems.length} problems; what they are about was kept`];
  return [
    `${verb} ${parts.length === 0 ? "nothing" : parts.join(", ")}`,
    ...spared,
    ...problems,
    `${isDryRun ? "Would free" : "Freed"} ${formatBytes(bytesFreed(totals))}; ` +
    `${totals.blobsMarked} blobs stay`,
  ];
}

/** Prints one JSON object for each removal and problem, and a last one for the totals. */
export function jsonPrinter({ isDryRun, isQuiet }: GcPrintOptions): GcPrinter {
  return {
    problem: (problem) => console.log(JSON.stringify({ type: "problem", ...problem })),
    removal: (removal, fate) => {
      if (!isQuiet) console.log(JSON.stringify({ type: "removal", fate, ...removal }));
    },
    end: ({ removed, spared, blobsMarked, problems }) => {
      const bytes = REMOVAL_KINDS.reduce((sum, kind) => sum + removed[kind].bytes, 0);
      const summary = { isDryRun, bytes, removed, spared, blobsMarked, problems: problems.length };
      console.log(JSON.stringify({ type: "summary", ...summary }));
    },
  };
}

/** Says why a digest is kept, or what would remove it. */
export function explanationLines(
  digest: Digest,
  { kept, removals }: Explanation,
): readonly string[] {
  if (kept.length === 0 && removals.length === 0) {
    return [`${digest} is not in the store, or is too young to be looked at`];
  }
  const keptLines = kept.flatMap(({ name, links }) => [
    `${digest} is kept by ${name}:`,
    ...links.map(({ reason }, depth) => `${"  ".repeat(depth + 1)}${reasonText(reason)}`),
  ]);
  const removalLines = removals.map((removal) =>
    `${NOUNS[removal.kind][0]} ${subjectOf(removal)} would be removed: ${removal.reason}`
  );
  return [...keptLines, ...removalLines];
}

function reasonText(reason: KeepReason): string {
  switch (reason.kind) {
    case "tagged":
      return `tagged ${reason.tag}`;
    case "history":
      return `in the history of the tag ${reason.tag}, whose link is damaged`;
    case "untagged":
      return "no tag leads to it, but --delete-untagged is not given";
    case "young":
      return "touched within --min-age";
    case "out of scope":
      return "the repository does not match --repo";
    case "unreadable neighbour":
      return "a manifest of the repository cannot be read, and might need it";
    case "named":
      return `named by ${reason.of}, whose type is not known`;
    default:
      return `${reason.kind} of ${reason.of}`;
  }
}
