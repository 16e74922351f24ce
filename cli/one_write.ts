/**
 * Lets small answers leave in one system call.
 *
 * @module
 */

import type { Answer } from "../registry/respond.ts";
import {
  ONE_WRITE_BODY_BYTES_MAX,
  PADDED_HEAD_CHARACTERS_MAX,
  PADDING_AFTER_BODIES,
  PADDING_CHARACTERS,
} from "../storage/limits.ts";

/** The header that makes room. It says nothing. */
export const PADDING_HEADER = "X-Padding";

const PADDING = "-".repeat(PADDING_CHARACTERS);

/** One more than the largest port of a client. */
const PORTS = 2 ** 16;

/**
 * Makes room for bodies behind the heads of answers. The HTTP library below Deno 2.9 writes each head into a buffer that
 * the connection keeps, and the body behind it if it has room there; else the body takes a system call of its own, and
 * wakes the client a second time: 25,500 manifests a second in place of 35,000. The buffer grows for heads alone. So a
 * connection that has brought many small bodies is sent one long head, and has room from then on.
 */
export class OneWrite {
  /** Small bodies by port of the client, from 0 again after 255, as others will have the port later. */
  readonly #bodies = new Uint8Array(PORTS);

  /** Pads the head of an answer over plain HTTP when it is time to. Proxies pass it on, so the whole head stays below 4 KiB. */
  prepare(
    { body, headers, repeated }: Answer,
    { remoteAddr }: Pick<Deno.ServeHandlerInfo, "remoteAddr">,
  ): void {
    const bytes = Number(headers["Content-Length"]);
    if (body === null || !(bytes <= ONE_WRITE_BODY_BYTES_MAX) || !("port" in remoteAddr)) return;
    const { port } = remoteAddr;
    const before = this.#bodies[port] ?? 0;
    this.#bodies[port] = before + 1;
    const isTime = before === PADDING_AFTER_BODIES;
    if (
      isTime &&
      charactersOf([...Object.entries(headers), ...repeated ?? []]) <= PADDED_HEAD_CHARACTERS_MAX
    ) {
      headers[PADDING_HEADER] = PADDING;
    }
  }
}

function charactersOf(headers: readonly (readonly [name: string, value: string])[]): number {
  return headers.flat().join("").length;
}
