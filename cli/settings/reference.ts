/**
 * The page that says every setting.
 *
 * @module
 */

import { markdownTable } from "../../registry/markdown.ts";
import { segmentOf } from "./environment.ts";
import type { Node, Row, Section } from "./nodes.ts";
import { TABLE } from "./table.ts";
import { keyPath } from "./written.ts";

interface ReferenceRow {
  readonly path: string;
  /** `null` when no variable can set it. */
  readonly variable: string | null;
  readonly node: Node;
  /** How berth stands to it, or to what it is in. */
  readonly stand: string;
}

const INTRODUCTION = `# Settings

berth reads the configuration of distribution's registry: \`berth serve config.yml\`. Every key can be
set by a variable too, which wins over the file, and some by a flag of \`berth serve\`, which wins
over both. \`REGISTRY_CONFIGURATION_PATH\` names the file when no argument does.

- \`berth serve --check config.yml\` says what is wrong with a file, by line, without starting
  anything.
- \`berth serve --print-config config.yml\` prints every value and where it comes from.
- \`berth serve --print-schema\` prints a JSON Schema for editors.

Values of variables are YAML. \`_N\` in a name is the index of a list's item, from 0, and \`_KEY\` a key
of your choice. Variables are applied in the order of their names, so that
\`REGISTRY_STORAGE=filesystem\` replaces the section \`storage\` and
\`REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\` then goes into it.

Without a file the defaults differ where the table says so. Settings of distribution that berth does
not serve are marked: _not needed_ means that nothing is lost without it, _not served yet_ that
berth starts and says so, and _not served_ that berth does not start when it is asked for.

This page is written by \`deno task docs\` from the table in \`cli/settings/\`.
`;

/** The reference of settings, as a Markdown page. */
export function settingsReference(): string {
  const top = Object.entries(TABLE.children);
  const single = top.filter(([, node]) => node.node === "row");
  const sections = top.filter(([, node]) => node.node !== "row");
  return [
    INTRODUCTION,
    "## On top",
    "",
    table(
      single.flatMap(([key, node]) => rowsOf(node, key, variableOf(TABLE, "REGISTRY", key), "")),
    ),
    ...sections.flatMap(([key, node]) => [
      "",
      `## \`${key}\``,
      "",
      node.meaning,
      "",
      table(rowsOf(node, key, variableOf(TABLE, "REGISTRY", key), "")),
    ]),
    "",
  ].join("\n");
}

function rowsOf(
  node: Node,
  path: string,
  variable: string | null,
  stand: string,
): readonly ReferenceRow[] {
  const own = node.stand === undefined ? stand : standText(node);
  // What is below need not repeat the advice.
  const inherited = own.split(":", 1)[0] ?? "";
  if (node.node === "section") {
    const children = Object.entries(node.children);
    const rows = children.flatMap(([key, child]) =>
      rowsOf(child, keyPath(path, key), variableOf(node, variable, key), inherited)
    );
    const hasRow = children.length === 0 || node.stand !== undefined;
    return hasRow ? [{ path, variable, node, stand: own }, ...rows] : rows;
  }
  if (node.node === "row") return [{ path, variable, node, stand: own }];
  const part = node.node === "list"
    ? { node: node.items, path: `${path}[]`, variable: `${variable}_N` }
    : { node: node.values, path: `${path}.*`, variable: `${variable}_KEY` };
  const below = part.node.node === "section"
    ? rowsOf(part.node, part.path, part.variable, inherited)
    : [];
  return [{ path, variable, node, stand: own }, ...below];
}

/** No variable can name a key with an underscore. */
function variableOf(section: Section, above: string | null, key: string): string | null {
  return above === null || key.includes("_") ? null : `${above}_${segmentOf(section, key)}`;
}

function standText({ stand }: Node): string {
  if (stand === undefined) return "";
  const words = { ignored: "not needed", later: "not served yet", refused: "not served" };
  return `_${words[stand.kind]}_: ${stand.advice}`;
}

function table(rows: readonly ReferenceRow[]): string {
  return markdownTable(
    ["Key", "Kind", "Default", "Meaning", "Variable"],
    rows.map(({ path, variable, node, stand }) => [
      `\`${path}\``,
      kindText(node),
      node.node === "row" ? fallbackText(node) : node.node === "section" ? "" : "empty",
      [node.meaning, flagText(node), stand].filter((part) => part !== "").join("; "),
      variable === null ? "" : `\`${variable}\``,
    ]),
  );
}

function flagText(node: Node): string {
  return node.node === "row" && node.flag !== undefined ? `flag \`--${node.flag}\`` : "";
}

function kindText(node: Node): string {
  if (node.node === "row") return node.kind.name;
  if (node.node === "list") {
    return node.items.node === "row" ? `list: ${node.items.kind.name}` : "list: sections";
  }
  if (node.node === "map") return "map";
  return Object.keys(node.children).length === 0 ? "section without keys" : "section";
}

function fallbackText({ fallback, bare, fallbackWords, isRequired }: Row): string {
  if (fallbackWords !== undefined) return fallbackWords;
  const shown = isRequired ? "required" : fallback === null ? "" : `\`${fallback}\``;
  if (bare === undefined) return shown;
  return shown === ""
    ? `required; without a file \`${bare}\``
    : `${shown}; without a file \`${bare}\``;
}
