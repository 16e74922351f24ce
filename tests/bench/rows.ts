/**
 * What is measured of the registry: each row gives one line of the table, or two.
 *
 * @module
 */

import { type Expectation, type Figure, formatCount } from "./figure.ts";
import { catalogPage, listPage, referrersPage, tagsPage } from "./list_rows.ts";
import { ceilingAtOnce, ceilingOfOne, largePush, pushAtOnce } from "./push_rows.ts";
import {
  largePull,
  manifestByDigest,
  manifestByTag,
  mediumBlob,
  type ReadLoad,
  readLoad,
  smallBlob,
} from "./read_rows.ts";
import type { Row, Scale, Workbench } from "./row.ts";
import { BARE_NAMES, NGINX_NAME, REFERENCE_NAME, TOOLS_NAME } from "./servers.ts";
import { startUp } from "./start_row.ts";
import { imagePushes, mixedTraffic } from "./traffic_rows.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Clients at once that ask for something small. */
const SMALL_CONNECTIONS = 32;
/** Clients at once that ask for a blob that takes longer. */
const MEDIUM_CONNECTIONS = 16;
/** Clients at once that pull a large blob. */
const LARGE_CLIENTS = 4;

/** Longest time for a page of a list. */
const LIST_MS_EXPECTED = 10;

/** What stands behind published figures. */
export const FULL_SCALE: Scale = {
  rounds: 5,
  loadSeconds: 2,
  smallBlobBytes: 4 * KIB,
  mediumBlobBytes: MIB,
  largeBlobBytes: GIB,
  parts: 4,
  imageLayers: 30,
  imageLayerBytes: 16 * KIB,
  mixedClients: 64,
  lists: { repositories: 100_000, tags: 10_000, referrers: 1_000 },
};

/** A try whether everything works; its figures say nothing. */
export const QUICK_SCALE: Scale = {
  ...FULL_SCALE,
  rounds: 2,
  loadSeconds: 1,
  largeBlobBytes: 16 * MIB,
  lists: { repositories: 2_000, tags: 1_000, referrers: 100 },
};

/** Every row, in the order in which they run. */
export function benchRows(scale: Scale): readonly Row[] {
  const small = formatSize(scale.smallBlobBytes);
  const medium = formatSize(scale.mediumBlobBytes);
  const large = formatSize(scale.largeBlobBytes);
  const parts = `${scale.parts} x ${formatSize(scale.largeBlobBytes / scale.parts)}`;
  const [tags, repositories] = [scale.lists.tags, scale.lists.repositories].map(formatCount);
  return [
    read("manifest GET by tag", 15, 0.5, SMALL_CONNECTIONS, "GET", manifestByTag),
    read("manifest HEAD by digest", 15, 0.6, SMALL_CONNECTIONS, "HEAD", manifestByDigest),
    read("/v2/", 15, 0.6, SMALL_CONNECTIONS, "GET", () => ""),
    read("blob HEAD", 10, 0.5, SMALL_CONNECTIONS, "HEAD", smallBlob),
    read(`blob GET ${small}`, 10, 0.5, SMALL_CONNECTIONS, "GET", smallBlob),
    read(`blob GET ${medium}`, 2, 0.6, MEDIUM_CONNECTIONS, "GET", mediumBlob),
    ...[1, LARGE_CLIENTS].map((clients) => pull(large, clients, scale)),
    push(`blob push ${large}, 1 client`, scale, largePush(false), ceilingOfOne),
    push(`blob push ${large}, 1 client, chunked`, scale, largePush(true), ceilingOfOne),
    push(`blob push ${parts} at once`, scale, pushAtOnce, ceilingAtOnce),
    {
      ...ROW,
      figures: [{
        name: `push of an image of ${scale.imageLayers} layers of ${
          formatSize(scale.imageLayerBytes)
        }`,
        unit: "images/s",
        expected: [timesReference(3)],
      }],
      prepare: imagePushes,
    },
    {
      ...ROW,
      figures: [
        {
          name: `pull 80, push 20, ${scale.mixedClients} clients`,
          unit: "operations/s",
          expected: [timesReference(3)],
        },
        inMs(`pull 80, push 20, ${scale.mixedClients} clients: p99`, [timesReference(1)]),
      ],
      prepare: mixedTraffic,
    },
    {
      ...ROW,
      figures: [inMs("start-up to the first answer", [])],
      startsItself: true,
      prepare: startUp,
    },
    list(`tags, n=100 of ${tags}, first page`, listPage(tagsPage(false))),
    list(`tags, n=100 of ${tags}, deep page`, listPage(tagsPage(true))),
    list(`catalog, n=100 of ${repositories}, first page`, listPage(catalogPage(false))),
    list(`catalog, n=100 of ${repositories}, deep page`, listPage(catalogPage(true))),
    {
      ...ROW,
      stage: "lists",
      rivals: [],
      figures: [
        inMs(`referrers of a subject with ${scale.lists.referrers}`, [{
          atMost: LIST_MS_EXPECTED,
        }]),
      ],
      prepare: listPage(referrersPage),
    },
  ];
}

