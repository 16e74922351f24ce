/**
 * The way of log lines out of the process.
 *
 * Each thread gathers its lines and hands them on in batches; one thread writes them all, so that no two lines are ever
 * mixed. Nobody waits for a write: what is not taken in time is dropped and counted.
 *
 * @module
 */

import {
  LOG_GATHER_MS,
  LOG_GATHERED_CHARACTERS_MAX,
  LOG_PENDING_CHARACTERS_MAX,
  LOG_RETRY_MS,
} from "../storage/limits.ts";

/** Where lines can go. */
export type LineStream = "stdout" | "stderr";

/** Whole lines, each with its end. */
export interface LineBatch {
  readonly stream: LineStream;
  readonly text: string;
  readonly lines: number;
}

/** Gathers the lines of one thread. */
export class LineGatherer {
  readonly #stream: LineStream;
  readonly #deliver: (batch: LineBatch) => void;
  readonly #waitMs: number;
  #text = "";
  #lines = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    stream: LineStream,
    deliver: (batch: LineBatch) => void,
    waitMs: number = LOG_GATHER_MS,
  ) {
    this.#stream = stream;
    this.#deliver = deliver;
    this.#waitMs = waitMs;
  }

  /** Takes a line with its end. */
  write(line: string): void {
    this.#text += line;
    this.#lines++;
    if (this.#text.length >= LOG_GATHERED_CHARACTERS_MAX) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#waitMs);
  }

  /** Hands on what was gathered. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines === 0) return;
    const batch = { stream: this.#stream, text: this.#text, lines: this.#lines };
    this.#text = "";
    this.#lines = 0;
    this.#deliver(batch);
  }
}

/** Takes some of the bytes, and tells how many. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

const encoder = new TextEncoder();

/** Writes batches to one stream, in the order in which they come. */
export class LineWriter {
  readonly #write: WriteSome;
  #pending: LineBatch[] = [];
  #pendingCharacters = 0;
  #writing: Promise<void> | null = null;
  #dropped = 0;
  #isBroken = false;

  constructor(write: WriteSome) {
    this.#write = write;
  }

  /** Lines that were not taken, because more were waiting than may, or nobody reads any more. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a batch, and does not wait until it is written. */
  take(batch: LineBatch): void {
    if (this.#isBroken || this.#pendingCharacters > LOG_PENDING_CHARACTERS_MAX) {
      this.#dropped += batch.lines;
      return;
    }
    this.#pending.push(batch);
    this.#pendingCharacters += batch.text.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything that was taken is written or dropped. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const batches = this.#pending;
      this.#pending = [];
      try {
        await this.#writeAll(encoder.encode(batches.map(({ text }) => text).join("")));
      } catch {
        // Nobody is left to be told.
        this.#isBroken = true;
        this.#dropped += batches.reduce((sum, { lines }) => sum + lines, 0);
      }
      for (const { text } of batches) this.#pendingCharacters -= text.length;
    }
    this.#writing = null;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(await this.#write(rest));
      } catch (error) {
        // Another process has set the stream, which it shares with this one, not to wait.
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOG_RETRY_MS));
      }
    }
  }
}

/** What one thread writes. */
export interface ThreadLines {
  readonly stdout: LineGatherer;
  readonly stderr: LineGatherer;
}

/** The lines of one thread. Those on stderr are few, and go on at once. */
export function threadLines(deliver: (batch: LineBatch) => void): ThreadLines {
  return {
    stdout: new LineGatherer("stdout", deliver),
    stderr: new LineGatherer("stderr", deliver, 0),
  };
}

/** Hands on all that a thread has gathered. */
export function flushLines({ stdout, stderr }: ThreadLines): void {
  stdout.flush();
  stderr.flush();
}

/** The streams of the process. */
export class ProcessLines {
  readonly #writers: Readonly<Record<LineStream, LineWriter>> = {
    stdout: new LineWriter((bytes) => Deno.stdout.write(bytes)),
    stderr: new LineWriter((bytes) => Deno.stderr.write(bytes)),
  };

  take(batch: LineBatch): void {
    this.#writers[batch.stream].take(batch);
  }

  get dropped(): number {
    return this.#writers.stdout.dropped + this.#writers.stderr.dropped;
  }

  /** Resolves when everything is written, or after that time at most: nobody may be reading. */
  async flushed(waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    const idle = Promise.all([this.#writers.stdout.idle(), this.#writers.stderr.idle()]);
    await Promise.race([promise, idle]);
    clearTimeout(timer);
  }
}
