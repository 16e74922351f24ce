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

/** Piece in which blobs are read from disk: small enough to stay in the cache of the processor until it is sent. */
export const BLOB_READ_BYTES = 512 * KIB;

/**
 * Blobs up to this size are answered from one buffer instead of a stream. Deno copies such a body, and leaves both copies
 * to the garbage collector: already with 128 KiB, a stream answers a fifth more requests.
 */
export const BLOB_BUFFERED_BYTES_MAX = 64 * KIB;

/** Files up to this size are read on the event loop: 7 us, against 50 us for a thread. */
export const SYNC_READ_BYTES_MAX = 64 * KIB;

/** Size of a directory's own file up to which it is read on the event loop; about a thousand entries on ext4. */
export const SYNC_LIST_BYTES_MAX = 64 * KIB;

/** Piece in which a request body of known length is taken from the network. */
export const PIECE_READ_BYTES = 128 * KIB;

/** Smallest piece in which a request body is asked for, and the first ones of a body in HTTP chunks. */
export const PIECE_READ_BYTES_MIN = 8 * KIB;

/** Largest piece in which a body in HTTP chunks is asked for. */
export const PIECE_READ_CHUNKED_BYTES_MAX = 64 * KIB;

/** Chunks of the same size, one after the other, from which it is believed that a body has such chunks. */
export const CHUNKS_ALIKE_MIN = 8;

/** How often it is looked whether a body goes on, in the time in which it has to. */
export const BODY_IDLE_LOOKS = 4;

/** What has to come between two such looks: with the default of a minute, 1 KiB a minute. */
export const BODY_IDLE_BYTES_MIN = 256;

/** Piece in which uploads are hashed and written: network chunks are about 64 KiB, and each write costs a thread. */
export const UPLOAD_WRITE_BYTES = MIB;

/** The same for the first bytes of a request: what a connection brings at a time. */
export const UPLOAD_FIRST_WRITE_BYTES = 64 * KIB;

/**
 * An upload of more is brought to disk in steps of this while it comes in: what is less than a step is left to do at the
 * end, for each of those that come in at the same time. Four of them are 5 to 15 % faster than with steps of 64 MiB.
 */
export const SYNC_AHEAD_BYTES = 16 * MIB;

/** Memory that the streams of blobs may take together, before each of them takes smaller pieces. */
export const BLOB_READ_TOTAL_BYTES = 64 * MIB;

/** Largest buffer whose memory a server keeps when it is freed: a little less than the 32 MiB at which glibc stops. */
export const FREED_MEMORY_KEPT_BYTES = 32 * MIB - 64 * KIB;

/** Smallest piece that a stream is brought down to. */
export const BLOB_READ_BYTES_MIN = 64 * KIB;

/** Smallest chunk of an upload, which clients are told: any that is not empty. */
export const UPLOAD_CHUNK_BYTES_MIN = 1;

/** How often a request looks whether another writer of the same upload is done. */
export const UPLOAD_BUSY_POLL_MS = 25;

/** How long a request waits for another writer of the same upload, whose client may be gone. */
export const UPLOAD_BUSY_WAIT_MS = 2_000;

/** Uploads whose running hash is kept in memory; others are hashed again from the file. */
export const UPLOAD_DIGESTS_MAX = 4_096;

/** Manifests kept in memory, by event loop. */
export const MANIFEST_CACHE_BYTES_MAX = 16 * MIB;

/** Small blobs kept in memory, by event loop. */
export const BLOB_CACHE_BYTES_MAX = 16 * MIB;

/** Largest blob that is kept in memory: image configs and the layers of signatures, not of images. */
export const BLOB_CACHE_ENTRY_BYTES_MAX = 64 * KIB;

/** Blobs larger than those that are kept in memory while they are asked for all the time, by event loop. */
export const HOT_BLOBS_BYTES_MAX = 32 * MIB;

/** Largest of those: a larger one would take the place of many. */
export const HOT_BLOB_BYTES_MAX = 4 * MIB;

/** How long nobody has asked for one whose place another can have. */
export const HOT_BLOB_IDLE_MS = 1_000;

/**
 * How long it is trusted that content in memory is on disk still, and that a tag's manifest is in its repository still.
 * Links of what is asked for are looked at for each request, and every deletion takes those away first.
 */
export const SIGHTING_MS = 1_000;

/** Things on disk that are remembered to have been seen, by event loop and kind. */
export const SIGHTINGS_MAX = 20_000;

