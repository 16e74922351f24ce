/**
 * The whole API as data. Dispatch, `Allow`, access checks, metric labels and the API reference are read off this
 * table.
 *
 * @module
 */

import { getBase, getRoot } from "./handlers/base.ts";
import { deleteBlob, getBlob, headBlob } from "./handlers/blobs.ts";
import { getLive, getReady } from "./handlers/probes.ts";
import { deleteManifest, getManifest, putManifest } from "./handlers/manifests.ts";
import { listReferrers } from "./handlers/referrers.ts";
import { listRepositories } from "./handlers/repositories.ts";
import { listTags } from "./handlers/tags.ts";
import {
  appendUpload,
  cancelUpload,
  finishUpload,
  getUpload,
  startUpload,
} from "./handlers/uploads.ts";
import type { ErrorCode } from "./errors.ts";
import type { Access, Endpoint, Handler, Method, Route, Switch } from "./route.ts";

/** What every endpoint of a repository can fail with. */
const COMMON: readonly ErrorCode[] = ["NAME_INVALID", "UNAUTHORIZED", "DENIED", "TOOMANYREQUESTS"];

interface EndpointOptions {
  readonly spec?: string;
  readonly access: Access;
  readonly guardedBy?: Switch;
  readonly success: readonly number[];
  readonly failures?: readonly ErrorCode[];
  readonly handler: Handler;
}

function endpoint(method: Method, summary: string, options: EndpointOptions): Endpoint {
  return {
    method,
    summary,
    spec: options.spec ?? null,
    access: options.access,
    guardedBy: options.guardedBy ?? "none",
    success: options.success,
    failures: options.failures ?? [],
    handler: options.handler,
  };
}

