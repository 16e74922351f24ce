/**
 * Reads every blob again, over all cores.
 *
 * @module
 */

import { VERIFY_BATCH_BLOBS_MAX, VERIFY_BATCH_BYTES_MAX } from "../../storage/limits.ts";
import { DigestTable } from "../../gc/digest_table.ts";
import type { Digest } from "../../storage/digest.ts";
import type { RepositoryName } from "../../storage/names.ts";
import type { Store } from "../../storage/store.ts";
import type { BadBlob } from "./verify_blob.ts";
import type { VerifyOrder, VerifyReport } from "./verify_worker.ts";

/** What to verify, and how. */
export interface VerifyOptions {
  readonly root: string;
  /** Lists the blobs, each once. Asked twice: to sum up their bytes, and to read them. */
  readonly digests: () => AsyncIterable<Digest>;
  /** Only blobs that were written or touched since this time, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly workers: number;
  readonly onBad: (bad: BadBlob) => void;
  /** Told how many bytes were read so far. */
  readonly onProgress: (bytes: number, totalBytes: number) => void;
}

/** What was verified. */
export interface Verified {
  readonly blobs: number;
  readonly bytes: number;
  readonly bad: number;
}

/** The blobs of one repository, manifests among them. */
export async function* blobsOfRepository(
  store: Store,
  name: RepositoryName,
): AsyncGenerator<Digest> {
  const seen = new DigestTable();
  for await (const digest of store.blobs.links(name)) {
    const link = await store.blobs.statLink(name, digest);
    if (link !== null && link.target !== null && seen.add(link.target)) yield link.target;
  }
  for await (const { target } of store.manifests.revisions(name)) {
    if (target !== null && seen.add(target)) yield target;
  }
}

/** Reads blobs of a store again. Throws when a worker fails. */
export async function verifyStore(store: Store, options: VerifyOptions): Promise<Verified> {
  let total = 0;
  for await (const batch of batchesOf(store, options)) total += batch.bytes;
  let [blobs, bytes, bad] = [0, 0, 0];
  const onReport = (report: VerifyReport): void => {
    if (report.kind === "read") options.onProgress(bytes += report.bytes, total);
    else if (report.kind === "done") blobs += report.blobs;
    else if (report.kind === "bad") {
      bad++;
      options.onBad(report.bad);
    }
  };
  const batches = batchesOf(store, options);
  const workers = Array.from({ length: options.workers }, () => startWorker(options.root));
  try {
    // The workers share one iterator: each takes the next batch when it is done with its last.
    await Promise.all(workers.map(async (worker) => {
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
        await verifyBatch(worker, next.value.digests, onReport);
      }
    }));
  } finally {
    for (const worker of workers) worker.terminate();
  }
  return { blobs, bytes, bad };
}

interface Batch {
  readonly digests: readonly Digest[];
  readonly bytes: number;
}

async function* batchesOf(
  store: Store,
  { digests: list, sinceMs }: VerifyOptions,
): AsyncGenerator<Batch> {
  let digests: Digest[] = [];
  let bytes = 0;
  for await (const digest of list()) {
    const blob = await store.blobs.statContent(digest);
    if (blob === null || blob.modifiedMs < sinceMs) continue;
    digests.push(digest);
    bytes += blob.size;
    if (digests.length < VERIFY_BATCH_BLOBS_MAX && bytes < VERIFY_BATCH_BYTES_MAX) continue;
    yield { digests, bytes };
    [digests, bytes] = [[], 0];
  }
  if (digests.length > 0) yield { digests, bytes };
}

function startWorker(root: string): Worker {
  const worker = new Worker(new URL("./verify_worker.ts", import.meta.url), { type: "module" });
  order(worker, { kind: "open", root });
  return worker;
}

function order(worker: Worker, what: VerifyOrder): void {
  worker.postMessage(what);
}

function verifyBatch(
  worker: Worker,
  digests: readonly Digest[],
  onReport: (report: VerifyReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<VerifyReport>): void => {
      if (data.kind === "failed") return reject(new Error(`Cannot verify: ${data.message}`));
      onReport(data);
      if (data.kind === "done") resolve();
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(`Cannot verify: ${event.message}`));
    };
    order(worker, { kind: "verify", digests });
  });
}