/** URLs of requests that are remembered with what they name, by event loop. */
export const TARGETS_MAX = 4_000;

/** Longest of those URLs: the longest repository name with a digest fits. */
export const TARGET_CHARACTERS_MAX = 512;

/** Manifests and blobs whose latest headers are kept for the next answer, by event loop: 4.5 KB each. */
export const KEPT_HEADERS_MAX = 1_000;

/** `Accept` headers that are remembered with what they say, by event loop: each client program sends one or two. */
export const ACCEPTS_MAX = 200;

/** Longest of those headers: docker's is 500. */
export const ACCEPT_CHARACTERS_MAX = 1_024;

/** Longest id of a request that is taken from the client: four times a UUID. */
export const REQUEST_ID_CHARACTERS_MAX = 128;

/** Longest name of a listener as it stands in a path, where characters beside letters and digits take 3 to 12. */
export const ENDPOINT_ID_CHARACTERS_MAX = 200;

/** Size from which events go on in another file; a file is removed when every listener has had what is in it. */
export const EVENTS_SEGMENT_BYTES = 4 * MIB;

/** Piece in which events are read back. */
export const EVENTS_READ_BYTES = 256 * KIB;

/** Longest state of a listener that is read. */
export const EVENT_POSITION_BYTES_MAX = 16 * KIB;

/** Bytes of events that wait for listeners from which writes are turned down, if not said otherwise: 1 GiB. */
export const EVENTS_SPOOL_BYTES_MAX = 1024 * MIB;

/** How often is looked whether the spool has room again, once it was full. */
export const EVENTS_ROOM_LOOK_MS = 1_000;

/** Most events that are written to disk together. */
export const EVENTS_BATCH_MAX = 256;

/** How often is looked for events of other servers on the same store, and for listeners whose server has died. */
export const EVENTS_LOOK_MS = 500;

/** How often it is written down how far a busy listener is: what came since is sent again after a crash. */
export const EVENT_POSITION_SAVE_MS = 200;

/** Events that a listener does not want which are passed over before others get their turn. */
export const EVENTS_PASSED_OVER_MAX = 1_000;

/** Longest request to a listener where 0 is said, as in distribution. */
export const EVENTS_TIMEOUT_MS = 1_000;

/** Failures in a row before pauses where 0 is said, as in distribution. */
export const EVENTS_THRESHOLD = 10;

/** The first pause where 0 is said, as in distribution. */
export const EVENTS_BACKOFF_MS = 1_000;

/** Longest pause after failures, unless `backoff` is longer: how late it is noticed that a listener is back. */
export const EVENTS_PAUSE_MS_MAX = 60_000;

/** How long a server that ends waits for an answer of a listener. */
export const EVENTS_STOP_MS = 2_000;

/** Most of a listener's answer that is read, so that its connection can be used again. */
export const EVENTS_ANSWER_BYTES_MAX = 64 * KIB;

/**
 * Pulls that wait in memory until a listener keeps up, over all event loops; the oldest make room. Those that some
 * listeners have had wait for the others, as many again.
 */
export const PULL_EVENTS_MAX = 10_000;

/** What they may take there: clients choose how long their headers are. */
export const PULL_EVENTS_BYTES_MAX = 64 * MIB;

/** Pulls that are written as events before a listener takes them, beside those of its next requests. */
export const PULL_EVENTS_AHEAD = 100;

/** Rest after a request that told of pulls alone: each takes as much of a core as some pulls themselves. */
export const PULL_EVENTS_REST_MS = 2;

/** How long an event of the log waits for pulls before it that an event loop does not hand over. */
export const PULL_EVENTS_WAIT_MS = 5_000;

/** How long an event loop gathers pulls before it hands them over. */
export const PULL_EVENTS_GATHER_MS = 20;

/** Longest reason of a failure that is kept. */
export const EVENTS_FAILURE_CHARACTERS_MAX = 500;

/** Longest `Accept` list that is read; clients send about ten ranges. */
export const ACCEPT_RANGES_MAX = 100;

/** Most ranges of one blob that are answered; a request for more gets the whole blob. */
export const BYTE_RANGES_MAX = 16;

/** Repositories on a page of the catalog when the client names no number, as in distribution. */
export const CATALOG_ENTRIES_DEFAULT = 100;

/** Most repositories on a page of the catalog (`catalog.maxentries`). */
export const CATALOG_ENTRIES_MAX = 1_000;

