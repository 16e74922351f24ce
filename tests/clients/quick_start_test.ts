import { blobsOf, makeImage, makeLayer, writeLayout } from "../images.ts";
import { assertLayout } from "./sample.ts";
import { testSkopeo } from "./skopeo.ts";

const README = new URL("../../README.md", import.meta.url);

/** The fenced block that follows this comment of the README holds the commands. */
const MARKER = "<!-- quick start: push and pull -->";

/** Where the README lets berth listen. */
const ADDRESS_REGEXP = /\b(?:localhost|127\.0\.0\.1):5000\b/g;

testSkopeo("the README's quick start pushes an image and pulls it again", async (tools, berth) => {
  const script = quickStart(await Deno.readTextFile(README));
  const text = new TextEncoder().encode("hello\n");
  const image = makeImage("oci", "amd64", [
    makeLayer("oci", "gzip", [{ path: "hello.txt", content: text }]),
  ]);
  await writeLayout(`${tools.directory}/hello`, "latest", image.manifest, blobsOf(image));
  await tools.run("sh", "-euc", script.replaceAll(ADDRESS_REGEXP, berth.host));
  await assertLayout(`${tools.directory}/pulled`, image.manifest, blobsOf(image));
});

function quickStart(readme: string): string {
  const [_, rest] = readme.split(MARKER);
  const block = /^\s*```\w*\n(.*?)\n```/s.exec(rest ?? "");
  if (block?.[1] === undefined) {
    throw new Error(`Cannot find a fenced block after "${MARKER}" in README.md; add it there`);
  }
  return block[1];
}
