import { assert, assertEquals } from "@std/assert";
import { digestBytes } from "../storage/digest.ts";
import { DIGEST_ALONE_BYTES_MAX, DIGEST_ALONE_FILES_MAX } from "../storage/limits.ts";
import { withDirectory } from "../storage/store_kit.ts";
import type { DigestJob } from "./digest_file.ts";
import { type Digested, digestFiles } from "./digest_files.ts";

const encoder = new TextEncoder();

function job(name: string): DigestJob {
  return { name, algorithm: "sha256", isSniffed: false };
}

async function collect(jobs: Iterable<DigestJob>): Promise<readonly Digested<DigestJob>[]> {
  const all: Digested<DigestJob>[] = [];
  for await (const some of digestFiles(jobs)) all.push(...some);
  return all;
}

/** What is told of a file: its digest, or why there is none. */
function told([{ name }, outcome]: Digested<DigestJob>): readonly [string, string] {
  return [name, outcome.kind === "digest" ? outcome.digest : outcome.reason];
}

Deno.test("digestFiles() yields nothing for no jobs", async () => {
  assertEquals(await collect([]), []);
});

Deno.test("digestFiles() keeps the order of thousands of jobs, with those that fail", async () => {
  await withDirectory(async (_driver, root) => {
    const count = DIGEST_ALONE_FILES_MAX * 4 + 1;
    const expected: (readonly [string, string])[] = [];
    for (let index = 0; index < count; index++) {
      const name = `${root}/${index}`;
      const text = encoder.encode(`content ${index}`);
      if (index % 7 === 0) {
        expected.push([name, "No such file or directory"]);
      } else {
        await Deno.writeFile(name, text);
        expected.push([name, digestBytes(text, "sha256")]);
      }
    }
    const all = await collect(expected.map(([name]) => job(name)));
    assertEquals(all.map(told), expected);
  });
});

Deno.test("digestFiles() keeps the order of two large files, whichever is larger", async () => {
  await withDirectory(async (_driver, root) => {
    const sizes = [DIGEST_ALONE_BYTES_MAX + 1, DIGEST_ALONE_BYTES_MAX + 2];
    const contents = sizes.map((size) => new Uint8Array(size));
    const names = sizes.map((size) => `${root}/${size}`);
    for (const [index, name] of names.entries()) {
      await Deno.writeFile(name, contents[index] ?? new Uint8Array());
    }
    const expected = names.map((name, index) =>
      [name, digestBytes(contents[index] ?? new Uint8Array(), "sha256")] as const
    );
    assertEquals((await collect(names.map(job))).map(told), expected);
    assertEquals((await collect(names.toReversed().map(job))).map(told), expected.toReversed());
  });
});

Deno.test("digestFiles() keeps the order of large and small files", async () => {
  await withDirectory(async (_driver, root) => {
    const large = new Uint8Array(DIGEST_ALONE_BYTES_MAX + 1);
    const small = encoder.encode("small");
    await Deno.writeFile(`${root}/large`, large);
    await Deno.writeFile(`${root}/small`, small);
    const digests: Readonly<Record<string, string>> = {
      large: digestBytes(large, "sha256"),
      small: digestBytes(small, "sha256"),
    };
    const names = ["large", "small", "large", "small", "small"];
    const all = await collect(names.map((name) => job(`${root}/${name}`)));
    assertEquals(
      all.map(told),
      names.map((name) => [`${root}/${name}`, digests[name] ?? ""] as const),
    );
  });
});

Deno.test("digestFiles() takes jobs only as they are needed", async () => {
  await withDirectory(async (_driver, root) => {
    await Deno.writeTextFile(`${root}/file`, "");
    let taken = 0;
    function* endless(): Generator<DigestJob, void> {
      for (;; taken++) yield job(`${root}/file`);
    }
    let seen = 0;
    for await (const some of digestFiles(endless())) {
      seen += some.length;
      if (seen > 100_000) break;
    }
    assert(taken < seen + 50_000, `${taken} taken for ${seen}`);
  });
});

Deno.test("digestFiles() reads devices, which have no size, in their turn", async () => {
  const empty = digestBytes(new Uint8Array(), "sha256");
  const names = Array.from({ length: DIGEST_ALONE_FILES_MAX + 1 }, () => "/dev/null");
  assertEquals(
    (await collect(names.map(job))).map(told),
    names.map((name) => [name, empty] as const),
  );
});