/** Most tags on a page for which the client names a number (`tags.maxtags`). */
export const TAGS_ENTRIES_MAX = 1_000;

/** Most referrers on a page. */
export const REFERRERS_ENTRIES_MAX = 1_000;

/** Size from which a page of referrers ends, so that clients can take it as a manifest. */
export const REFERRERS_PAGE_BYTES_MAX = 3 * MIB;

/** Names of directory listings kept in memory, over all listings. */
export const LISTING_CACHE_NAMES_MAX = 500_000;

/**
 * What was read of a file or directory is trusted by its modification time only when that time was this far in the past:
 * two changes within the clock tick of a file system carry the same time. FAT ticks every 2 s.
 */
export const TIMES_SETTLED_MS = 2_000;

/** Most bytes of a file that the in-memory driver keeps, grows and streams in one piece. */
export const MEMORY_CHUNK_BYTES = MIB;

/** Small files, links above all, whose content is kept in memory, by event loop. */
export const SMALL_FILES_MAX = 20_000;

/** Largest of those files. */
export const SMALL_FILES_BYTES_MAX = 256;

/** Directories that are remembered to lie inside the store. */
export const INSIDE_CACHE_DIRECTORIES_MAX = 20_000;

/** The same for those who walk a whole store: 20 MB at most. */
export const INSIDE_WALK_DIRECTORIES_MAX = 100_000;

/** Directories of which it is remembered that they hold others. */
export const OCCUPIED_DIRECTORIES_MAX = 10_000;

/** Repositories that are looked through for one that has a blob, when a client mounts it without naming one. */
export const MOUNT_SEARCH_REPOSITORIES_MAX = 10_000;

/** Repositories that are remembered to have a manifest. */
export const REPOSITORIES_KNOWN_MAX = 100_000;

/** Names on the pages of the catalog that are kept for a moment, by event loop. */
export const CATALOG_PAGES_NAMES_MAX = 50_000;

/** Manifests that are remembered to have been looked at for a subject, over all repositories. */
export const REFERRERS_KNOWN_MAX = 500_000;

/** Referrers whose descriptors are kept in memory. */
export const REFERRERS_DESCRIPTORS_MAX = 10_000;

/** How often a directory is made again that others keep removing as empty. */
export const DIRECTORY_TRIES_MAX = 5;

/** How long commits of one process go on joining one hold of the gate, so that collection gets its turn. */
export const GATE_JOIN_MS = 20;

/** How long a lock is waited for that is only tried, where Deno can but wait. */
export const LOCK_TRY_MS = 1_000;

/** An upload's HEAD of a blob that is older than this counts as interest in it, and makes it young again. */
export const BLOB_INTEREST_MS = 10 * 60 * 1_000;

/** Entries of a list that are worked through before other requests get their turn. */
export const LIST_SLICE_ENTRIES = 256;

/** How long those who walk a whole store, on a thread for themselves, hear of nothing else. */
export const WALK_TURN_MS = 200;

/** How long collection keeps commits out at a time. */
export const GC_HOLD_MS = 50;

/** How long collection then leaves the gate to the commits that wait: who asks again at once gets it again at once. */
export const GC_PAUSE_MS = 10;

/** The same while no commit had to be waited for: long enough for one that came meanwhile to take the gate. */
export const GC_PAUSE_IDLE_MS = 1;

/** Things that collection removes at a time, so that it does not wait for the disk once for each. */
export const GC_REMOVALS_PARALLEL = 64;

/** Repositories that collection plans before it removes something in each of them. */
export const GC_REPOSITORIES_TOGETHER = 16;

/** Blobs that collection plans before it removes them: even in a large store so many lie in several directories. */
export const GC_STEP_BLOBS = 8_192;

/** Age below which collection leaves everything alone, if not said otherwise: an hour. */
export const GC_MIN_AGE_MS = 60 * 60 * 1_000;

/** Age from which collection takes an upload without new bytes for abandoned: a week, as distribution purges them. */
export const GC_UPLOAD_AGE_MS = 7 * 24 * 60 * 60 * 1_000;

/** Age from which collection takes a file in staging for one that a crash left: an hour. */
export const GC_STAGED_AGE_MS = 60 * 60 * 1_000;

/** Longest piece of a manifest that an error repeats. */
export const DETAIL_CHARACTERS_MAX = 200;

