import { assertEquals } from "@std/assert";
import { globPattern } from "./glob.ts";

const CASES: readonly [glob: string, fits: readonly string[], fitsNot: readonly string[]][] = [
  ["app", ["app"], ["app/a", "apps", "my-app"]],
  ["team/*", ["team/a", "team/a-b"], ["team", "team/a/b", "teams/a"]],
  ["team/**", ["team/a", "team/a/b"], ["team", "teams/a"]],
  ["**", ["a", "a/b/c"], []],
  ["*/app", ["a/app"], ["app", "a/b/app"]],
  ["**/app", ["a/app", "a/b/app"], ["a/apps"]],
  ["a.b", ["a.b"], ["a-b", "acb"]],
  ["a(b|c)+", ["a(b|c)+"], ["ab"]],
];

for (const [glob, fits, fitsNot] of CASES) {
  Deno.test(`globPattern() of ${glob} matches whole names`, () => {
    const pattern = globPattern(glob);
    assertEquals(fits.filter((name) => !pattern.test(name)), []);
    assertEquals(fitsNot.filter((name) => pattern.test(name)), []);
  });
}
