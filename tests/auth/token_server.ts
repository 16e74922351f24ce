/**
 * A token server as an operator may run one (Docker token protocol).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Certified, chainOf, claimsNow, signToken } from "./authority.ts";

const ALICE = `Basic ${btoa("alice:ecila")}`;

/** A token server in twenty lines: alice may do everything, anybody may pull `public`. It notes what it is asked for. */
export function tokenServer(
  signer: Certified,
  asked: string[] = [],
): (request: Request) => Response {
  return (request) => {
    const { searchParams } = new URL(request.url);
    assertEquals(searchParams.get("service"), "berth.test");
    const authorization = request.headers.get("Authorization");
    if (authorization !== null && authorization !== ALICE) {
      return new Response("wrong", { status: 401 });
    }
    const scopes = searchParams.getAll("scope").flatMap((scope) => scope.split(" "));
    asked.push(...scopes);
    const access = scopes.map((scope) => {
      const [type, name = "", actions = ""] = scope.split(":");
      const isPublic = name.startsWith("public/");
      const given = actions.split(",").filter((action) => {
        return authorization === ALICE || (isPublic && action === "pull");
      });
      return { type, name, actions: given };
    });
    const token = signToken(signer.key, { x5c: chainOf(signer) }, claimsNow(access));
    return Response.json({ token, expires_in: 300 });
  };
}
