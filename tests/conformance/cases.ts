/**
 * All conformance cases: the assertions of the official suites (the one of version 1.1.1 of the OCI distribution spec,
 * and the program that came after it, with every option on), and what the text of the spec says beyond them.
 *
 * @module
 */

import { BASE_CASES } from "./base.ts";
import { BLOB_CASES } from "./blobs.ts";
import type { ConformanceCase } from "./case.ts";
import { DATA_SET_CASES } from "./data_set_cases.ts";
import { ERROR_CASES } from "./errors.ts";
import { MANIFEST_CASES } from "./manifests.ts";
import { MOUNT_CASES } from "./mounts.ts";
import { REFERRER_CASES } from "./referrers.ts";
import { SESSION_CASES } from "./sessions.ts";
import { TAGGING_CASES } from "./tagging.ts";
import { TAG_CASES } from "./tags.ts";
import { UPLOAD_CASES } from "./uploads.ts";

export const CASES: readonly ConformanceCase[] = [
  ...BASE_CASES,
  ...ERROR_CASES,
  ...BLOB_CASES,
  ...UPLOAD_CASES,
  ...SESSION_CASES,
  ...MOUNT_CASES,
  ...MANIFEST_CASES,
  ...TAGGING_CASES,
  ...TAG_CASES,
  ...REFERRER_CASES,
  ...DATA_SET_CASES,
];
