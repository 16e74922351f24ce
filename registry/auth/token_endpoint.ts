/**
 * The endpoint that answers for tokens (Docker token protocol: GET with Basic, POST with the form of OAuth 2).
 *
 * @module
 */

import { TOKEN_FORM_BYTES_MAX } from "../../storage/limits.ts";
import { piecesOf } from "../../storage/piece_reader.ts";
import type { Handler } from "../route.ts";
import { RegistryError } from "../errors.ts";
import { type Answer, respondJson } from "../respond.ts";
import { basicChallenge, unauthorized } from "./challenge.ts";
import { readAuthorization } from "./credentials.ts";
import type { TokenIssuer } from "./issuer.ts";

/** Somebody whose credentials were right; `null` as user is somebody without any. */
interface Applicant {
  readonly user: string | null;
  readonly scopes: readonly string[];
  /** Whether a refresh token is asked for. */
  readonly isOffline: boolean;
}

/** Answers `GET ?scope=&service=&account=&offline_token=` with credentials in the header, or without any. */
export function getToken(issuer: TokenIssuer): Handler {
  return async ({ request, query }) => {
    const authorization = readAuthorization(request.headers);
    const isBasic = authorization.kind === "basic";
    if (!isBasic && (authorization.kind !== "none" || !issuer.isOpenToAnybody())) {
      throw wrong(issuer);
    }
    if (isBasic && !await issuer.authenticate(authorization.credentials)) throw wrong(issuer);
    return await answer(issuer, {
      user: isBasic ? authorization.credentials.user : null,
      scopes: scopesOf(query),
      isOffline: query.get("offline_token") === "true",
    });
  };
}

/** How a form says who it is, by its `grant_type`; `null` for credentials that are wrong. */
const GRANTS: Readonly<
  Record<string, (issuer: TokenIssuer, form: URLSearchParams) => Promise<string | null>>
> = {
  async password(issuer, form): Promise<string | null> {
    const user = form.get("username") ?? "";
    const password = form.get("password") ?? "";
    return await issuer.authenticate({ user, password }) ? user : null;
  },
  refresh_token: (issuer, form) => issuer.userOfRefresh(form.get("refresh_token") ?? ""),
};

/** Answers a form with `grant_type=password` or `refresh_token`. */
export function postToken(issuer: TokenIssuer): Handler {
  return async ({ request, settings }) => {
    const form = await readForm(request, settings.bodyIdleMs ?? 0);
    const type = form.get("grant_type") ?? "";
    const grant = Object.hasOwn(GRANTS, type) ? GRANTS[type] : undefined;
    if (grant === undefined) throw badForm("the grant_type of a form is password or refresh_token");
    const user = await grant(issuer, form);
    if (user === null) throw wrong(issuer);
    return await answer(issuer, {
      user,
      scopes: scopesOf(form),
      isOffline: form.get("access_type") === "offline",
    });
  };
}

async function answer(issuer: TokenIssuer, applicant: Applicant): Promise<Answer> {
  const { user, scopes, isOffline } = applicant;
  const { token, scope, lifeSeconds, issuedMs } = await issuer.issue(user, scopes);
  return respondJson({
    token,
    access_token: token,
    scope,
    expires_in: lifeSeconds,
    issued_at: new Date(issuedMs).toISOString(),
    ...(isOffline && user !== null ? { refresh_token: await issuer.issueRefresh(user) } : {}),
  }, { "Cache-Control": "no-store" });
}

/** The scopes may stand in several parameters, or in one with spaces between them. */
function scopesOf(parameters: URLSearchParams): readonly string[] {
  const all = parameters.getAll("scope").flatMap((text) => text.split(" "));
  return [...new Set(all)].filter((scope) => scope !== "");
}

function wrong({ options }: TokenIssuer): RegistryError {
  return unauthorized(basicChallenge(options.service), []);
}

async function readForm(request: Request, idleMs: number): Promise<URLSearchParams> {
  const type = request.headers.get("Content-Type") ?? "";
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) {
    throw badForm("send a form of type application/x-www-form-urlencoded");
  }
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of piecesOf(request.body, idleMs)) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > TOKEN_FORM_BYTES_MAX) throw badForm("the form is too long", 413);
  }
  return new URLSearchParams(text);
}

function badForm(message: string, status = 400): RegistryError {
  return new RegistryError("UNSUPPORTED", { status, message });
}