/** What most rows have in common. */
const ROW = { stage: "content", rivals: [REFERENCE_NAME], needs: [] } as const;

/** Whom reads are measured beside: the others, and what the system and Deno can do. */
const READ_RIVALS: readonly string[] = [REFERENCE_NAME, NGINX_NAME, ...BARE_NAMES];

/** Whom pushes of large blobs are measured beside. */
const PUSH_RIVALS: readonly string[] = [REFERENCE_NAME, ...BARE_NAMES];

function timesReference(ratio: number): Expectation {
  return { rival: REFERENCE_NAME, ratio };
}

function inMs(name: string, expected: readonly Expectation[]): Figure {
  return { name, unit: "ms", lessIsBetter: true, expected };
}

function read(
  what: string,
  ofReference: number,
  ofNginx: number,
  connections: number,
  method: ReadLoad["method"],
  path: ReadLoad["path"],
): Row {
  return {
    ...ROW,
    rivals: READ_RIVALS,
    figures: [{
      name: `${what}, ${connections} connections`,
      unit: "requests/s",
      expected: [timesReference(ofReference), { rival: NGINX_NAME, ratio: ofNginx }],
    }],
    prepare: readLoad({ method, connections, path }),
  };
}

function pull(large: string, clients: number, { largeBlobBytes }: Scale): Row {
  return {
    ...ROW,
    rivals: READ_RIVALS,
    needs: ["curl"],
    bytes: largeBlobBytes * clients,
    figures: [{
      name: `blob GET ${large}, ${clients} ${clients === 1 ? "client" : "clients"}`,
      unit: "MiB/s",
      expected: [timesReference(1), { rival: NGINX_NAME, ratio: 0.5 }],
    }],
    prepare: largePull(clients),
  };
}

function push(
  name: string,
  { largeBlobBytes }: Scale,
  prepare: Row["prepare"],
  ceiling: (bench: Workbench) => Promise<number>,
): Row {
  return {
    ...ROW,
    rivals: PUSH_RIVALS,
    needs: ["curl"],
    bytes: largeBlobBytes,
    // The file, and some room beside it.
    filledBytes: largeBlobBytes * 1.25,
    figures: [{
      name,
      unit: "MiB/s",
      expected: [timesReference(2), { rival: TOOLS_NAME, ratio: 0.7 }],
    }],
    prepare,
    ceiling,
  };
}

function list(name: string, prepare: Row["prepare"]): Row {
  const expected = [timesReference(20), { atMost: LIST_MS_EXPECTED }];
  return { ...ROW, stage: "lists", figures: [inMs(name, expected)], prepare };
}

function formatSize(bytes: number): string {
  if (bytes % GIB === 0) return `${bytes / GIB} GiB`;
  return bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;
}