/** Every path, in the order in which they are tried: an upload's path fits that of a blob too. */
export const ROUTES: readonly Route[] = [
  {
    path: "/",
    label: "root",
    endpoints: [
      endpoint("GET", "Say that the server is up", {
        access: "none",
        success: [200],
        handler: getRoot,
      }),
      endpoint("HEAD", "Say that the server is up", {
        access: "none",
        success: [200],
        handler: getRoot,
      }),
    ],
  },
  {
    path: "/v2/",
    label: "base",
    endpoints: [
      endpoint("GET", "Say that this is a registry", {
        spec: "end-1",
        access: "base",
        success: [200],
        failures: ["UNAUTHORIZED"],
        handler: getBase,
      }),
      endpoint("HEAD", "Say that this is a registry", {
        access: "base",
        success: [200],
        failures: ["UNAUTHORIZED"],
        handler: getBase,
      }),
    ],
  },
  {
    path: "/v2/_catalog",
    label: "catalog",
    endpoints: [
      endpoint("GET", "List repositories", {
        access: "catalog",
        success: [200],
        failures: ["PAGINATION_NUMBER_INVALID", "UNAUTHORIZED"],
        handler: listRepositories,
      }),
    ],
  },
  {
    path: "/v2/<name>/tags/list",
    label: "tags",
    endpoints: [
      endpoint("GET", "List tags", {
        spec: "end-8a, end-8b",
        access: "pull",
        success: [200],
        failures: ["NAME_UNKNOWN", "PAGINATION_NUMBER_INVALID", ...COMMON],
        handler: listTags,
      }),
    ],
  },
  {
    path: "/v2/<name>/manifests/<reference>",
    label: "manifest",
    endpoints: [
      endpoint("GET", "Pull a manifest", {
        spec: "end-3",
        access: "pull",
        success: [200, 304],
        failures: ["DIGEST_INVALID", "MANIFEST_UNKNOWN", ...COMMON],
        handler: getManifest,
      }),
      endpoint("HEAD", "Look at a manifest", {
        spec: "end-3",
        access: "pull",
        success: [200, 304],
        failures: ["DIGEST_INVALID", "MANIFEST_UNKNOWN", ...COMMON],
        handler: getManifest,
      }),
      endpoint("PUT", "Push a manifest", {
        spec: "end-7a, end-7b",
        access: "push",
        guardedBy: "write",
        success: [201],
        failures: [
          "DIGEST_INVALID",
          "MANIFEST_BLOB_UNKNOWN",
          "MANIFEST_INVALID",
          "SIZE_INVALID",
          "TAG_INVALID",
          "UNAVAILABLE",
          "UNSUPPORTED",
          ...COMMON,
        ],
        handler: putManifest,
      }),
      endpoint("DELETE", "Delete a tag, or a manifest with its tags", {
        spec: "end-9",
        access: "delete",
        guardedBy: "delete",
        success: [202],
        failures: ["DIGEST_INVALID", "MANIFEST_UNKNOWN", "UNSUPPORTED", ...COMMON],
        handler: deleteManifest,
      }),
    ],
  },
  {
    path: "/v2/<name>/blobs/uploads/",
    label: "blob_upload",
    endpoints: [
      endpoint("POST", "Begin an upload, mount a blob, or push one whole", {
        spec: "end-4a, end-4b, end-4c, end-11",
        access: "push",
        guardedBy: "write",
        success: [201, 202],
        failures: ["DIGEST_INVALID", "SIZE_INVALID", "UNAVAILABLE", "UNSUPPORTED", ...COMMON],
        handler: startUpload,
      }),
    ],
  },
  {
    path: "/v2/<name>/blobs/uploads/<id>",
    label: "blob_upload_chunk",
    endpoints: [
      endpoint("GET", "Tell how far an upload is", {
        spec: "end-13",
        access: "pull",
        success: [204],
        failures: ["BLOB_UPLOAD_UNKNOWN", ...COMMON],
        handler: getUpload,
      }),
      endpoint("HEAD", "Tell how far an upload is", {
        access: "pull",
        success: [204],
        failures: ["BLOB_UPLOAD_UNKNOWN", ...COMMON],
        handler: getUpload,
      }),
      endpoint("PATCH", "Push a chunk", {
        spec: "end-5",
        access: "push",
        guardedBy: "write",
        success: [202],
        failures: [
          "BLOB_UPLOAD_UNKNOWN",
          "RANGE_INVALID",
          "SIZE_INVALID",
          "UNAVAILABLE",
          "UNSUPPORTED",
          ...COMMON,
        ],
        handler: appendUpload,
      }),
      endpoint("PUT", "Finish an upload", {
        spec: "end-6",
        access: "push",
        guardedBy: "write",
        success: [201],
        failures: [
          "BLOB_UPLOAD_UNKNOWN",
          "DIGEST_INVALID",
          "RANGE_INVALID",
          "SIZE_INVALID",
          "UNAVAILABLE",
          "UNSUPPORTED",
          ...COMMON,
        ],
        handler: finishUpload,
      }),
      endpoint("DELETE", "Cancel an upload", {
        spec: "end-14",
        access: "delete",
        guardedBy: "write",
        success: [204],
        failures: ["BLOB_UPLOAD_UNKNOWN", "UNSUPPORTED", ...COMMON],
        handler: cancelUpload,
      }),
    ],
  },
  {
    path: "/v2/<name>/blobs/<digest>",
    label: "blob",
    endpoints: [
      endpoint("GET", "Pull a blob", {
        spec: "end-2",
        access: "pull",
        success: [200, 206, 304],
        failures: ["BLOB_UNKNOWN", "DIGEST_INVALID", "RANGE_INVALID", ...COMMON],
        handler: getBlob,
      }),
      endpoint("HEAD", "Look at a blob", {
        spec: "end-2",
        access: "pull",
        success: [200, 304],
        failures: ["BLOB_UNKNOWN", "DIGEST_INVALID", ...COMMON],
        handler: headBlob,
      }),
      endpoint("DELETE", "Delete a blob", {
        spec: "end-10",
        access: "delete",
        guardedBy: "delete",
        success: [202],
        failures: ["BLOB_UNKNOWN", "DIGEST_INVALID", "UNSUPPORTED", ...COMMON],
        handler: deleteBlob,
      }),
    ],
  },
  {
    path: "/v2/<name>/referrers/<digest>",
    label: "referrers",
    endpoints: [
      endpoint("GET", "List referrers", {
        spec: "end-12a, end-12b",
        access: "pull",
        success: [200],
        failures: ["DIGEST_INVALID", "PAGINATION_NUMBER_INVALID", ...COMMON],
        handler: listReferrers,
      }),
    ],
  },
  {
    path: "/livez",
    label: "livez",
    endpoints: [
      endpoint("GET", "Say that the process is alive", {
        access: "none",
        success: [200],
        handler: getLive,
      }),
    ],
  },
  {
    path: "/readyz",
    label: "readyz",
    endpoints: [
      endpoint(
        "GET",
        "Say whether requests are wanted: no health check fails, and the end is not near",
        {
          access: "none",
          success: [200],
          failures: ["UNAVAILABLE"],
          handler: getReady,
        },
      ),
    ],
  },
];

/** The path of the registry's own token server, where it has one (Docker token protocol). */
export function tokenRoute(path: string, get: Handler, post: Handler): Route {
  const failures: readonly ErrorCode[] = ["UNAUTHORIZED", "TOOMANYREQUESTS", "UNAVAILABLE"];
  return {
    path,
    label: "token",
    endpoints: [
      endpoint("GET", "Get a token for a name and a password, or for nobody in particular", {
        access: "none",
        success: [200],
        failures,
        handler: get,
      }),
      endpoint("POST", "Get a token for a password or a refresh token", {
        access: "none",
        success: [200],
        failures: ["UNSUPPORTED", ...failures],
        handler: post,
      }),
    ],
  };
}
