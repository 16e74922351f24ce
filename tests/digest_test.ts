import { assertEquals, assertStringIncludes } from "@std/assert";
import { digestBytes, digestHex } from "../storage/digest.ts";
import { berthCommand, withTempDir } from "./harness.ts";
import { testWithPrograms } from "./programs.ts";
import { runBerth, runProgram } from "./run_berth.ts";
import { tarArchive } from "./tar.ts";

const encoder = new TextEncoder();

/** Runs a function in a directory of files. */
function withFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: (cwd: string) => Promise<void>,
): Promise<void> {
  return withTempDir("digest", async (cwd) => {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? encoder.encode(content) : content;
      await Deno.writeFile(`${cwd}/${name}`, bytes);
    }
    await body(cwd);
  });
}

function sha256(text: string): string {
  return digestBytes(encoder.encode(text), "sha256");
}

/** Names that make trouble on a command line or in a list. */
const ODD_NAMES = [" a ", "a b", "*", "(x) = y", "new\nline", "\u{1f433}", "tab\tx", "sha256:x"];

Deno.test("berth digest prints digest, tab and name in the order of its operands", async () => {
  await withFiles({ b: "berth", a: "", "-x": "y" }, async (cwd) => {
    const { code, stdout, stderr } = await runBerth(["digest", "b", "a", "--", "-x"], { cwd });
    const lines = [`${sha256("berth")}\tb`, `${sha256("")}\ta`, `${sha256("y")}\t-x`, ""];
    assertEquals([code, stdout, stderr], [0, lines.join("\n"), ""]);
  });
});

Deno.test("berth digest reads standard input where no file or - is named", async () => {
  await withFiles({ a: "a" }, async (cwd) => {
    const stdin = new Uint8Array(3_000_001).fill(1);
    const digest = digestBytes(stdin, "sha512");
    const [without, named] = await Promise.all([
      runBerth(["digest", "-a", "sha512"], { stdin, cwd }),
      runBerth(["digest", "--algorithm=sha512", "a", "-"], { stdin, cwd }),
    ]);
    assertEquals(without, { code: 0, stdout: `${digest}\t-\n`, stderr: "" });
    const lines = `${digestBytes(encoder.encode("a"), "sha512")}\ta\n${digest}\t-\n`;
    assertEquals(named, { code: 0, stdout: lines, stderr: "" });
  });
});

Deno.test("berth digest goes on after files that cannot be read, and exits with 1", async () => {
  await withFiles({ a: "a" }, async (cwd) => {
    const { code, stdout, stderr } = await runBerth(["digest", "no\nsuch", ".", "a"], { cwd });
    assertEquals([code, stdout], [1, `${sha256("a")}\ta\n`]);
    const lines = [
      "berth digest: no\\u000asuch: No such file or directory",
      "berth digest: .: Is a directory",
      "",
    ];
    assertEquals(stderr, lines.join("\n"));
  });
});

Deno.test("berth digest -r prints what berth digest --check accepts", async () => {
  const files = Object.fromEntries(ODD_NAMES.map((name) => [name, `content of ${name}`]));
  await withFiles(files, async (cwd) => {
    const listed = await runBerth(["digest", "-r", "."], { cwd });
    const names = ODD_NAMES.toSorted();
    assertEquals([listed.code, listed.stderr], [0, ""]);
    assertEquals(listed.stdout.match(/\n/g)?.length, names.length);
    const stdin = Uint8Array.from(encoder.encode(listed.stdout));
    const checked = await runBerth(["digest", "--check"], { cwd, stdin });
    const lines = names.map((name) =>
      name.includes("\n") ? `\\./${name.replace("\n", "\\n")}: OK\n` : `./${name}: OK\n`
    );
    assertEquals(checked, { code: 0, stdout: lines.join(""), stderr: "" });
  });
});

Deno.test("berth digest --json prints a descriptor a line", async () => {
  const index = '{"schemaVersion":2,"manifests":[]}';
  const tar = tarArchive([{ path: "file", content: encoder.encode("x") }]);
  await withFiles({ index, "a\nb": "text", tar }, async (cwd) => {
    const { code, stdout, stderr } = await runBerth(["digest", "--json", "index", "a\nb", "tar"], {
      cwd,
    });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
      {
        mediaType: "application/vnd.oci.image.index.v1+json",
        digest: sha256(index),
        size: index.length,
        annotations: { "org.opencontainers.image.title": "index" },
      },
      {
        mediaType: "application/octet-stream",
        digest: sha256("text"),
        size: 4,
        annotations: { "org.opencontainers.image.title": "a\nb" },
      },
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest: digestBytes(tar, "sha256"),
        size: tar.length,
        annotations: { "org.opencontainers.image.title": "tar" },
      },
    ]);
  });
});

