import { assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";

/** What a line is completed with; the last word is the one that the cursor is at. */
const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["berth ga", ["garbage-collect"]],
  ["berth gc --d", ["--delete-untagged", "--dry-run"]],
  ["berth serve --read", ["--read-only"]],
  ["berth inspect --format ", ["json", "table", "tree"]],
  ["berth inspect --format j", ["json"]],
  ["berth digest -a sha5", ["sha512"]],
  ["berth completions ", ["bash", "fish", "zsh"]],
  ["berth help ins", ["inspect"]],
  ["berth gc --keep-last ", []],
  ["berth serve --root dir", ["directory/"]],
  ["berth digest a\\ f", ["a file"]],
];

/** Runs a function in a directory that holds a script of completions, a directory and a file. */
async function withScript(
  shell: string,
  body: (script: string, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("completions", async (directory) => {
    const { code, stdout, stderr } = await runBerth(["completions", shell]);
    assertEquals([code, stderr], [0, ""]);
    await Deno.mkdir(`${directory}/directory`);
    await Deno.writeTextFile(`${directory}/a file`, "");
    await Deno.writeTextFile(`${directory}/_berth`, stdout);
    await body(`${directory}/_berth`, directory);
  });
}

async function linesOf(
  directory: string,
  command: string,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const { stdout, stderr } = await runProgram(command, args, { cwd: directory });
  assertEquals(stderr, "");
  return stdout.split("\n").filter((line) => line !== "").toSorted();
}

/** Splits as bash does before it asks: `--flag=value` in three, names in one. */
const ASK_BASH = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _berth; printf "%s\\n" "\${COMPREPLY[@]}"`;

testWithPrograms(
  ["bash"],
  "berth completions bash completes in bash",
  () =>
    withScript("bash", async (script, directory) => {
      const ask = (words: readonly string[]): Promise<readonly string[]> =>
        linesOf(directory, "bash", "--norc", "-c", ASK_BASH, "bash", script, ...words);
      for (const [line, words] of CASES) {
        const typed = line.replace("\\ ", "\0").split(" ").map((word) => word.replace("\0", " "));
        const expected = words.map((word) => word.replace(/\/$/, "")).toSorted();
        assertEquals(await ask(typed), expected, line);
      }
      assertEquals(await ask(["berth", "inspect", "--format", "=", "t"]), ["table", "tree"]);
      assertEquals(await ask(["berth", "inspect", "--format", "="]), ["json", "table", "tree"]);
    }),
);

testWithPrograms(
  ["fish"],
  "berth completions fish completes in fish",
  () =>
    withScript("fish", async (script, directory) => {
      for (const [line, words] of CASES) {
        const code = `source ${script}; complete --do-complete '${line.replace("\\", "\\\\")}'`;
        const found = await linesOf(directory, "fish", "--no-config", "-c", code);
        assertEquals(found.map((row) => row.split("\t")[0]), words.toSorted(), line);
      }
    }),
);

/** Types into a zsh that a terminal is pretended to, asks it to complete, and prints the line as it is then. */
const TYPE_ZSH = `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "autoload -U compinit; compinit -u -D; source $1; unsetopt automenu"
zpty -w shell 'show() { zle -I; print -r "<$BUFFER>" }; zle -N show; bindkey "^X" show'
zpty -w shell 'bindkey "^I" complete-word; stty cols 200; PROMPT=re""ady'
zpty -r shell shown '*ready*'
zpty -n -w shell "$2"$'\\t\\x18'
zpty -r shell shown '*<*>*'
print -r -- "$shown"`;

testWithPrograms(
  ["zsh"],
  "berth completions zsh completes in zsh",
  () =>
    withScript("zsh", async (script, directory) => {
      // Where there are several words, the line stays as it is.
      for (const [line, [word = "", ...others]] of CASES) {
        const { stdout } = await runProgram("zsh", ["-f", "-c", TYPE_ZSH, "zsh", script, line], {
          cwd: directory,
        });
        const [, completed = ""] = /<(berth [^>]*)>/.exec(stdout) ?? [];
        const isCertain = word !== "" && others.length === 0;
        const start = line.slice(0, line.replace("\\ ", "__").lastIndexOf(" ") + 1);
        const expected = isCertain ? `${start}${word.replace(" ", "\\ ")}` : line.trimEnd();
        assertStringIncludes(completed, expected, line);
      }
    }),
);

for (const shell of ["bash", "fish", "zsh"]) {
  const check = shell === "fish" ? "--no-execute" : "-n";
  testWithPrograms(
    [shell],
    `berth completions ${shell} is a script that ${shell} can read`,
    () =>
      withScript(shell, async (script, directory) => {
        assertEquals(await linesOf(directory, shell, check, script), []);
      }),
  );
}

Deno.test("berth completions names the shells that it knows", async () => {
  const { code, stderr } = await runBerth(["completions", "tcsh"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'Cannot complete for "tcsh": expected one of bash, zsh, fish');
  assertEquals((await runBerth(["completions"])).code, 2);
});
