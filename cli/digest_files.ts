/**
 * The digests of many files, on all cores where that is faster.
 *
 * @module
 */

import {
  DIGEST_ALONE_BYTES_MAX,
  DIGEST_ALONE_FILES_MAX,
  DIGEST_BATCH_BYTES,
  DIGEST_BATCH_FILES_MAX,
  DIGEST_PENDING_FILES_MAX,
  DIGEST_READ_BYTES,
} from "../storage/limits.ts";
import {
  digestAhead,
  type DigestJob,
  type DigestOutcome,
  FileDigester,
  STDIN,
} from "./digest_file.ts";
import { DigestWorkers } from "./digest_workers.ts";

/** A job with what came of it. */
export type Digested<J extends DigestJob> = readonly [job: J, outcome: DigestOutcome];

/** A job with the size of its file. */
interface Sized<J> {
  readonly job: J;
  /** 0 for a file that cannot be read, `null` for what has no size: pipes, devices, standard input. */
  readonly bytes: number | null;
}

interface Batch<J> {
  readonly jobs: readonly J[];
  /** `null` for a single job of a file without a size. */
  readonly bytes: number | null;
}

/**
 * Hashes files and yields the outcomes in the order of the jobs, several at a time. Jobs are taken as they are needed,
 * so that there may be any number of them. Pipes and standard input are opened only when it is their turn.
 */
export async function* digestFiles<J extends DigestJob>(
  jobs: Iterable<J>,
): AsyncGenerator<readonly Digested<J>[]> {
  const all = sizedJobs(jobs);
  const { first, isAll } = takeFew(all);
  if (isAll) return yield* digestAlone(first);
  const batches = batchesOf(chain(first, all));
  const few = [...take(batches, navigator.hardwareConcurrency)];
  const next = batches.next();
  if (next.done === true) yield* digestFew(few);
  else yield* digestTogether(chain([...few, next.value], batches));
}

/** At most so many items; the others can still be had. */
function* take<T>(items: Iterator<T, void>, count: number): Generator<T, void> {
  for (let taken = 0; taken < count; taken++) {
    const next = items.next();
    if (next.done === true) return;
    yield next.value;
  }
}

function* sizedJobs<J extends DigestJob>(jobs: Iterable<J>): Generator<Sized<J>, void> {
  for (const job of jobs) yield { job, bytes: sizeOf(job.name) };
}

function sizeOf(name: string): number | null {
  if (name === STDIN) return null;
  try {
    const { isFile, isDirectory, size } = Deno.statSync(name);
    return isFile ? size : isDirectory ? 0 : null;
  } catch {
    // Opening it will tell why.
    return 0;
  }
}

/** Takes jobs until it is clear that there is work for several threads, or that there are no more jobs. */
function takeFew<J>(all: Iterator<Sized<J>, void>): { first: Sized<J>[]; isAll: boolean } {
  const first: Sized<J>[] = [];
  let bytes = 0;
  let bytesLargest = 0;
  while (first.length < DIGEST_ALONE_FILES_MAX && bytes - bytesLargest <= DIGEST_ALONE_BYTES_MAX) {
    const next = all.next();
    if (next.done === true) return { first, isAll: true };
    first.push(next.value);
    const size = next.value.bytes ?? 0;
    bytes += size;
    bytesLargest = Math.max(bytesLargest, size);
  }
  return { first, isAll: false };
}

async function* digestAlone<J extends DigestJob>(
  all: readonly Sized<J>[],
): AsyncGenerator<readonly Digested<J>[]> {
  const digester = new FileDigester();
  for (const { job, bytes } of all) {
    const isSmall = bytes !== null && bytes <= DIGEST_READ_BYTES;
    yield [[job, isSmall ? digester.digest(job) : await digestAhead(job)]];
  }
}

function* chain<T>(first: Iterable<T>, rest: Iterable<T>): Generator<T, void> {
  yield* first;
  yield* rest;
}

function* batchesOf<J>(all: Iterable<Sized<J>>): Generator<Batch<J>, void> {
  let jobs: J[] = [];
  let sum = 0;
  for (const { job, bytes } of all) {
    const isFull = jobs.length === DIGEST_BATCH_FILES_MAX || sum >= DIGEST_BATCH_BYTES;
    if (jobs.length > 0 && (isFull || bytes === null)) {
      yield { jobs, bytes: sum };
      [jobs, sum] = [[], 0];
    }
    if (bytes === null) {
      yield { jobs: [job], bytes };
    } else {
      jobs.push(job);
      sum += bytes;
    }
  }
  if (jobs.length > 0) yield { jobs, bytes: sum };
}

/** A batch that was begun. */
interface Pending<J extends DigestJob> {
  readonly jobs: readonly J[];
  /** Whether the result is there, or nobody works on it until it is asked for. */
  isReady: boolean;
  readonly result: () => Promise<readonly DigestOutcome[]>;
}

/**
 * Hashes no more batches than there are cores. This thread takes the largest itself, which is what takes longest: so it
 * begins before the workers have started, and there is one less to start.
 */
async function* digestFew<J extends DigestJob>(
  batches: readonly Batch<J>[],
): AsyncGenerator<readonly Digested<J>[]> {
  const workers = new DigestWorkers();
  try {
    const largest = batches.reduce((one, other) =>
      (other.bytes ?? 0) > (one.bytes ?? 0) ? other : one
    );
    const others = batches.map((batch) => batch === largest ? null : begin(batch, workers));
    const digester = new FileDigester();
    const own = largest.jobs.map((job) => digester.digest(job));
    const done = { jobs: largest.jobs, isReady: true, result: () => Promise.resolve(own) };
    for (const other of others) yield await digested(other ?? done);
  } finally {
    workers.close();
  }
}

async function* digestTogether<J extends DigestJob>(
  batches: Iterable<Batch<J>>,
): AsyncGenerator<readonly Digested<J>[]> {
  const workers = new DigestWorkers();
  const pending: Pending<J>[] = [];
  let pendingJobs = 0;
  try {
    for (const batch of batches) {
      pending.push(begin(batch, workers));
      pendingJobs += batch.jobs.length;
      for (
        let [next] = pending;
        next !== undefined && (next.isReady || pendingJobs > DIGEST_PENDING_FILES_MAX);
        [next] = pending
      ) {
        pending.shift();
        pendingJobs -= next.jobs.length;
        yield await digested(next);
      }
      await workers.room();
    }
    for (const next of pending) yield await digested(next);
  } finally {
    workers.close();
  }
}

/** Gives a batch to the workers. What has no size is read by this thread when the result is asked for. */
function begin<J extends DigestJob>({ jobs, bytes }: Batch<J>, workers: DigestWorkers): Pending<J> {
  if (bytes === null) {
    return { jobs, isReady: true, result: () => Promise.all(jobs.map(digestAhead)) };
  }
  const outcomes = workers.digest(jobs);
  const begun = { jobs, isReady: false, result: () => outcomes };
  const markReady = (): void => {
    begun.isReady = true;
  };
  // A failure is thrown where the result is asked for.
  outcomes.then(markReady, markReady);
  return begun;
}

async function digested<J extends DigestJob>(
  { jobs, result }: Pending<J>,
): Promise<readonly Digested<J>[]> {
  const outcomes = await result();
  return jobs.flatMap((job, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [[job, outcome]];
  });
}