const MISUSES: readonly [args: readonly string[], message: string][] = [
  [["-a", "md5"], 'Cannot use --algorithm "md5": expected one of sha256, sha384, sha512'],
  [["--quiet"], "--quiet needs --check"],
  [["--check", "--json"], "--json has no use with --check"],
  [["--chek"], "Unknown flag --chek; did you mean --check?"],
];

for (const [args, message] of MISUSES) {
  Deno.test(`berth digest ${args.join(" ")} is misuse`, async () => {
    const { code, stdout, stderr } = await runBerth(["digest", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `berth digest: ${message}\nUsage: berth digest [FILE|DIR|- ...]`);
  });
}

Deno.test("berth digest ends quietly when its output is read no further", async () => {
  await withFiles({ a: "a" }, async (cwd) => {
    // More lines than a pipe holds.
    const { command, args } = berthCommand(["digest", ...Array(4_000).fill("a")]);
    const child = new Deno.Command(command, { args, cwd, stdout: "piped", stderr: "piped" })
      .spawn();
    await child.stdout.cancel();
    const stderr = await new Response(child.stderr).text();
    assertEquals([stderr, (await child.status).code], ["", 1]);
  });
});

Deno.test("berth digest exits with 130 when it is interrupted", async () => {
  await withFiles({ a: "a" }, async (cwd) => {
    const { command, args } = berthCommand(["digest", "a", "-"]);
    const child = new Deno.Command(command, { args, cwd, stdin: "piped", stdout: "piped" })
      .spawn();
    const reader = child.stdout.getReader();
    // Once the first line is there, it waits for standard input.
    await reader.read();
    child.kill("SIGINT");
    await reader.cancel();
    assertEquals((await child.status).code, 130);
    await child.stdin.abort();
  });
});

Deno.test({
  name: "berth digest needs no more than --allow-read (where the sources run)",
  ignore: Deno.env.has("BERTH_BINARY"),
  fn: async (): Promise<void> => {
    await withFiles({ a: "a" }, async (cwd) => {
      const main = new URL("../main.ts", import.meta.url).pathname;
      // So many files that workers are started.
      const files: string[] = Array(600).fill("a");
      const args = ["run", "--quiet", "--no-prompt", "--allow-read", main, "digest", ...files];
      const { code, stdout, stderr } = await runProgram(Deno.execPath(), args, { cwd });
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout, `${sha256("a")}\ta\n`.repeat(files.length));
    });
  },
});

testWithPrograms(["mkfifo"], "berth digest reads named pipes in their turn", async () => {
  await withFiles({ a: "a" }, async (cwd) => {
    assertEquals((await runProgram("mkfifo", ["pipe"], { cwd })).code, 0);
    const [{ code, stdout }] = await Promise.all([
      runBerth(["digest", "a", "pipe", "a"], { cwd }),
      Deno.writeTextFile(`${cwd}/pipe`, "through the pipe", { create: false }),
    ]);
    const lines = [`${sha256("a")}\ta`, `${sha256("through the pipe")}\tpipe`];
    assertEquals([code, stdout], [0, `${lines.join("\n")}\n${lines[0]}\n`]);
  });
});

testWithPrograms(["openssl"], "berth digest prints what openssl dgst finds", async () => {
  await withFiles({ zero: "", large: new Uint8Array(5_000_000).fill(7) }, async (cwd) => {
    for (const algorithm of ["sha256", "sha384", "sha512"]) {
      const openssl = await runProgram(
        "openssl",
        ["dgst", `-${algorithm}`, "-r", "zero", "large"],
        {
          cwd,
        },
      );
      const expected = openssl.stdout.replace(/^(\w+) \*/gm, `${algorithm}:$1\t`);
      const { stdout } = await runBerth(["digest", "-a", algorithm, "zero", "large"], { cwd });
      assertEquals(stdout, expected);
      const checked = await runBerth(["digest", "--check", "-"], {
        cwd,
        stdin: Uint8Array.from(encoder.encode(openssl.stdout)),
      });
      assertEquals(checked, { code: 0, stdout: "zero: OK\nlarge: OK\n", stderr: "" });
    }
  });
});