/** After how long a client may try again when the store was busy or full. */
export const RETRY_AFTER_SECONDS = 5;

/** Event loops unless told otherwise: more gain nothing that the disk would notice, and each takes memory. */
export const WORKERS_FALLBACK_MAX = 8;

/** By how much the times of a local file system lag behind the clock of its machine: a tick of the kernel. */
export const CLOCK_TICK_MS_MAX = 20;

/** How often the moving line of a long command moves. */
export const PROGRESS_MOVING_LINE_MS = 100;

/** How often a long command writes a line where there is no terminal. */
export const PROGRESS_PLAIN_LINE_MS = 10_000;

/** Below this time a rate is a guess, and so is the time that is left. */
export const PROGRESS_RATE_AFTER_MS = 1_000;

/** Narrowest that the column of a table becomes which is cut where the terminal is too narrow. */
export const TABLE_CUT_COLUMNS_MIN = 8;

/** Narrowest that what a flag means is written beside it; in a narrower terminal it stands below. */
export const HELP_MEANING_COLUMNS_MIN = 24;

/** Longest `Authorization` that is read: a token with a chain of certificates has about 8 KiB. */
export const AUTHORIZATION_CHARACTERS_MAX = 32 * KIB;

/** Longest name and password together; bcrypt looks at 72 bytes of a password. */
export const CREDENTIALS_CHARACTERS_MAX = 4 * KIB;

/** How often the files of users and keys are looked at for changes. */
export const AUTH_FILE_CHECK_MS = 1_000;

/** How long a right password is remembered, by event loop: longer than most pulls and pushes. */
export const PASSWORDS_REMEMBERED_MS = 5 * 60 * 1_000;

/** Right passwords that are remembered, by event loop. */
export const PASSWORDS_REMEMBERED_MAX = 10_000;

/** How long `Authorization` headers are remembered as they came. */
export const HEADERS_REMEMBERED_MS = 10_000;

/** Headers that are remembered as they came, by event loop. */
export const HEADERS_REMEMBERED_MAX = 1_000;

/** Longest header that is: a token with a chain of certificates is longer, one of berth's own has about 500. */
export const REMEMBERED_HEADER_CHARACTERS_MAX = 2 * KIB;

/** Passwords that wait to be checked, by event loop; each takes about 70 ms. Past it, clients are told to wait. */
export const PASSWORDS_WAITING_MAX = 64;

/** Work factor of the password that a new file of users is made with, as in distribution: 2^10 rounds. */
export const BCRYPT_COST = 10;

/** By how much the clocks of a token server and of this one may differ, as in distribution. */
export const TOKEN_LEEWAY_SECONDS = 60;

/** Verified tokens that are remembered until they expire, by event loop. */
export const TOKENS_REMEMBERED_MAX = 10_000;

/** Most certificates in the header of a token. */
export const TOKEN_CERTIFICATES_MAX = 10;

/** Least time that an issued token holds, which clients take for granted (Docker token protocol, `expires_in`). */
export const TOKEN_LIFE_MS_MIN = 60 * 1_000;

/** Most time that an issued token holds: a day, as it cannot be withdrawn. */
export const TOKEN_LIFE_MS_MAX = 24 * 60 * 60 * 1_000;

/** Most signatures that are checked for the chain of one token, whose sender may have made a maze of it. */
export const TOKEN_SIGNATURES_MAX = 32;

/** How long an issued refresh token holds: 90 days. */
export const REFRESH_TOKEN_LIFE_SECONDS = 90 * 24 * 60 * 60;

/** Age from which a key signs no more: 30 days. */
export const SIGNING_KEY_LIFE_SECONDS = 30 * 24 * 60 * 60;

/** How long a signing key is kept: while it signs, and then while what it has signed may be used. */
export const SIGNING_KEY_KEPT_SECONDS = SIGNING_KEY_LIFE_SECONDS + REFRESH_TOKEN_LIFE_SECONDS +
  TOKEN_LEEWAY_SECONDS;

/** Most scopes that one token may be asked for; a push names about two. */
export const TOKEN_SCOPES_MAX = 100;

/** Largest form that a token may be asked for with. */
export const TOKEN_FORM_BYTES_MAX = 64 * KIB;

/** Deepest nesting of a configuration; deeper is an anchor that holds itself. */
export const CONFIG_DEPTH_LEVELS_MAX = 32;

