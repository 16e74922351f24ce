/**
 * The machines that a release is made for.
 *
 * @module
 */

/** A kind of machine. */
export interface Target {
  readonly name: string;
  /** As `deno compile --target` knows it. */
  readonly triple: string;
  /** The executable in a release. */
  readonly file: string;
}

/** Every target of a release. */
export const TARGETS: readonly Target[] = [
  target("linux-x64", "x86_64-unknown-linux-gnu"),
  target("linux-arm64", "aarch64-unknown-linux-gnu"),
  target("macos-x64", "x86_64-apple-darwin"),
  target("macos-arm64", "aarch64-apple-darwin"),
  target("windows-x64", "x86_64-pc-windows-msvc"),
];

function target(name: string, triple: string): Target {
  return { name, triple, file: `berth-${name}${triple.includes("windows") ? ".exe" : ""}` };
}

/** The target that is this machine; `null` when no release is made for it. */
export function targetOfThisMachine(): Target | null {
  return TARGETS.find(({ triple }) => triple === Deno.build.target) ?? null;
}
