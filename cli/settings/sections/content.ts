/**
 * Settings of what the registry takes, lists and keeps.
 *
 * @module
 */

import { CATALOG_ENTRIES_MAX, TAGS_ENTRIES_MAX } from "../../../storage/limits.ts";
import { duration, integer, number, oneOf, regexp, text, toggle } from "../kinds.ts";
import { ignored, list, required, row, section } from "../nodes.ts";

export const CATALOG = section("The list of repositories.", {
  maxentries: row(
    integer,
    String(CATALOG_ENTRIES_MAX),
    "most repositories that a page may be asked for; the default if less than 1",
  ),
});

export const TAGS = section("The lists of tags.", {
  maxtags: row(
    number,
    String(TAGS_ENTRIES_MAX),
    "most tags on a page for which a client names a number; the default if 0",
  ),
  immutable: list(
    "patterns of tags that keep what they name; berth's own",
    required(text, "a pattern"),
    { isLoose: true },
  ),
});

const PLATFORM = section("one platform", {
  architecture: required(text, "as in image indexes"),
  os: required(text, "as in image indexes"),
});

export const VALIDATION = section("What manifests may say.", {
  enabled: row(toggle, "false", "old opposite of `disabled`", ignored("say validation.disabled")),
  disabled: row(toggle, "false", "whether the rules below are off", { bare: "true" }),
  manifests: section("Rules for manifests.", {
    urls: section("URLs of layers that are elsewhere. Without any rule, none may be there.", {
      allow: list("patterns that URLs must match", required(regexp, "a pattern")),
      deny: list("patterns that URLs must not match", required(regexp, "a pattern")),
    }),
    indexes: section("Manifests that image indexes name.", {
      platforms: row(oneOf("all", "none", "list"), "all", "which have to exist"),
      platformlist: list("platforms, for `list`", PLATFORM),
    }),
  }),
});

export const POLICY = section("What repositories may hold.", {
  repository: section("Rules for repositories.", {
    classes: list("classes of content, by media type", required(text, "a class")),
  }),
});

export const GC = section("Collecting garbage in the running server. berth's own.", {
  interval: row(duration, "0s", "how often the server collects garbage by itself; 0s never"),
  deleteuntagged: row(toggle, "false", "whether that removes manifests that no tag leads to"),
  minage: row(duration, "1h", "what was touched within this time, that leaves alone"),
});
