import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { targetOfThisMachine } from "../../deploy/build/targets.ts";
import { digestBytes } from "../../storage/digest.ts";
import { testUnless, whyNothingCompiles } from "../binary/compiling.ts";
import { BERTH_BINARY, findProgram, withTempDir } from "../harness.ts";
import { type Ended, runBerth, runProgram } from "../run_berth.ts";
import { deployed } from "./install.ts";

const target = targetOfThisMachine();
const reason = findProgram("git") === null || target === null
  ? "needs git, and a machine that releases are made for"
  : await whyNothingCompiles();

/** Makes a release of the last commit in a clone of the repository. */
async function releaseIn(clone: string): Promise<Ended> {
  const cloned = await runProgram("git", ["clone", "--quiet", deployed(".."), clone]);
  assertEquals(cloned.code, 0, cloned.stderr);
  const args = ["task", "--quiet", "release", "--target", target?.name ?? ""];
  return await runProgram(Deno.execPath(), args, { cwd: clone });
}

testUnless(
  reason,
  "a release holds what its checksums say, and the same bytes wherever it is made",
  () =>
    withTempDir("release", async (directory) => {
      const clone = `${directory}/another/place`;
      const { code, stderr } = await releaseIn(clone);
      assertEquals([code, stderr], [0, ""]);
      const release = `${clone}/dist/release`;
      const names = [...Deno.readDirSync(release)].map(({ name }) => name).toSorted();
      assertEquals(
        names,
        ["LICENSES.txt", "SHA256SUMS", "berth.spdx.json", target?.file ?? ""].toSorted(),
      );
      const check = await runBerth(["digest", "--check", "--strict", "SHA256SUMS"], {
        cwd: release,
      });
      assertEquals([check.code, check.stderr], [0, ""], check.stdout);

      const made = `${release}/${target?.file}`;
      const { stdout: version } = await runProgram(made, ["--version"]);
      assertMatch(version, /^berth \S+ \(commit [0-9a-f]{12}, Deno/);
      const bill = JSON.parse(await Deno.readTextFile(`${release}/berth.spdx.json`));
      for (const { name, versionInfo } of bill.packages) {
        if (name === "deno") assertStringIncludes(version, `Deno ${versionInfo}, `);
        if (name === "v8") assertStringIncludes(version, `V8 ${versionInfo})`);
      }
      // The executable that is tested is of the same commit, unless files were changed since.
      if ((await runBerth(["--version"])).stdout !== version) return;
      const digests = [made, BERTH_BINARY ?? ""]
        .map((path) => digestBytes(Deno.readFileSync(path), "sha256"));
      assertEquals(digests[0], digests[1]);
    }),
);
