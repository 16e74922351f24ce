/**
 * What `berth gc` and `berth garbage-collect` do.
 *
 * @module
 */

import { collect, type CollectOptions, type CollectTotals } from "../gc/collect.ts";
import { explain } from "../gc/explain.ts";
import { parseDigest } from "../storage/digest.ts";
import { globPattern } from "../storage/glob.ts";
import { GC_MIN_AGE_MS, GC_UPLOAD_AGE_MS } from "../storage/limits.ts";
import { openStore, type Store } from "../storage/store.ts";
import type { CommandArgs } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";
import { distributionPrinter } from "./gc_distribution.ts";
import { explanationLines, type GcPrinter, jsonPrinter, textPrinter } from "./gc_print.ts";
import { parseRule, parseRules, type RetentionRules } from "./gc_rules.ts";
import { parseDuration } from "./duration.ts";
import { readStoreRoot } from "./store_root.ts";
import { openExistingDriver } from "./wire.ts";
import { readYaml } from "./yaml.ts";

/** Collects, or explains a digest; the result is the exit code. */
export async function runGc(args: CommandArgs): Promise<number> {
  const options = { isDryRun: args.isSet("dry-run"), isQuiet: args.isSet("quiet") };
  const rules = readRules(args);
  const target = args.text("explain");
  if (target !== null) return await runExplain(args, target, rules);
  return await run(args, args.isSet("json") ? jsonPrinter(options) : textPrinter(options), rules);
}

/** Collects with distribution's lines on stdout; the result is the exit code. */
export async function runGarbageCollect(args: CommandArgs): Promise<number> {
  return await run(args, distributionPrinter(args.isSet("quiet")), () => null);
}

async function run(
  args: CommandArgs,
  printer: GcPrinter,
  rules: RetentionRules,
): Promise<number> {
  const options = readOptions(args, rules);
  const store = openTarget(args);
  const totals = await collect(store, options, printer);
  store.gate.close();
  if (totals === null) {
    console.error("berth gc: another collection of this store is under way; --wait waits for it");
    return EXIT.failed;
  }
  printer.end(totals);
  return exitCodeOf(totals);
}

function exitCodeOf({ problems }: CollectTotals): number {
  return problems.length > 0 ? EXIT.failed : EXIT.done;
}

async function runExplain(
  args: CommandArgs,
  text: string,
  rules: RetentionRules,
): Promise<number> {
  const digest = parseDigest(text);
  if (digest === null) throw new UsageError(`Cannot use --explain "${text}": it is no digest`);
  const explanation = await explain(openTarget(args), digest, readOptions(args, rules));
  const lines = explanationLines(digest, explanation);
  console.log(lines.join("\n"));
  return explanation.kept.length + explanation.removals.length > 0 ? EXIT.done : EXIT.failed;
}

function openTarget(args: CommandArgs): Store {
  const [config] = args.operands;
  const root = args.text("root");
  if (config !== undefined && root !== null) {
    throw new UsageError("CONFIG and --root both name a store; give one of them");
  }
  return openStore(openExistingDriver(root ?? readStoreRoot(config ?? null)));
}

function readOptions(args: CommandArgs, rules: RetentionRules): CollectOptions {
  const glob = args.text("repo");
  const pattern = glob === null ? null : globPattern(glob);
  return {
    isDryRun: args.isSet("dry-run"),
    isPatient: args.isSet("wait"),
    deleteUntagged: args.isSet("delete-untagged"),
    minAgeMs: readAge(args, "min-age") ?? GC_MIN_AGE_MS,
    uploadAgeMs: readAge(args, "upload-age") ?? GC_UPLOAD_AGE_MS,
    isInScope: (name) => pattern === null || pattern.test(name),
    retention: rules,
    nowMs: () => performance.now(),
  };
}

function readAge(args: CommandArgs, name: string): number | null {
  const text = args.text(name);
  if (text === null) return null;
  const ageMs = parseDuration(text);
  if (ageMs !== null) return ageMs;
  throw new UsageError(
    `Cannot use --${name} "${text}": expected a duration such as 90s, 15m, 1h or 30d`,
  );
}

function readRules(args: CommandArgs): RetentionRules {
  const written = {
    keepLast: args.text("keep-last"),
    keepTags: args.texts("keep-tags"),
    olderThan: args.text("older-than"),
  };
  const hasFlags = written.keepLast !== null || written.olderThan !== null ||
    written.keepTags.length > 0;
  const file = args.text("rules");
  if (file === null) {
    const rule = hasFlags ? parseRule(written, "the retention flags") : null;
    return () => rule;
  }
  if (hasFlags) throw new UsageError("--rules and the retention flags exclude each other");
  return parseRules(readYaml(file, "rules"), file);
}
