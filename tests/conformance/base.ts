/**
 * Cases of what holds for the whole API: the version check, warnings, and the hint for proxies.
 *
 * @module
 */

import { assert, assertMatch } from "@std/assert";
import type { ConformanceCase } from "./case.ts";
import { expectContent, expectHeader, expectStatus } from "./expect.ts";
import { pushBlobs } from "./push_blobs.ts";
import { pullTags } from "./read.ts";

/** Most bytes of warnings that one answer may have (OCI distribution spec, "Warnings"). */
const WARNINGS_BYTES_MAX = 4096;

// RFC 7234, section 5.5, narrowed by the spec: code 299, agent "-", no date.
const WARNINGS_REGEXP = /^299 - "(?:[^"\\]|\\.)*"(?:, 299 - "(?:[^"\\]|\\.)*")*$/;

export const BASE_CASES: readonly ConformanceCase[] = [
  {
    id: "base/ping",
    name: "GET of /v2/ answers 200",
    covers: ["dev/ping"],
    run: async ({ registry }) => {
      expectStatus(await registry.send("GET", "/v2/"), 200);
    },
  },
  {
    id: "base/warnings",
    name: "warnings are of code 299 and 4096 bytes at most",
    covers: [],
    run: async ({ registry, repository, blob }) => {
      const content = blob();
      await pushBlobs(repository, [content]);
      const answers = [
        await registry.send("GET", "/v2/"),
        await repository.send("GET", `blobs/${content.descriptor.digest}`),
        await pullTags(repository),
      ];
      for (const { headers } of answers) {
        const warnings = headers.get("Warning");
        if (warnings === null) continue;
        assertMatch(warnings, WARNINGS_REGEXP);
        assert(warnings.length <= WARNINGS_BYTES_MAX, `${warnings.length} bytes of warnings`);
      }
    },
  },
  {
    id: "base/ns",
    name: "a pull with an ns parameter answers the content",
    covers: [],
    run: async ({ repository, blob }) => {
      const content = blob();
      await pushBlobs(repository, [content]);
      const host = "registry.example.com";
      const answer = await repository.send("GET", `blobs/${content.descriptor.digest}`, {
        query: [["ns", host]],
      });
      expectContent(answer, content);
      if (answer.headers.has("OCI-Namespace")) expectHeader(answer, "OCI-Namespace", host);
    },
  },
];