/** Piece in which a thread hashes what it reads itself: it stays in the cache of the core. */
export const DIGEST_READ_BYTES = 256 * KIB;

/** Piece that is read while the one before it is hashed: 1.5 GiB/s, start-up included, against 1.3 in turns. */
export const DIGEST_AHEAD_BYTES = MIB;

/** Bytes beside the largest file from which workers save more time than they take to start, about 30 ms. */
export const DIGEST_ALONE_BYTES_MAX = 32 * MIB;

/** Files from which they do, however small. */
export const DIGEST_ALONE_FILES_MAX = 512;

/** Most files that a worker is given at once. */
export const DIGEST_BATCH_FILES_MAX = 64;

/** Bytes from which a worker is given no more at once. */
export const DIGEST_BATCH_BYTES = 8 * MIB;

/** Files that are worked on beside the one whose digest is printed next. */
export const DIGEST_PENDING_FILES_MAX = 16 * KIB;

/** Longest line of a list of digests: the longest path, with every character escaped, and the longest digest. */
export const DIGEST_LINE_CHARACTERS_MAX = 16 * KIB;

/** Piece in which a list of digests is read. */
export const DIGEST_LIST_READ_BYTES = 64 * KIB;

/** What is kept of content to tell its media type, unless it is JSON: the first block of a tar. */
export const SNIFF_HEAD_BYTES = 512;

/** Most blobs that a worker verifies at a time: enough that messages cost nothing beside reading. */
export const VERIFY_BATCH_BLOBS_MAX = 64;

/** Bytes from which a worker is given no more to verify, so that all workers end at about the same time. */
export const VERIFY_BATCH_BYTES_MAX = 64 * MIB;

/** Bytes of a large blob that are verified before progress is told. */
export const VERIFY_TELL_BYTES = 32 * MIB;

/** Problems of one kind that an inspection prints in words; as JSON it prints all. */
export const PROBLEMS_SHOWN_MAX = 1_000;

/** Longest answer to a question on the terminal. */
export const ANSWER_BYTES_MAX = 256;

/** Text that is gathered before it is written to stdout. */
export const OUTPUT_GATHERED_CHARACTERS_MAX = 64 * KIB;

/** How often the files of the certificate are looked at. */
export const TLS_FILES_LOOK_MS = 1_000;

/** Longest wait of a server that starts before it purges uploads for the first time. */
export const PURGE_DELAY_MS_MAX = 59 * 60_000;

/** Longest wait that a timer can be set to. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** How often the file that makes a server read-only is looked for. */
export const READ_ONLY_FILE_LOOK_MS = 500;

/** How long a server that ends leaves connections open on which all answers are sent. */
export const LINGER_MS = 2_000;

/** Small bodies that a client gets before the head of one is padded (see `one_write.ts`): few pulls have as many. */
export const PADDING_AFTER_BODIES = 64;

/** What it is padded with. The buffer then has about twice the room, as more headers follow. */
export const PADDING_CHARACTERS = 2_560;

/** Longest head that is padded, without line ends: nginx takes 4 KiB of one, if not told otherwise. */
export const PADDED_HEAD_CHARACTERS_MAX = 1_000;

/** Largest body that finds room there. */
export const ONE_WRITE_BODY_BYTES_MAX = 4_500;

/** Places in the table of clients, 12 bytes each; clients beyond share them. */
export const CLIENT_SLOTS_MAX = 64 * KIB;

/** What a client may ask for at once, unless the settings say: its requests of this time. */
export const CLIENT_BURST_SECONDS = 10;

/** How long a thread gathers lines of the access log before it hands them on. */
export const LOG_GATHER_MS = 100;

/** What it gathers at most: handing on a little costs as much as handing on a lot. */
export const LOG_GATHERED_CHARACTERS_MAX = 128 * KIB;

/** Log lines that wait to be written; what comes beyond is dropped and counted. */
export const LOG_PENDING_CHARACTERS_MAX = 8 * MIB;

/** After how long a write is tried again on a stream that takes nothing at the moment. */
export const LOG_RETRY_MS = 10;

/** How long a server that ends waits until its last lines are taken. */
export const LOG_FLUSH_MS_MAX = 2_000;

/** How often health is checked where the configuration says 0, as in distribution. */
export const HEALTH_INTERVAL_MS = 10_000;

/** Longest time that a check of health may take which the configuration gives no time. */
export const HEALTH_TIMEOUT_MS_MAX = 30_000;
