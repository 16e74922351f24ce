/**
 * `berth gc` and `berth garbage-collect`: how they are called. What they do is loaded when they do it.
 *
 * @module
 */

import { type Command, type Flag, flag } from "./command.ts";
import { UsageError } from "./errors.ts";
import { ROOT_FALLBACK } from "./store_root.ts";

const SHARED_FLAGS: readonly Flag[] = [
  flag("root", "directory of the store", { placeholder: "DIR", fallback: ROOT_FALLBACK }),
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
  run: async (args) => await (await import("./gc_run.ts")).runGc(args),
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
    return await (await import("./gc_run.ts")).runGarbageCollect(args);
  },
};
