/**
 * Makes `dist/berth`, the executable for this machine: `deno task compile`.
 *
 * @module
 */

import { readBuildFacts } from "./build_facts.ts";
import { bundle } from "./bundle.ts";
import { buildingDeno, compileProgram } from "./compile_program.ts";
import { runScript } from "./run.ts";
import { REPOSITORY_ROOT } from "./sources.ts";

const OUTPUT = Deno.build.os === "windows" ? "dist/berth.exe" : "dist/berth";

await runScript(async () => {
  const deno = buildingDeno();
  const facts = await readBuildFacts();
  const program = await bundle(deno, "dist/bundle", facts);
  await compileProgram(deno, program, null, `${REPOSITORY_ROOT}${OUTPUT}`);
  console.log(`${OUTPUT}: berth ${facts.version}, commit ${facts.commit}`);
  return 0;
});
