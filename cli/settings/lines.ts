/**
 * On which line of a YAML file each key stands. The parser of `@std/yaml` does not say.
 *
 * @module
 */

/** Where the keys of a file are. */
export interface KeyLines {
  /** Lines from 1, under paths such as `notifications.endpoints[0].url`. */
  readonly lines: ReadonlyMap<string, number>;
  /** Keys that stand in a section a second time, with the line of that. */
  readonly repeated: readonly (readonly [path: string, line: number])[];
}

/** An open block: a key or an item, and how far it is indented. */
interface Block {
  readonly indent: number;
  readonly path: string;
  /** Items of the list so far, when it is one. */
  items: number;
}

const KEY_REGEXP = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#&*!|>'"%@`{}[\],][^#]*?)\s*:(?=\s|$)/;
const BLOCK_TEXT_REGEXP = /^\s*(?:[&!]\S*\s+)*[|>][-+0-9]*\s*(?:#.*)?$/;

/**
 * Finds the lines of block mappings and sequences. What stands in a flow collection, `{}` or `[]`, has no line of its
 * own: that of the nearest parent is right or near.
 */
export function keyLines(yaml: string): KeyLines {
  const lines = new Map<string, number>();
  const repeated: [string, number][] = [];
  const note = (path: string, line: number): void => {
    if (lines.has(path)) repeated.push([path, line]);
    else lines.set(path, line);
  };
  const blocks: Block[] = [{ indent: -1, path: "", items: 0 }];
  let openFlows = 0;
  let openQuote: string | null = null;
  let textIndent: number | null = null;
  for (const [index, line] of yaml.split("\n").entries()) {
    const indent = line.length - line.trimStart().length;
    if (textIndent !== null && (line.trim() === "" || indent > textIndent)) continue;
    textIndent = null;
    let rest = line;
    if (openFlows === 0 && openQuote === null) {
      if (/^\s*(?:#|$|---|\.\.\.|%)/.test(line)) continue;
      rest = enterLine(line, blocks, (path) => note(path, index + 1));
      if (BLOCK_TEXT_REGEXP.test(rest)) {
        textIndent = blocks.at(-1)?.indent ?? 0;
        continue;
      }
    }
    [openFlows, openQuote] = scanFlow(rest, openFlows, openQuote);
  }
  return { lines, repeated };
}

/** Takes the dashes and the key of a line; the result is what follows them. */
function enterLine(line: string, blocks: Block[], note: (path: string) => void): string {
  let rest = line;
  for (;;) {
    const indent = line.length - rest.trimStart().length;
    rest = rest.trimStart();
    const isItem = /^-(?:\s|$)/.test(rest);
    const [whole = "", key = ""] = KEY_REGEXP.exec(rest) ?? [];
    if (!isItem && whole === "") return rest;
    const parent = closeBlocks(blocks, indent, isItem);
    const path = isItem
      ? `${parent.path}[${parent.items++}]`
      : `${parent.path}${parent.path === "" ? "" : "."}${unquote(key)}`;
    note(path);
    blocks.push({ indent, path, items: 0 });
    rest = isItem ? rest.slice(1) : rest.slice(whole.length);
    if (!isItem) return rest;
  }
}

/** The dashes of a list may stand right below the key that it belongs to. */
function closeBlocks(blocks: Block[], indent: number, isItem: boolean): Block {
  const root: Block = { indent: -1, path: "", items: 0 };
  for (;;) {
    const last = blocks.at(-1) ?? root;
    const isOwner = isItem && last.indent === indent && !last.path.endsWith("]");
    if (last.indent < indent || isOwner || blocks.length <= 1) return last;
    blocks.pop();
  }
}

function unquote(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1).replaceAll("''", "'");
  return key.startsWith('"') ? key.slice(1, -1).replace(/\\(["\\])/g, "$1") : key;
}

/** Which brackets and which quote are open at the end of a line. */
function scanFlow(
  text: string,
  openFlows: number,
  openQuote: string | null,
): [flows: number, quote: string | null] {
  let [flows, quote] = [openFlows, openQuote];
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    const isAfterSpace = i === 0 || /[\s,[{:]/.test(text.charAt(i - 1));
    const isBeginning = flows > 0 ? isAfterSpace : isStart(text, i);
    if (quote !== null) {
      if (quote === '"' && character === "\\") i++;
      else if (character === quote) quote = null;
    } else if (character === "#" && isAfterSpace) break;
    else if ((character === '"' || character === "'") && isBeginning) quote = character;
    else if (/[{[]/.test(character) && (flows > 0 || isBeginning)) flows++;
    else if (/[}\]]/.test(character) && flows > 0) flows--;
  }
  return [flows, quote];
}

/** Quotes and brackets count where a value begins: nothing but an anchor or a tag stands before it. */
function isStart(text: string, index: number): boolean {
  return /^\s*(?:[&!]\S+\s+)*$/.test(text.slice(0, index));
}
