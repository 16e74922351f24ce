/**
 * Checks of answers. Each throws an error that names the request, what came, and what was expected.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Answer } from "./client.ts";
import type { Content, Manifest } from "./fixtures.ts";

/** How much of an unexpected body a message shows, in bytes. */
const EXCERPT_BYTES = 200;

/** Thrown where a registry left out, in a way that the spec allows, what a case tries. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** Throws unless the status is one of those given; returns the answer. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  const body = new TextDecoder().decode(answer.body.subarray(0, EXCERPT_BYTES)).trim();
  const shown = body === "" ? "" : ` with ${body}`;
  throw new Error(
    `${answer.request} answered ${answer.status}${shown}, expected ${statuses.join(" or ")}`,
  );
}

/** Throws unless two JSON values are equal, whatever the order of their fields; `what` names the value. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [canonicalJson(actual), canonicalJson(expected)];
  if (got !== wanted) throw new Error(`${what}: ${got}, expected ${wanted}`);
}

function canonicalJson(value: unknown): string {
  const sortFields = (_name: string, field: unknown): unknown => {
    const isObject = typeof field === "object" && field !== null && !Array.isArray(field);
    return isObject ? Object.fromEntries(Object.entries(field).sort()) : field;
  };
  return JSON.stringify(value, sortFields);
}

/** The value of a header; throws when it is absent or empty. */
export function headerOf(answer: Answer, name: string): string {
  const value = answer.headers.get(name);
  if (value !== null && value !== "") return value;
  throw new Error(`${answer.request} answered ${answer.status} without ${name}`);
}

/** Throws unless a header has one of the values given. */
export function expectHeader(answer: Answer, name: string, ...values: readonly string[]): void {
  const value = headerOf(answer, name);
  if (values.includes(value)) return;
  throw new Error(
    `${answer.request} answered "${name}: ${value}", expected "${values.join('" or "')}"`,
  );
}

/** The elements of a header that is a comma-separated list; none when it is absent. */
export function listHeader(answer: Answer, name: string): readonly string[] {
  const elements = (answer.headers.get(name) ?? "").split(",").map((element) => element.trim());
  return elements.filter((element) => element !== "");
}

/** The absolute form of `Location`; throws when the header is absent. */
export function locationOf(answer: Answer): URL {
  return new URL(headerOf(answer, "Location"), answer.url);
}

/** The absolute form of the `Link` with the relation `next` (RFC 8288); `null` on the last page. */
export function nextPageOf(answer: Answer): URL | null {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(answer.headers.get("Link") ?? "");
  return link === null ? null : new URL(link[1] ?? "", answer.url);
}

/** Throws unless the body is exactly these bytes. */
export function expectBody(answer: Answer, bytes: Uint8Array): void {
  if (Buffer.compare(answer.body, bytes) === 0) return;
  throw new Error(
    `${answer.request} answered ${answer.body.length} bytes, expected another ${bytes.length} bytes`,
  );
}

/** The body as JSON; throws when it is something else. */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body));
  } catch (error) {
    throw new Error(`${answer.request} answered a body that is no JSON: ${error}`);
  }
}

/** Throws unless the answer is the content: 200, its digest, its length, and on GET its bytes. */
export function expectContent(answer: Answer, content: Content): void {
  expectStatus(answer, 200);
  expectHeader(answer, "Docker-Content-Digest", content.descriptor.digest);
  expectHeader(answer, "Content-Length", `${content.bytes.length}`);
  expectBody(answer, answer.request.startsWith("HEAD ") ? new Uint8Array() : content.bytes);
}

/** As {@linkcode expectContent}, with the media type that the manifest was pushed with. */
export function expectManifest(answer: Answer, manifest: Manifest): void {
  expectContent(answer, manifest);
  expectHeader(answer, "Content-Type", manifest.descriptor.mediaType);
}
