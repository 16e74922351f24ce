/**
 * Requests that berth and distribution are both sent: allowed, refused and malformed ones, for every kind of endpoint.
 *
 * @module
 */

import { digestBytes } from "../../storage/digest.ts";
import { makeContent, makeDocument, MEDIA_TYPES, noise } from "../images.ts";
import { ACCEPT_MANIFESTS } from "../push.ts";
import { APP } from "./oddities.ts";
import { sampleImage } from "./scenarios.ts";

/** One request. Those of a list are sent in its order, as some change what later ones find. */
export interface AskedRequest {
  readonly method: string;
  /** Below the prefix; `{upload}` stands for an upload of `app` that has just begun. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Tells requests apart that differ in nothing else. */
  readonly note?: string;
}

const BLOB = makeContent(MEDIA_TYPES.oci.gzip, noise(21, 3000));
const OTHER = digestBytes(noise(22, 10), "sha256");
const LAYER = APP.layers[0]?.digest ?? "";
const MANIFEST = APP.manifest.digest;
const MISSING = sampleImage("oci", "amd64", 9).manifest;
const EMPTY_INDEX = makeDocument(MEDIA_TYPES.oci.index, {
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.oci.index,
  manifests: [],
});
/** The path of an upload that there is not. */
export const NO_UPLOAD = "/v2/app/blobs/uploads/00000000-0000-4000-8000-000000000000";
const OCTETS = { "Content-Type": "application/octet-stream" };

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): AskedRequest {
  return { method: "GET", path, headers };
}

/** The PUT of a manifest. */
function put(
  reference: string,
  body: Uint8Array<ArrayBuffer>,
  note: string,
  type: string = MEDIA_TYPES.oci.manifest,
): AskedRequest {
  const path = `/v2/app/manifests/${reference}`;
  return { method: "PUT", path, headers: { "Content-Type": type }, body, note };
}

function begin(query: string, body?: Uint8Array<ArrayBuffer>): AskedRequest {
  const path = `/v2/app/blobs/uploads/${query}`;
  return { method: "POST", path, ...body === undefined ? {} : { headers: OCTETS, body } };
}

const ACCEPT = { Accept: ACCEPT_MANIFESTS };

const BASE: readonly AskedRequest[] = [
  get("/v2/"),
  { method: "HEAD", path: "/v2/" },
  get("/v2"),
  { method: "POST", path: "/v2/" },
  { method: "OPTIONS", path: "/v2/", headers: { Origin: "https://ui.test" } },
  get("/v1/_ping"),
  get("/v2/nowhere"),
  get("/v2/_catalog"),
  get("/v2/_catalog?n=1"),
  get("/v2/_catalog?n=0"),
  get("/v2/_catalog?n=-1"),
  get("/v2/_catalog?n=many"),
  get("/v2/_catalog?n=1001"),
  { method: "POST", path: "/v2/_catalog" },
];

const TAGS: readonly AskedRequest[] = [
  get("/v2/app/tags/list"),
  get("/v2/app/tags/list?n=1"),
  get("/v2/app/tags/list?n=-1"),
  get("/v2/app/tags/list?n=many"),
  get("/v2/nobody/tags/list"),
  get("/v2/APP/tags/list"),
  { method: "DELETE", path: "/v2/app/tags/list" },
];

