import { assertEquals, assertThrows } from "@std/assert";
import { BuildError } from "./run.ts";
import { packagesIn, type Script, tidyScripts } from "./tidy_bundle.ts";

/** What a machine would bundle that keeps packages in `cache` and finds other hashes. */
function scriptsOf(cache: string, hash: string): readonly Script[] {
  return [
    { path: "main.js", text: `import { a } from "./chunk-${hash}.js";\na();\n` },
    { path: "cli/worker.js", text: `import { a } from "../chunk-${hash}.js";\n` },
    {
      path: `chunk-${hash}.js`,
      text: `// ${cache}/npm/registry.example/jose/6.2.17/dist/key.js\nfunction a() {}\n` +
        `// ${cache}/npm/registry.example/@a/b/1.0.0/mod.js\n`,
    },
  ];
}

Deno.test("tidyScripts() gives the same files wherever packages are kept", () => {
  const here = tidyScripts(scriptsOf("../../root/.cache/deno", "AAAAAAAA"));
  assertEquals(tidyScripts(scriptsOf("../home/x/.deno", "B2B2B2B2")), here);
  const chunk = here[2]?.path ?? "";
  assertEquals(here[0]?.text, `import { a } from "./${chunk}";\na();\n`);
  assertEquals(here[1]?.text, `import { a } from "../${chunk}";\n`);
  assertEquals(
    here[2]?.text,
    "// jose@6.2.17/dist/key.js\nfunction a() {}\n// @a/b@1.0.0/mod.js\n",
  );
});

Deno.test("tidyScripts() refuses two files that would get one name", () => {
  const scripts = ["AAAAAAAA", "BBBBBBBB"].map((hash) => ({ path: `chunk-${hash}.js`, text: "x" }));
  assertThrows(() => tidyScripts(scripts), BuildError, "two of them are the same");
});

Deno.test("packagesIn() finds packages with and without a scope, each once", () => {
  const scripts = scriptsOf("../cache", "AAAAAAAA");
  assertEquals(packagesIn([...scripts, ...scripts]), [
    { name: "@a/b", version: "1.0.0" },
    { name: "jose", version: "6.2.17" },
  ]);
});
