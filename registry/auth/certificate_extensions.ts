/**
 * The extensions of certificates that say whom one may vouch for (RFC 5280, section 4.2), which `node:crypto` does not
 * tell.
 *
 * @module
 */

import type { X509Certificate } from "node:crypto";

/** What an authority may sign. */
export interface SigningRights {
  /** Authorities that may stand between this one and the end of a chain; `null` for any number. */
  readonly pathLengthMax: number | null;
  /** Whether its key is for certificates at all. */
  readonly signsCertificates: boolean;
}

/** An element of DER (ITU-T X.690, section 8.1). */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const TAGS = { boolean: 0x01, integer: 0x02, octets: 0x04, sequence: 0x30, extensions: 0xa3 };

/** Object identifiers below 2.5.29, by their last number. */
const EXTENSIONS = {
  subjectKeyId: 14,
  keyUsage: 15,
  subjectName: 17,
  basicConstraints: 19,
  policies: 32,
  issuerKeyId: 35,
  extendedUsage: 37,
};

/** Those that may be critical: what is not among them, such as constraints of names, is not checked here. */
const KNOWN: ReadonlySet<number> = new Set(Object.values(EXTENSIONS));

/** Bit 5 of `keyUsage` counts from the left: to sign certificates. */
const KEY_CERT_SIGN = 0x80 >> 5;

/**
 * What a certificate may sign. `null` when that cannot be told: it has a critical extension that is not known here, or
 * cannot be read; whoever checks it has to refuse it (RFC 5280, section 4.2).
 */
export function signingRights(certificate: X509Certificate): SigningRights | null {
  try {
    const extensions = readExtensions(certificate.raw);
    return extensions === null ? null : {
      pathLengthMax: pathLengthOf(extensions.get(EXTENSIONS.basicConstraints)),
      signsCertificates: hasCertSign(extensions.get(EXTENSIONS.keyUsage)),
    };
  } catch {
    // What the sender of a token calls a certificate may be anything.
    return null;
  }
}

/** Values by the last number of their identifiers. */
function readExtensions(der: Uint8Array): ReadonlyMap<number, Uint8Array> | null {
  const values = new Map<number, Uint8Array>();
  const [certificate] = elementsOf(der);
  const [body] = elementsOf(contentOf(certificate));
  const list = elementsOf(contentOf(body)).find(({ tag }) => tag === TAGS.extensions);
  if (list === undefined) return values;
  const [sequence] = elementsOf(list.content);
  for (const { content } of elementsOf(contentOf(sequence))) {
    const [id, ...rest] = elementsOf(content);
    const isCritical = rest[0]?.tag === TAGS.boolean && rest[0].content[0] !== 0;
    const number = standardNumber(contentOf(id));
    if (number === null || !KNOWN.has(number)) {
      if (isCritical) return null;
      continue;
    }
    values.set(number, contentOf(rest.find(({ tag }) => tag === TAGS.octets)));
  }
  return values;
}

/** The last number of an identifier below 2.5.29; `null` for others. */
function standardNumber(id: Uint8Array): number | null {
  const [first, second, number] = id;
  return id.length === 3 && first === 0x55 && second === 0x1d ? number ?? null : null;
}

/** `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`. */
function pathLengthOf(value: Uint8Array | undefined): number | null {
  if (value === undefined) return null;
  const [sequence] = elementsOf(value);
  const length = elementsOf(contentOf(sequence)).find(({ tag }) => tag === TAGS.integer);
  return length === undefined ? null : numberOf(length.content);
}

/** Without `keyUsage` a key is for everything. The first byte of a bit string says how many bits at its end are none. */
function hasCertSign(value: Uint8Array | undefined): boolean {
  if (value === undefined) return true;
  const [bits] = elementsOf(value);
  return ((contentOf(bits)[1] ?? 0) & KEY_CERT_SIGN) !== 0;
}

function contentOf(element: Element | undefined): Uint8Array {
  if (element === undefined) throw new TypeError("An element of a certificate is missing");
  return element.content;
}

function elementsOf(bytes: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const [tag = 0, first = 0] = bytes.subarray(offset, offset + 2);
    // Lengths from 128 are numbers of their own, whose length stands before them.
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = offset + 2 + lengthBytes;
    const length = first < 0x80 ? first : numberOf(bytes.subarray(offset + 2, start));
    const end = start + length;
    if (end > bytes.length) throw new TypeError("An element of a certificate is cut off");
    elements.push({ tag, content: bytes.subarray(start, end) });
    offset = end;
  }
  return elements;
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