const READS: readonly AskedRequest[] = [
  get("/v2/app/manifests/v1", ACCEPT),
  { method: "HEAD", path: "/v2/app/manifests/v1", headers: ACCEPT },
  get(`/v2/app/manifests/${MANIFEST}`, ACCEPT),
  get(`/v2/app/manifests/${MANIFEST}`, { ...ACCEPT, "If-None-Match": `"${MANIFEST}"` }),
  get("/v2/app/manifests/v9", ACCEPT),
  get(`/v2/app/manifests/${OTHER}`, ACCEPT),
  get(`/v2/nobody/manifests/${MANIFEST}`, ACCEPT),
  get("/v2/app/manifests/sha256:short", ACCEPT),
  get("/v2/app/manifests/-v1", ACCEPT),
  { method: "OPTIONS", path: "/v2/app/manifests/v1", headers: { Origin: "https://ui.test" } },
  { method: "PATCH", path: "/v2/app/manifests/v1" },
  get(`/v2/app/blobs/${LAYER}`),
  { method: "HEAD", path: `/v2/app/blobs/${LAYER}` },
  get(`/v2/app/blobs/${LAYER}`, { Range: "bytes=0-9" }),
  get(`/v2/app/blobs/${LAYER}`, { Range: "bytes=99999999-" }),
  get(`/v2/app/blobs/${OTHER}`),
  get(`/v2/nobody/blobs/${LAYER}`),
  get("/v2/app/blobs/sha256:short"),
  { method: "PUT", path: `/v2/app/blobs/${LAYER}` },
];

const WRITES: readonly AskedRequest[] = [
  begin(""),
  begin(`?mount=${LAYER}&from=app`),
  begin(`?mount=${OTHER}&from=app`),
  begin("?mount=sha256:short&from=app"),
  begin(`?mount=${LAYER}&from=NOBODY`),
  get("/v2/app/blobs/uploads/"),
  get("{upload}"),
  get(NO_UPLOAD),
  get("/v2/app/blobs/uploads/no-id"),
  { method: "PATCH", path: "{upload}", headers: OCTETS, body: BLOB.bytes },
  {
    method: "PATCH",
    path: "{upload}",
    headers: { ...OCTETS, "Content-Range": "100-200" },
    body: BLOB.bytes.slice(0, 101),
    note: "with a gap",
  },
  { method: "PATCH", path: NO_UPLOAD, headers: OCTETS, body: BLOB.bytes },
  { method: "PUT", path: `{upload}?digest=${BLOB.digest}`, headers: OCTETS, body: BLOB.bytes },
  { method: "PUT", path: `{upload}?digest=${OTHER}`, headers: OCTETS, body: BLOB.bytes },
  { method: "PUT", path: "{upload}?digest=sha256:short", headers: OCTETS, body: BLOB.bytes },
  { method: "PUT", path: "{upload}", headers: OCTETS, body: BLOB.bytes },
  { method: "PUT", path: `${NO_UPLOAD}?digest=${BLOB.digest}`, headers: OCTETS, body: BLOB.bytes },
  { method: "POST", path: "{upload}" },
  { method: "DELETE", path: "{upload}" },
  { method: "DELETE", path: NO_UPLOAD },
  put("v2", APP.manifest.bytes, "good"),
  put(MANIFEST, APP.manifest.bytes, "good"),
  put(OTHER, APP.manifest.bytes, "of another digest"),
  put("v3", MISSING.bytes, "without its blobs"),
  put("v3", text("no JSON"), "no JSON"),
  put("v3", new Uint8Array(), "empty"),
  put("v3", APP.manifest.bytes, "of no known type", "text/plain"),
  put("v3", EMPTY_INDEX.bytes, "empty index", MEDIA_TYPES.oci.index),
  put("-v3", APP.manifest.bytes, "by no tag"),
];

const DELETES: readonly AskedRequest[] = [
  { method: "DELETE", path: `/v2/app/manifests/${OTHER}` },
  { method: "DELETE", path: "/v2/app/manifests/sha256:short" },
  { method: "DELETE", path: "/v2/app/manifests/v9" },
  { method: "DELETE", path: `/v2/app/blobs/${OTHER}` },
  { method: "DELETE", path: `/v2/app/blobs/${LAYER}` },
  { method: "DELETE", path: `/v2/app/manifests/${MANIFEST}` },
  get("/v2/app/manifests/v1", ACCEPT),
];

/** All of them, on a store that holds `APP` as `app:v1`. */
export const REQUESTS: readonly AskedRequest[] = [
  ...BASE,
  ...TAGS,
  ...READS,
  ...WRITES,
  ...DELETES,
];
