/**
 * A collection that is killed leaves a store in which every tagged image is whole, and the next one ends what it began.
 */

import { assert, assertEquals } from "@std/assert";
import { berthCommand, sendSignal } from "../harness.ts";
import { berthGc, withCopy, withStore } from "./run.ts";
import { snapshot, type StoredImage, type StoreWriter } from "./store.ts";

const REPOSITORIES = ["app", "team/app"] as const;
/** Of each repository. */
const DEAD_IMAGES = 400;
const KEPT_IMAGES = 10;

/** Removals that each collection may tell of before it is killed: among manifests, layer links and blobs. */
const KILLS = [1, 300, 450, 900, 1_500, 2_500] as const;

/** Writes images in repositories that share some of them; returns those that are tagged. */
function writeImages(store: StoreWriter): ReadonlyMap<string, readonly StoredImage[]> {
  return new Map(REPOSITORIES.map((name) => {
    for (let i = 0; i < DEAD_IMAGES; i++) store.image(name, i % 2 === 0 ? `${i}` : `${name} ${i}`);
    const kept = Array.from(
      { length: KEPT_IMAGES },
      (_, i) => store.image(name, `kept ${i}`, [`v${i}`]),
    );
    return [name, kept];
  }));
}

/** Collects a store, and kills that after so many lines; returns whether it was still under way. */
async function collectUntil(root: string, linesMax: number): Promise<boolean> {
  const { command, args } = berthCommand(["gc", "--root", root, "-m", "--min-age", "0s"]);
  const child = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let lines = 0;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    lines += part.split("\n").length - 1;
    if (lines >= linesMax) sendSignal(child, "SIGKILL");
  }
  return (await child.status).signal === "SIGKILL";
}

function assertWhole(
  store: StoreWriter,
  images: ReadonlyMap<string, readonly StoredImage[]>,
  when: string,
): void {
  for (const [name, kept] of images) {
    for (const image of kept) assert(store.hasImage(name, image), `${name} is damaged ${when}`);
  }
}

Deno.test("berth gc ends what collections that were killed have begun", () =>
  withStore(async (store) => {
    const images = writeImages(store);
    const expected = await withCopy(store.root, async (copy) => {
      assertEquals((await berthGc(copy.root, ["-m"])).code, 0);
      return await contentOf(copy.root);
    });
    let killed = 0;
    for (const lines of KILLS) {
      if (await collectUntil(store.root, lines)) killed++;
      assertWhole(store, images, `after a kill at ${lines} lines`);
    }
    assert(killed > 1, `${killed} of the collections were killed before their end`);
    assertEquals((await berthGc(store.root, ["-m"])).code, 0);
    assertEquals(await contentOf(store.root), expected);
  }));

/** Paths and sizes below a root. Times differ, as directories are written to one by one. */
async function contentOf(root: string): Promise<readonly string[]> {
  return (await snapshot(root)).map((line) => line.slice(0, line.lastIndexOf(" ")));
}
