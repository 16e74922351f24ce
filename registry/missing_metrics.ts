/**
 * What distribution's metrics show and berth's do not, or not quite so, and why.
 *
 * @module
 */

const NO_MIRROR = "berth is no mirror of another registry";

/** Why a metric is not there, by its name or, where that ends with `*`, its beginning. */
export const MISSING_METRICS: Readonly<Record<string, string>> = {
  "registry_proxy_*": NO_MIRROR,
  registry_storage_cache_redis_seconds: "berth asks no Redis",
  "go_*": "there is no Go in berth",
  "promhttp_*": "they are about the page itself, in Go's library",
  process_virtual_memory_max_bytes: "it says nothing that `process_virtual_memory_bytes` does not",
};

/** How metrics that are there differ, by their names. */
export const DIFFERENT_METRICS: Readonly<Record<string, string>> = {
  registry_http_requests_total:
    "Counts requests that no route fits, or that are turned down before, under the handler `other`; distribution counts none of them. berth's own routes have handlers of their own.",
  registry_http_request_size_bytes:
    "Bytes of the body that came, also of those in chunks. Distribution adds an estimate of the head, and counts nothing of bodies in chunks.",
  registry_http_response_size_bytes:
    "Bytes of the body that were handed to the connection, also of answers that the client gave up.",
  registry_storage_action_seconds:
    "berth's drivers have no `Walk` and no `RedirectURL`, and have `Touch`. `Reader` and `Writer` are the opening of a file.",
  registry_storage_cache_requests_total:
    "The memory of manifests and small blobs; distribution's is of descriptors.",
};

/** Why a metric of distribution is not there; `null` when nobody says so. */
export function whyMissing(name: string): string | null {
  const key = Object.keys(MISSING_METRICS).find((key) =>
    key.endsWith("*") ? name.startsWith(key.slice(0, -1)) : name === key
  );
  return key === undefined ? null : MISSING_METRICS[key] ?? null;
}
