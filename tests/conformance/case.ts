/**
 * What a conformance case is, and how one is run.
 *
 * @module
 */

import type { RegistryClient, Repository } from "./client.ts";
import { type Algorithm, Bytes, type Content, contentOf, DataSet } from "./fixtures.ts";

/** One thing that a conforming registry does. */
export interface ConformanceCase {
  /** Stable name: what is tried on what. It is also the end of the name of the case's repository. */
  readonly id: string;
  /** What is expected, as a statement. */
  readonly name: string;
  /**
   * Cases of the official suites that assert the same: `dev/..` is a name, or the start of names, in the results of
   * the official program; `v1.1.1/..` stands for a test of the suite that went with that version of the spec.
   */
  readonly covers: readonly string[];
  /** Throws an error that says what is not as it should be. */
  run(context: CaseContext): Promise<void>;
}

/** What a case works with: two repositories that no other case touches, and content that nobody else has. */
export interface CaseContext {
  readonly registry: RegistryClient;
  readonly repository: Repository;
  readonly otherRepository: Repository;
  /** New random content: 512 bytes with a sha256 digest unless told otherwise. */
  readonly blob: (length?: number, algorithm?: Algorithm) => Content;
  /** A new data set without content; its digests are sha256 unless told otherwise. */
  readonly dataSet: (algorithm?: Algorithm) => DataSet;
}

/** Runs a case in repositories whose names begin with `prefix`, which no earlier run has used. */
export function runCase(
  testCase: ConformanceCase,
  registry: RegistryClient,
  prefix: string,
): Promise<void> {
  const name = `${prefix}/${testCase.id}`;
  const bytes = new Bytes(name);
  return testCase.run({
    registry,
    repository: registry.repository(name),
    otherRepository: registry.repository(`${name}-other`),
    blob: (length = 512, algorithm = "sha256") => contentOf(bytes.next(length), algorithm),
    dataSet: (algorithm = "sha256") => new DataSet(bytes, algorithm),
  });
}

/** A prefix for the repositories of one run. */
export function newPrefix(): string {
  return `conformance/${crypto.randomUUID().slice(0, 8)}`;
}
