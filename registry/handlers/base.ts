/**
 * `/` and `/v2/`: is somebody there, and does it speak this protocol?
 *
 * @module
 */

import { type Answer, respond, respondText } from "../respond.ts";
import { JSON_UTF8 } from "../media_types.ts";

/** Tells load balancers that the registry is up. Never asks who they are. */
export function getRoot(): Answer {
  return respond(200, { "Cache-Control": "no-cache" });
}

/** Tells clients that this is a registry (OCI distribution spec, "Determining Support"). */
export function getBase(): Answer {
  return respondText("{}", { "Content-Type": JSON_UTF8 });
}
