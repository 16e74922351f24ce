/**
 * berth with listeners.
 *
 * @module
 */

import { type RunningServer, startServe } from "../harness.ts";

/** The lines of distribution's configuration for one listener; `more` are further settings of it. */
export function notificationLines(url: string, more = ""): readonly string[] {
  return [
    "notifications:",
    "  events: {includereferences: true}",
    "  endpoints:",
    `    - {name: listener, url: "${url}"${more === "" ? "" : `, ${more}`}}`,
  ];
}

/** Starts berth on a store in a directory, where its configuration is written too. */
export async function startNotifying(
  directory: string,
  lines: readonly string[],
  port = 0,
): Promise<RunningServer> {
  const config = `${directory}/config-${port}.yml`;
  await Deno.writeTextFile(
    config,
    [
      "version: 0.1",
      "storage:",
      `  filesystem: {rootdirectory: ${JSON.stringify(`${directory}/store`)}}`,
      "  delete: {enabled: true}",
      `http: {addr: "127.0.0.1:${port}", workers: 2}`,
      ...lines,
    ].join("\n"),
  );
  return await startServe({ root: `${directory}/store`, args: [config] });
}
