/**
 * Starts and ends what whole-program tests talk to: berth, Debian's `docker-registry`, temporary directories.
 *
 * @module
 */

import { resolve } from "node:path";
import { PERMISSIONS } from "../deploy/build/permissions.ts";

const REPOSITORY_ROOT = new URL("../", import.meta.url).pathname;

/** Longest wait for a server to say that it listens, in milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** How often a server is asked whether it listens that does not say so; start-up is measured with it. */
const START_POLL_MS = 2;

/** A server under test. */
export interface RunningServer {
  /** Base URL without a trailing slash; `unix:` with a path for a socket. */
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  /** The directory that holds `docker/registry/v2`. */
  readonly root: string;
  readonly pid: number;
  /** What it has written to stderr so far. */
  log(): string;
  /** What it has written to stdout so far, if that is kept. */
  output(): string;
  /** Sends a signal without waiting. */
  kill(signal: Deno.Signal): void;
  /** Waits until it has ended, after a signal that was sent before, and returns its exit code. */
  ended(): Promise<number>;
  /** Ends it (SIGTERM unless said otherwise), waits, and returns its exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

export interface StartOptions {
  /** Where to keep data. */
  readonly root: string;
  /** More arguments of `berth serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** More lines of distribution's configuration. */
  readonly config?: readonly string[];
  /** Whether what berth writes to stdout is kept. */
  readonly keepsOutput?: boolean;
  /** What runs the command of berth, such as `env -i`; nothing unless it is given. */
  readonly runner?: readonly string[];
}

/** The executable that is tested in place of the sources; `null` when the sources are. */
export const BERTH_BINARY: string | null = absolute(Deno.env.get("BERTH_BINARY") ?? "");

function absolute(path: string): string | null {
  return path === "" ? null : resolve(path);
}

const BERTH: readonly string[] = BERTH_BINARY !== null ? [BERTH_BINARY] : [
  Deno.execPath(),
  "run",
  "--quiet",
  ...PERMISSIONS,
  `--config=${REPOSITORY_ROOT}deno.json`,
  `${REPOSITORY_ROOT}main.ts`,
];

/** The command that runs berth: the compiled binary of `BERTH_BINARY`, else the sources. */
export function berthCommand(
  args: readonly string[],
  runner: readonly string[] = [],
): { command: string; args: string[] } {
  const [command = "", ...all] = [...runner, ...BERTH, ...args];
  return { command, args: all };
}

/** Starts `berth serve` on a free port and waits until it listens. */
export function startBerth(options: StartOptions): Promise<RunningServer> {
  const place = ["--root", options.root, "--addr", "127.0.0.1:0"];
  return startServe({ ...options, args: [...place, ...options.args ?? []] });
}

/** Starts `berth serve` with no other arguments than these, and waits until it listens. */
export async function startServe(options: StartOptions): Promise<RunningServer> {
  const { command, args } = berthCommand(["serve", ...options.args ?? []], options.runner);
  const child = new Deno.Command(command, {
    args,
    env: { ...options.env },
    stdin: "null",
    stdout: options.keepsOutput === true ? "piped" : "null",
    stderr: "piped",
  }).spawn();
  const stderr = collectText(child.stderr);
  const stdout = options.keepsOutput === true ? collectText(child.stdout) : NOTHING;
  const found = await stderr.waitFor(
    /listening on ((?:https?:\/\/|unix:)[^\s,]+)/,
    START_TIMEOUT_MS,
  );
  if (found === null) {
    sendSignal(child, "SIGKILL");
    await child.status;
    throw new Error(`berth did not start:\n${stderr.text()}`);
  }
  return runningServer(child, found[1] ?? "", options.root, { stdout, stderr });
}