testWithPrograms(["sha256sum"], "sha256sum and berth digest list the same digests", async () => {
  const files = Object.fromEntries(ODD_NAMES.map((name) => [name, `content of ${name}`]));
  await withFiles(files, async (cwd) => {
    const listed = await runProgram("sha256sum", ["--", ...ODD_NAMES], { cwd });
    const { stdout } = await runBerth(["digest", "--", ...ODD_NAMES], { cwd });
    assertEquals(stdout, listed.stdout.replace(/^(\\?)(\w+) [ *]/gm, "$1sha256:$2\t"));
  });
});

/** Lists about the files `a` and `b`, with the switches that change what is said of them. */
function lists(): Readonly<Record<string, string>> {
  const a = digestHex(digestBytes(encoder.encode("a"), "sha256"));
  const b = digestHex(digestBytes(encoder.encode("b"), "sha256"));
  return {
    good: `${a}  a\n${b} *b\n# comment\n\n`,
    tagged: `SHA256 (a) = ${a}\n\\SHA256 (new\\nline) = ${a}\n`,
    escaped: `\\${a}  new\\nline\n${a}  a\r\n${a.toUpperCase()}  a`,
    one_wrong: `${b}  a\n${b}  b\n`,
    two_wrong: `${b}  a\n${a}  b\n`,
    one_missing: `${a}  a\n${a}  missing\n`,
    only_missing: `${a}  missing\n${a}  gone\n`,
    one_unreadable: `${a}  .\n${a}  a\n`,
    one_bad_line: `berth\n${a}  a\n`,
    two_bad_lines: `${a}  a\n0${a}  a\n\\${a}  a\\q\n`,
    everything: `${a}  a\n${b}  a\nberth\n${a}  missing\n${a}  .\n${a}  b\n`,
    nothing: "",
    words: "berth\ndigest\n",
  };
}

const SWITCHES: readonly (readonly string[])[] = [
  [],
  ["--quiet"],
  ["--status"],
  ["--strict"],
  ["--warn"],
  ["--ignore-missing"],
  ["--ignore-missing", "--quiet", "--strict"],
];

for (const switches of SWITCHES) {
  const name = ["berth digest", "--check", ...switches].join(" ");
  testWithPrograms(["sha256sum"], `${name} says what sha256sum says`, async () => {
    await withFiles({ a: "a", b: "b", "new\nline": "a", ...lists() }, async (cwd) => {
      for (
        const args of [...Object.keys(lists()).map((list) => [list]), ["good", "absent", "words"]]
      ) {
        const options = { cwd, env: { LC_ALL: "C" } };
        const [theirs, ours] = await Promise.all([
          runProgram("sha256sum", ["--check", ...switches, ...args], options),
          runBerth(["digest", "--check", ...switches, ...args], options),
        ]);
        const expected = theirs.stderr.replaceAll(/^\S*sha256sum: /gm, "berth digest: ");
        // Both say the same, but berth reads some lines of a list before it says what came of the first.
        assertEquals(
          { ...ours, stderr: ours.stderr.split("\n").toSorted() },
          { ...theirs, stderr: expected.split("\n").toSorted() },
          args.join(" "),
        );
      }
    });
  });
}

Deno.test("berth digest --check -a refuses lines of other algorithms", async () => {
  const bytes = encoder.encode("a");
  const list = `${digestBytes(bytes, "sha256")}\ta\n${digestBytes(bytes, "sha384")}\ta\n`;
  await withFiles({ a: "a", list }, async (cwd) => {
    const any = await runBerth(["digest", "--check", "--strict", "list"], { cwd });
    assertEquals(any, { code: 0, stdout: "a: OK\na: OK\n", stderr: "" });
    const one = await runBerth(["digest", "-c", "-w", "--strict", "-a", "sha384", "list"], { cwd });
    assertEquals([one.code, one.stdout], [1, "a: OK\n"]);
    assertStringIncludes(one.stderr, "list: 1: improperly formatted SHA384 checksum line\n");
  });
});
