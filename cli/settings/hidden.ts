/**
 * What is not shown of settings.
 *
 * @module
 */

/** Stands for what is not shown. */
export const HIDDEN = "***";

/** A text without the name and password that a URL can carry. */
export function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/?#\s]*@/g, `://${HIDDEN}@`);
}
