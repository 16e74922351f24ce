/**
 * Runs skopeo, buildah and podman so that all they read and write stays in one temporary directory.
 *
 * @module
 */

import { emptyDir } from "@std/fs";
import { findProgram, type RunningServer, withBerth, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";

/** What a program left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program with the arguments that follow its name. */
export type Command = readonly [program: string, ...args: string[]];

const POLICY = JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] });
const REGISTRIES = 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n';

/** The arguments that send each program's storage into a directory. */
const STORAGE_ARGUMENTS: Readonly<Record<string, (directory: string) => string[]>> = {
  skopeo: (directory) => ["--tmpdir", `${directory}/tmp`],
  buildah: storageFlags,
  podman: (directory) => [
    ...storageFlags(directory),
    "--tmpdir",
    `${directory}/libpod`,
    "--events-backend=none",
    "--cgroup-manager=cgroupfs",
  ],
};

function storageFlags(directory: string): string[] {
  return [
    `--root=${directory}/storage`,
    `--runroot=${directory}/runroot`,
    "--storage-driver=vfs",
  ];
}

/** The programs with a home of their own. */
export class Toolbox {
  readonly directory: string;
  readonly #env: Record<string, string>;

  private constructor(directory: string) {
    this.directory = directory;
    this.#env = environment(directory);
  }

  /** Makes the directories and settings that the programs look for. */
  static async create(directory: string): Promise<Toolbox> {
    const settings = `${directory}/home/.config/containers`;
    for (const each of [`${settings}/registries.d`, `${directory}/run`, `${directory}/tmp`]) {
      await Deno.mkdir(each, { recursive: true });
    }
    await Deno.writeTextFile(`${settings}/policy.json`, POLICY);
    await Deno.writeTextFile(`${settings}/registries.conf`, REGISTRIES);
    return new Toolbox(directory);
  }

  /** Runs a command in the directory and returns what it printed; throws with its stderr when it fails. */
  async run(...command: Command): Promise<string> {
    const outcome = await this.attempt(...command);
    if (outcome.code !== 0) {
      throw new Error(`${command.join(" ")} ended with ${outcome.code}:\n${outcome.stderr}`);
    }
    return outcome.stdout;
  }

  /** Runs a command in the directory, whether it fails or not. */
  async attempt(...[program, ...args]: Command): Promise<Outcome> {
    // Where it may not administer the system, podman 4.3 crashes on the traces of an earlier command.
    if (program === "podman") await emptyDir(`${this.directory}/libpod`);
    const output = await new Deno.Command(program, {
      args: [...STORAGE_ARGUMENTS[program]?.(this.directory) ?? [], ...args],
      cwd: this.directory,
      clearEnv: true,
      env: this.#env,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  }
}

/** What a test of programs does. */
export type ClientTest = (tools: Toolbox, berth: RunningServer) => Promise<void>;

/** Registers a test of programs against a berth on an empty store; skipped where a program is not installed. */
export function testClients(
  programs: readonly string[],
  name: string,
  body: ClientTest,
): void {
  testWithPrograms(
    programs,
    name,
    () => withBerth((berth) => withTools((tools) => body(tools, berth))),
  );
}

/** Gives a toolbox of its own, as on a fresh machine, and removes it afterwards. */
export function withTools(body: (tools: Toolbox) => Promise<void>): Promise<void> {
  return withTempDir("client", async (directory) => body(await Toolbox.create(directory)));
}

function environment(directory: string): Record<string, string> {
  const env: Record<string, string> = {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: `${directory}/home`,
    XDG_CONFIG_HOME: `${directory}/home/.config`,
    XDG_DATA_HOME: `${directory}/home/.local/share`,
    XDG_RUNTIME_DIR: `${directory}/run`,
    TMPDIR: `${directory}/tmp`,
    CONTAINERS_REGISTRIES_CONF: `${directory}/home/.config/containers/registries.conf`,
  };
  if (Deno.uid() === 0) {
    // Run by root, the programs keep what they know of blobs in /var/lib/containers/cache, whatever the flags say;
    // told that they serve another user and are in their own namespace already, they keep it below HOME.
    env["_CONTAINERS_ROOTLESS_UID"] = "1";
    env["_CONTAINERS_ROOTLESS_GID"] = "1";
    env["_CONTAINERS_USERNS_CONFIGURED"] = "done";
  }
  return env;
}

/** The path of a static busybox, which makes an image that needs nothing else. */
export function busyboxPath(): string {
  const path = findProgram("busybox");
  if (path === null) throw new Error("Cannot build an image: busybox is not installed");
  return path;
}
