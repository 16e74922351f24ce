/**
 * The sections of the bench: to add one, add a line.
 *
 * @module
 */

import { runDigestSection } from "./digest.ts";
import { runGcSection } from "./gc.ts";
import { runGrowthSection } from "./gc_growth.ts";
import { runLoginSection } from "./login.ts";
import { runRegistrySection } from "./registry_section.ts";
import type { Section } from "./section.ts";
import { runStartupSection } from "./startup.ts";
import { runWatchedSection } from "./watched.ts";

/** Every section, in the order in which they run. */
export const SECTIONS: readonly Section[] = [
  {
    name: "registry",
    summary: "the server beside docker-registry, nginx, dd and openssl",
    run: runRegistrySection,
  },
  {
    name: "gc",
    summary: "collection beside docker-registry, and beside pushes",
    run: runGcSection,
  },
  { name: "growth", summary: "collection of growing stores", run: runGrowthSection },
  { name: "digest", summary: "digests beside openssl and sha256sum", run: runDigestSection },
  {
    name: "startup",
    summary: "the executable of BERTH_BINARY, beside one that says hello",
    run: runStartupSection,
  },
  { name: "login", summary: "what each way to be let in costs", run: runLoginSection },
  {
    name: "watched",
    summary: "what logs, metrics and notifications cost",
    run: runWatchedSection,
  },
];
