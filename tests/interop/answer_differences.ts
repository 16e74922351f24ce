/**
 * Where berth and distribution 2.8 answer the same request otherwise, by design.
 *
 * @module
 */

/** Lines of the form `METHOD path (note) | what distribution tells | what berth tells`. */
export interface AnswerDifference {
  readonly line: RegExp;
  readonly reason: string;
  /** A scene in which it is seen. */
  readonly scene: "open" | "silly" | "read-only";
}

export const ANSWER_DIFFERENCES: readonly AnswerDifference[] = [
  {
    line: /\| (404|405|416) text.* \| \1 [A-Z_]+/,
    reason: "distribution's router answers in plain text and without http.headers; " +
      "berth sends every error as the spec has it",
    scene: "open",
  },
  {
    line: /^GET \/v2 \| 301 .*\| (?:200|401)/,
    reason: "berth answers without the slash too, as some clients lose credentials when redirected",
    scene: "open",
  },
  {
    line: /^OPTIONS .*\| 401 .*\| 200/,
    reason: "browsers ask before a request across origins, without credentials",
    scene: "silly",
  },
  {
    line:
      /^(?:POST \/v2\/(?:_catalog)?|DELETE \S+\/tags\/list|PATCH \S+\/manifests\/\S+|PUT \S+\/sha256:\w+|POST \{upload\}) \| (?:200|202|401).* \| 405 UNSUPPORTED/,
    reason: "berth refuses methods that a path does not have, whoever sends them",
    scene: "open",
  },
  {
    line: /^GET .*\?n=(?:-1|many) \| 200.* \| 400 PAGINATION_NUMBER_INVALID/,
    reason: "as distribution 3 does",
    scene: "open",
  },
  {
    line: /^GET \/v2\/APP\/.*\| 404 text \| 400 NAME_INVALID/,
    reason: "the code that the spec has for it",
    scene: "open",
  },
  {
    line: /\/manifests\/-v\d .*\| 404 text \| (?:400 TAG_INVALID|401|404|405)/,
    reason: "distribution's router knows no path for what is no tag, and asks for no login",
    scene: "open",
  },
  {
    line: /\/manifests\/sha256:short \| 500 UNKNOWN.* \| 400 DIGEST_INVALID/,
    reason: "what a client sends wrongly is no failure of the server",
    scene: "open",
  },
  {
    line: /mount=sha256:short.* \| 202.* \| 400 DIGEST_INVALID/,
    reason: "an upload that cannot end with what was asked for is not begun",
    scene: "open",
  },
  {
    line: /from=NOBODY \| (?:202.* \| 400 NAME_INVALID|401 .* \| 401 )/,
    reason: "no repository can have that name, so no token for it is asked for",
    scene: "open",
  },
  {
    line: /^GET \/v2\/app\/blobs\/uploads\/ \| (?:404|401) .*\| 405 UNSUPPORTED/,
    reason: "only POST is for this path",
    scene: "open",
  },
  {
    line: /\| 404 BLOB_UPLOAD_INVALID(.*) \| 404 BLOB_UPLOAD_UNKNOWN\1$/,
    reason: "distribution looks for its _state first, which berth's uploads do not need",
    scene: "open",
  },
  {
    line: /^(?:PATCH|PUT|POST|DELETE) .*\| 404 BLOB_UPLOAD_INVALID.* \| 405 UNSUPPORTED/,
    reason: "berth is read-only before it looks for an upload",
    scene: "read-only",
  },
  {
    line: /^PATCH \{upload\} \(with a gap\) \| 202.* \| 416 RANGE_INVALID/,
    reason: "distribution 2.8 does not look at Content-Range, and puts bytes in the wrong place",
    scene: "open",
  },
  {
    line: /\(of no known type\) \| 400 MANIFEST_INVALID.* \| 201/,
    reason: "the spec lets manifests have any type",
    scene: "open",
  },
  {
    line: /^DELETE \/v2\/app\/manifests\/v9 \| 400 DIGEST_INVALID.* \| 404 MANIFEST_UNKNOWN/,
    reason: "tags can be deleted, as in distribution 3",
    scene: "open",
  },
];
