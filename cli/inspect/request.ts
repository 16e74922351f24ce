/**
 * What `berth inspect` is asked.
 *
 * @module
 */

import { type Digest, parseDigest } from "../../storage/digest.ts";
import {
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
} from "../../storage/names.ts";
import type { CommandArgs } from "../command.ts";
import { UsageError } from "../errors.ts";
import { parseDuration } from "../duration.ts";
import { readStoreRoot } from "../store_root.ts";

export const FORMATS = ["table", "tree", "json"] as const;

export type Format = (typeof FORMATS)[number];

/** A repository, or one manifest of it. */
export interface Target {
  readonly name: RepositoryName;
  /** `null` for the whole repository. */
  readonly reference: Tag | Digest | null;
}

/** What is to be inspected, and how. */
export interface InspectRequest {
  readonly root: string;
  /** `null` for the whole store. */
  readonly target: Target | null;
  readonly format: Format;
  /** Whether only what waits for listeners is looked at. */
  readonly isOfEvents: boolean;
  readonly isVerifying: boolean;
  /** Blobs that were not written or touched since are not verified; milliseconds since 1970. */
  readonly sinceMs: number;
  readonly isRepairing: boolean;
  /** Whether to repair without asking. */
  readonly isAgreed: boolean;
}

/** Reads the arguments. Throws a `UsageError` for what cannot be understood. */
export function readRequest(args: CommandArgs, nowMs: number): InspectRequest {
  const [config, operand] = sortOperands(args.operands);
  const since = args.text("since");
  const isVerifying = args.isSet("verify");
  const isRepairing = args.isSet("repair");
  const isOfEvents = args.isSet("events");
  if (isOfEvents && (operand !== null || isVerifying || isRepairing)) {
    throw new UsageError("Flag --events is about the whole store, and only looks; pass it alone");
  }
  if (since !== null && !isVerifying) throw new UsageError("Flag --since needs --verify");
  if (args.isSet("yes") && !isRepairing) throw new UsageError("Flag --yes needs --repair");
  return {
    root: rootOf(args, config),
    target: operand === null ? null : parseTarget(operand),
    format: parseFormat(args.text("format") ?? "table"),
    isOfEvents,
    isVerifying,
    sinceMs: since === null ? -Infinity : parseSince(since, nowMs),
    isRepairing,
    isAgreed: args.isSet("yes"),
  };
}

/** A path is told from a repository by how it begins or ends, unless both are given. */
function sortOperands(
  [first, second]: readonly string[],
): readonly [config: string | null, target: string | null] {
  if (first === undefined) return [null, null];
  const isConfig = second !== undefined || /^[./]|\.ya?ml$/.test(first);
  return isConfig ? [first, second ?? null] : [null, first];
}

function rootOf(args: CommandArgs, config: string | null): string {
  const root = args.text("root");
  if (root === null) return readStoreRoot(config);
  if (config === null) return root;
  throw new UsageError("CONFIG and --root both name a store; give one of them");
}

function parseFormat(text: string): Format {
  const format = FORMATS.find((each) => each === text);
  if (format !== undefined) return format;
  throw new UsageError(`Cannot use --format "${text}": expected ${FORMATS.join(", ")}`);
}

/** Parses `REPO`, `REPO:TAG` and `REPO@DIGEST`. Throws a `UsageError` for anything else. */
export function parseTarget(text: string): Target {
  const at = text.indexOf("@");
  const end = at >= 0 ? at : text.lastIndexOf(":");
  const name = parseRepositoryName(end < 0 ? text : text.slice(0, end));
  const rest = end < 0 ? null : text.slice(end + 1);
  const reference = rest === null ? null : at >= 0 ? parseDigest(rest) : parseTag(rest);
  if (name !== null && (rest === null || reference !== null)) return { name, reference };
  throw new UsageError(`Cannot use "${text}": expected REPO, REPO:TAG or REPO@DIGEST`);
}

const TIME_REGEXP = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/;

/** Parses a time (RFC 3339, or a day in UTC) or a duration before now. Throws a `UsageError` for anything else. */
export function parseSince(text: string, nowMs: number): number {
  const durationMs = parseDuration(text);
  if (durationMs !== null) return nowMs - durationMs;
  const timeMs = TIME_REGEXP.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new UsageError(
    `Cannot use --since "${text}": expected a time such as 2026-11-20T17:22:00Z, or a duration such as 2d`,
  );
}
