/**
 * `berth gc`: removes what nothing needs.
 *
 * @module
 */

import { collect, type CollectOptions, type CollectTotals } from "../gc/collect.ts";
import { explain } from "../gc/explain.ts";
import { parseDigest } from "../storage/digest.ts";
import { globPattern } from "../storage/glob.ts";
import { GC_MIN_AGE_MS, GC_UPLOAD_AGE_MS } from "../storage/limits.ts";
import { openStore, type Store } from "../storage/store.ts";
import { type Command, type CommandArgs, type Flag, flag } from "./command.ts";
import { readConfigRoot } from "./config.ts";
import { EXIT, UsageError } from "./errors.ts";
import { distributionPrinter } from "./gc_distribution.ts";
import { explanationLines, type GcPrinter, jsonPrinter, textPrinter } from "./gc_print.ts";
import { parseRule, parseRules, type RetentionRules } from "./gc_rules.ts";
import { parseDuration, SETTINGS } from "./settings.ts";
import { openExistingDriver } from "./wire.ts";
import { readYaml } from "./yaml.ts";

const SHARED_FLAGS: readonly Flag[] = [
  flag("root", "directory of the store", { placeholder: "DIR", fallback: SETTINGS.root.fallback }),
  flag("dry-run", "say what would go, and remove nothing", { letter: "d" }),
  flag("delete-untagged", "remove manifests that no tag leads to", { letter: "m" }),
  flag("quiet", "print the totals only", { letter: "q" }),
  flag("min-age", "leave alone what was touched within this time", {
    placeholder: "AGE",
    fallback: "1h",
  }),
];

/** The command, for the table of commands. */
export const gcCommand: Command = {
  name: "gc",
  summary: "Remove what no tag leads to, beside a running server or without one.",
  operands: "[CONFIG]",
  operandsMax: 1,
  flags: [
    ...SHARED_FLAGS,
    flag("json", "print one JSON object a line"),
    flag("upload-age", "remove uploads that got no bytes within this time", {
      placeholder: "AGE",
      fallback: "7d",
    }),
    flag("repo", "remove only in repositories that match; ** matches any components", {
      placeholder: "GLOB",
    }),
    flag("keep-last", "remove tags but the newest N of each repository", { placeholder: "N" }),
    flag("keep-tags", "never remove tags that match; can be repeated", { placeholder: "REGEX" }),
    flag("older-than", "remove tags older than this", { placeholder: "AGE" }),
    flag("rules", "read retention rules from a YAML file", { placeholder: "FILE" }),
    flag("explain", "say why a digest is kept, or what would remove it", { placeholder: "DIGEST" }),
    flag("wait", "wait for another collection to end, instead of leaving"),
  ],
  examples: [
    ["berth gc --root /var/lib/registry --dry-run -m", "what would go, and how much that frees"],
    [
      "berth gc --root /var/lib/registry -m --keep-last 10 --keep-tags '^v'",
      "beside the running server, from cron",
    ],
    [
      "berth gc --explain sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "why is this still here?",
    ],
  ],
  run: gc,
};

/** Distribution's command: the same collection, with distribution's lines on stdout. */
export const garbageCollectCommand: Command = {
  name: "garbage-collect",
  summary: "Do as berth gc, and print what distribution's command of this name prints.",
  operands: "CONFIG",
  operandsMax: 1,
  flags: SHARED_FLAGS,
  examples: [
    ["berth garbage-collect /etc/docker/registry/config.yml", "as distribution's registry does"],
    [
      "berth garbage-collect -m -q /etc/docker/registry/config.yml",
      "untagged manifests too, quietly",
    ],
  ],
  run: async (args) => {
    if (args.operands.length === 0 && args.text("root") === null) {
      throw new UsageError("Missing CONFIG, the configuration of the registry");
    }
    return await run(args, distributionPrinter(args.isSet("quiet")), () => null);
  },
};

async function gc(args: CommandArgs): Promise<number> {
  const options = { isDryRun: args.isSet("dry-run"), isQuiet: args.isSet("quiet") };
  const rules = readRules(args);
  const target = args.text("explain");
  if (target !== null) return await runExplain(args, target, rules);
  return await run(args, args.isSet("json") ? jsonPrinter(options) : textPrinter(options), rules);
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
  const path = config === undefined ? root ?? SETTINGS.root.fallback : readConfigRoot(config);
  return openStore(openExistingDriver(path));
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
