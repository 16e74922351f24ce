/**
 * The process: arguments in, exit code out.
 *
 * @module
 */

import { runCli } from "./cli/main.ts";

if (import.meta.main) Deno.exit(await runCli(Deno.args));
