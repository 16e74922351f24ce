/**
 * Every limit of berth, with its unit in its name. Rooms to the right read theirs from here too, so that one page
 * answers "how much of what, at most".
 *
 * @module
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Longest repository name, as in distribution's reference package. */
export const REPOSITORY_NAME_CHARACTERS_MAX = 255;

/** Longest `link` that is read: the longest digest, with room for junk that must be told from it. */
export const LINK_BYTES_MAX = 4 * KIB;

/** Largest manifest that is accepted and read (OCI distribution spec, "Pushing manifests": at least 4 megabytes). */
export const MANIFEST_BYTES_MAX = 4 * MIB;

/** Most tags that one manifest PUT may name; the spec asks for at least 10. */
export const MANIFEST_TAGS_MAX = 100;

/** Piece in which blobs are read from disk: 1.9 GiB/s to one client, against 1.5 with 256 KiB pieces. */
export const BLOB_READ_BYTES = MIB;

/** Blobs up to this size are answered from one buffer instead of a stream. */
export const BLOB_BUFFERED_BYTES_MAX = MIB;

/** Files up to this size are read on the event loop: 7 us, against 50 us for a thread. */
export const SYNC_READ_BYTES_MAX = 64 * KIB;

/** Piece in which uploads are hashed and written: network chunks are about 64 KiB, and each write costs a thread. */
export const UPLOAD_WRITE_BYTES = MIB;

/** How long a request waits for another writer of the same upload, whose client may be gone. */
export const UPLOAD_BUSY_WAIT_MS = 2_000;

/** Uploads whose running hash is kept in memory; others are hashed again from the file. */
export const UPLOAD_DIGESTS_MAX = 4_096;

/** Small blobs and manifests kept in memory, by event loop. */
export const CONTENT_CACHE_BYTES_MAX = 32 * MIB;

/** Largest blob that is kept in memory. */
export const CONTENT_CACHE_ENTRY_BYTES_MAX = 256 * KIB;

/** Names of directory listings kept in memory, over all listings. */
export const LISTING_CACHE_NAMES_MAX = 500_000;

/**
 * A listing is trusted by the modification time of its directory only when that time was this far in the past as
 * it was read: two changes within the clock tick of a file system carry the same time. FAT ticks every 2 s.
 */
export const LISTING_SETTLED_MS = 2_000;

/** Directories that are remembered to lie inside the store. */
export const INSIDE_CACHE_DIRECTORIES_MAX = 100_000;

/** Manifests that are remembered to have been looked at for a subject, over all repositories. */
export const REFERRERS_KNOWN_MAX = 500_000;

/** Referrers whose descriptors are kept in memory. */
export const REFERRERS_DESCRIPTORS_MAX = 10_000;

/** How long commits of one process go on joining one hold of the gate, so that collection gets its turn. */
export const GATE_JOIN_MS = 20;

/** An upload's HEAD of a blob that is older than this counts as interest in it, and makes it young again. */
export const BLOB_INTEREST_MS = 10 * 60 * 1_000;

/** Entries of a list that are worked through before other requests get their turn. */
export const LIST_SLICE_ENTRIES = 256;
