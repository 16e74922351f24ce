/**
 * What is measured: each row is one line of the table that comes out.
 *
 * @module
 */

import { blobDirectory } from "../../storage/layout.ts";
import type { RunningServer } from "../harness.ts";
import { MEDIA_TYPES } from "../images.ts";
import { type Content, type LargeFile, renewLargeFile, REPOSITORY, TAG } from "./content.ts";
import { curlPull, curlPush } from "./curl.ts";
import { loadClient } from "./load.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Clients at once that ask for a manifest. */
const MANIFEST_CONNECTIONS = 32;
/** Clients at once that ask for a small blob. */
const BLOB_CONNECTIONS = 16;

/** How large and how often. */
export interface Scale {
  /** Rounds that count; one more comes first and does not. */
  readonly rounds: number;
  /** Length of one load, in seconds. */
  readonly loadSeconds: number;
  readonly smallBlobBytes: number;
  readonly largeBlobBytes: number;
}

/** What stands behind published figures. */
export const FULL_SCALE: Scale = {
  rounds: 5,
  loadSeconds: 4,
  smallBlobBytes: MIB,
  largeBlobBytes: 1024 * MIB,
};

/** A try whether everything works; its figures say nothing. */
export const QUICK_SCALE: Scale = {
  rounds: 2,
  loadSeconds: 1,
  smallBlobBytes: MIB,
  largeBlobBytes: 16 * MIB,
};

/** What every measurement of one run has in common. */
export interface Workbench {
  readonly scale: Scale;
  readonly content: Content;
  /** The path of `wrk`, `null` when it is not installed. */
  readonly wrk: string | null;
  /** The path of `curl`, `null` when it is not installed. */
  readonly curl: string | null;
}

/** One measurement, more is better. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Set on rows that cannot do without curl. */
  readonly needsCurl?: true;
  /** Makes what one round needs, the same for all its servers. */
  readonly measurement: (bench: Workbench) => Promise<Measurement>;
}

/** Measures one server once. Throws when an answer is not what it should be. */
export type Measurement = (server: RunningServer) => Promise<number>;

/** Every row, in the order in which they run. */
export function benchRows(scale: Scale): readonly Row[] {
  const small = `${scale.smallBlobBytes / MIB} MiB`;
  const large = scale.largeBlobBytes % (1024 * MIB) === 0
    ? `${scale.largeBlobBytes / (1024 * MIB)} GiB`
    : `${scale.largeBlobBytes / MIB} MiB`;
  return [
    { name: "manifests by tag", unit: "requests/s", measurement: manifestsByTag },
    { name: `${small} blobs`, unit: "blobs/s", measurement: smallBlobs },
    { name: `${large} blob pull`, unit: "MiB/s", needsCurl: true, measurement: largePull },
    { name: `${large} blob push`, unit: "MiB/s", needsCurl: true, measurement: largePush },
    {
      name: `${large} blob push, chunked`,
      unit: "MiB/s",
      needsCurl: true,
      measurement: largePushChunked,
    },
  ];
}

function manifestsByTag(bench: Workbench): Promise<Measurement> {
  const load = loadClient(bench.wrk);
  return Promise.resolve((server) =>
    load({
      url: `${server.url}/v2/${REPOSITORY}/manifests/${TAG}`,
      connections: MANIFEST_CONNECTIONS,
      seconds: bench.scale.loadSeconds,
      headers: { accept: MEDIA_TYPES.oci.manifest },
    })
  );
}

function smallBlobs(bench: Workbench): Promise<Measurement> {
  const load = loadClient(bench.wrk);
  return Promise.resolve((server) =>
    load({
      url: `${server.url}/v2/${REPOSITORY}/blobs/${bench.content.smallBlob}`,
      connections: BLOB_CONNECTIONS,
      seconds: bench.scale.loadSeconds,
      headers: {},
    })
  );
}

function largePull(bench: Workbench): Promise<Measurement> {
  const curl = mustFind(bench.curl);
  const { digest, size } = bench.content.large;
  return Promise.resolve(async (server) => {
    const url = new URL(`${server.url}/v2/${REPOSITORY}/blobs/${digest}`);
    return size / MIB / await curlPull(curl, url, size);
  });
}

function largePush(bench: Workbench): Promise<Measurement> {
  return push(bench, { isChunked: false });
}

function largePushChunked(bench: Workbench): Promise<Measurement> {
  return push(bench, { isChunked: true });
}

async function push(
  bench: Workbench,
  encoding: { readonly isChunked: boolean },
): Promise<Measurement> {
  const curl = mustFind(bench.curl);
  const file: LargeFile = await renewLargeFile(bench.content.large);
  return async (server) => {
    const what = { base: server.url, repository: REPOSITORY, ...file, ...encoding };
    const seconds = await curlPush(curl, what);
    // No later round asks for it, and the disk need not hold the blobs of all rounds.
    await Deno.remove(`${server.root}/${blobDirectory(file.digest)}`, { recursive: true });
    return file.size / MIB / seconds;
  };
}

function mustFind(curl: string | null): string {
  if (curl === null) throw new Error("curl is not installed");
  return curl;
}
