/**
 * Rows of reading: small answers under load, and large blobs.
 *
 * @module
 */

import { MEDIA_TYPES } from "../images.ts";
import { REPOSITORY, TAG } from "./content.ts";
import { curlPull, mustFind } from "./curl.ts";
import { loadClient } from "./load.ts";
import { type Measurement, whole, type Workbench } from "./row.ts";

const MIB = 1024 * 1024;

/** A load on one path, of so many connections. */
export interface ReadLoad {
  readonly method: "GET" | "HEAD";
  readonly connections: number;
  /** Below `/v2/`. */
  readonly path: (bench: Workbench) => string;
}

/** Below `/v2/`: the manifest by its tag. */
export function manifestByTag(): string {
  return `${REPOSITORY}/manifests/${TAG}`;
}

/** Below `/v2/`: the manifest by its digest. */
export function manifestByDigest({ content }: Workbench): string {
  return `${REPOSITORY}/manifests/${content.image.manifest.digest}`;
}

/** Below `/v2/`: the blob that fits a small answer. */
export function smallBlob({ content }: Workbench): string {
  return `${REPOSITORY}/blobs/${content.smallBlob}`;
}

/** Below `/v2/`: the blob that is the size of a small layer. */
export function mediumBlob({ content }: Workbench): string {
  return `${REPOSITORY}/blobs/${content.mediumBlob}`;
}

/** Requests per second. */
export function readLoad(
  { method, connections, path }: ReadLoad,
): (bench: Workbench) => Promise<Measurement> {
  return (bench) => {
    const load = loadClient(bench.wrk);
    const seconds = bench.scale.loadSeconds;
    const headers = { accept: `${MEDIA_TYPES.oci.manifest}, */*` };
    return Promise.resolve(async ({ server: { host } }) =>
      whole(await load({ method, host, path: `/v2/${path(bench)}`, connections, seconds, headers }))
    );
  };
}

/** MiB per second of so many clients that pull the large blob at once. */
export function largePull(clients: number): (bench: Workbench) => Promise<Measurement> {
  return (bench) => {
    const curl = mustFind(bench.curl);
    const { digest, size } = bench.content.pulled;
    return Promise.resolve(async ({ server }) => {
      const url = new URL(`${server.url}/v2/${REPOSITORY}/blobs/${digest}`);
      const start = performance.now();
      const seconds = await Promise.all(
        Array.from({ length: clients }, () => curlPull(curl, url, size)),
      );
      const [alone] = seconds;
      // What curl says of itself leaves out how long it took to start; of several, the whole time counts.
      const elapsed = clients === 1 ? alone : undefined;
      return whole(clients * size / MIB / (elapsed ?? (performance.now() - start) / 1000));
    });
  };
}