/** Where Debian's `docker-registry` is; `null` when it is not installed. */
export function findProgram(name: string): string | null {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${directory}/${name}`;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // Not here; the next directory of PATH may have it.
    }
  }
  return null;
}

/** Starts `berth serve` with the configuration and the environment that `docker-registry` would be started with. */
export function startLikeDistribution(options: StartOptions): Promise<RunningServer> {
  return withTempDir("like_distribution", async (directory) => {
    const path = `${directory}/config.yml`;
    await Deno.writeTextFile(path, distributionConfig(options, "127.0.0.1:0"));
    // At the level of the configuration it would not say where it listens.
    const env = { ...options.env, REGISTRY_LOG_LEVEL: "info" };
    return await startServe({ ...options, env, args: [path] });
  });
}

function distributionConfig({ root, config = [] }: StartOptions, host: string): string {
  return [
    "version: 0.1",
    "log: {level: warn, accesslog: {disabled: true}}",
    "storage:",
    `  filesystem: {rootdirectory: ${JSON.stringify(root)}, maxthreads: 100}`,
    "  delete: {enabled: true}",
    "  cache: {blobdescriptor: inmemory}",
    `http: {addr: "${host}", secret: berth}`,
    ...config,
  ].join("\n");
}

/** Starts `docker-registry` (distribution 2.8) on a free port. Deletes are on, the access log is off. */
export async function startDistribution(options: StartOptions): Promise<RunningServer> {
  const host = `127.0.0.1:${freePort()}`;
  const config = await Deno.makeTempFile({ prefix: "berth_distribution_", suffix: ".yml" });
  await Deno.writeTextFile(config, distributionConfig(options, host));
  const child = new Deno.Command("docker-registry", {
    args: ["serve", config],
    env: { ...options.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = collectText(child.stderr);
  const texts = { stdout: NOTHING, stderr };
  const server = runningServer(child, `http://${host}`, options.root, texts, async () => {
    await Deno.remove(config);
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(server.url))) {
    if (Date.now() > deadline) {
      await server.stop("SIGKILL");
      throw new Error(`docker-registry did not start:\n${stderr.text()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
  }
  return server;
}

/** Runs a function with a temporary directory that is removed afterwards. */
export async function withTempDir<T>(
  prefix: string,
  body: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: `berth_${prefix}_` });
  try {
    return await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Starts berth on a temporary store, runs a function with it, ends it and removes the store. */
export function withBerth<T>(
  body: (server: RunningServer) => Promise<T>,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  return withTempDir("store", async (root) => {
    const server = await startBerth({ root, args, env });
    try {
      return await body(server);
    } finally {
      await server.stop();
    }
  });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v2/`);
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to a process, which may have ended by itself. */
export function sendSignal(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

interface CollectedText {
  text(): string;
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray | null>;
  done: Promise<void>;
}

/** Of a stream that is not kept. */
const NOTHING: Pick<CollectedText, "text" | "done"> = {
  text: () => "",
  done: Promise.resolve(),
};

/** What a program writes. */
interface Texts {
  readonly stdout: Pick<CollectedText, "text" | "done">;
  readonly stderr: CollectedText;
}

function collectText(stream: ReadableStream<Uint8Array>): CollectedText {
  let text = "";
  let ended = false;
  const waiters = new Set<() => void>();
  const wake = (): void => waiters.forEach((waiter) => waiter());
  const done = (async (): Promise<void> => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      wake();
    }
    ended = true;
    wake();
  })();
  return {
    text: () => text,
    done,
    waitFor: (pattern, timeoutMs) =>
      new Promise((resolve) => {
        const finish = (found: RegExpExecArray | null): void => {
          clearTimeout(timer);
          waiters.delete(look);
          resolve(found);
        };
        const look = (): void => {
          const found = pattern.exec(text);
          if (found !== null || ended) finish(found);
        };
        const timer = setTimeout(() => finish(null), timeoutMs);
        waiters.add(look);
        look();
      }),
  };
}

function runningServer(
  child: Deno.ChildProcess,
  url: string,
  root: string,
  { stdout, stderr }: Texts,
  cleanUp: () => Promise<void> = () => Promise.resolve(),
): RunningServer {
  const base = url.replace(/\/$/, "");
  const ended = async (): Promise<number> => {
    const { code } = await child.status;
    await Promise.all([stdout.done, stderr.done]);
    return code;
  };
  return {
    url: base,
    host: base.replace(/^https?:\/\//, ""),
    root,
    pid: child.pid,
    log: stderr.text,
    output: stdout.text,
    kill: (signal) => sendSignal(child, signal),
    ended,
    async stop(signal = "SIGTERM"): Promise<number> {
      sendSignal(child, signal);
      const code = await ended();
      await cleanUp();
      return code;
    },
  };
}
