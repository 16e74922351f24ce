/**
 * What is not shown, be it of settings or in logs.
 *
 * @module
 */

/** Stands for what is not shown. */
export const HIDDEN = "***";

const NAME_AND_PASSWORD_REGEXP = /:\/\/[^/?#\s]*@/g;

/** Parts of queries whose values are credentials, by their names. */
const SECRET_REGEXP =
  /([?&;][^=&#;\s]*(?:token|password|passwd|secret|signature|credential|authorization|api_?key)[^=&#;\s]*=)[^&#;\s]*/gi;

/** A text without the name and password that a URL can carry. */
export function withoutCredentials(text: string): string {
  return text.replace(NAME_AND_PASSWORD_REGEXP, `://${HIDDEN}@`);
}

/** A text with URLs without credentials, neither before their hosts nor in their queries. */
export function withoutSecrets(text: string): string {
  const bare = text.includes("@") ? withoutCredentials(text) : text;
  return bare.includes("?") ? bare.replace(SECRET_REGEXP, `$1${HIDDEN}`) : bare;
}
