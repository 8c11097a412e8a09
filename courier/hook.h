/*
 * hook - an alert as the body of an HTTP POST, and the signature over it. Pure.
 */
#ifndef DONDOC_COURIER_HOOK_H
#define DONDOC_COURIER_HOOK_H

#include <stddef.h>

#include "lib/buf.h"
#include "lib/wire.h"

/* "sha256=" and 64 hex digits and a zero. */
#define HOOK_SIGNATURE_BYTES 72

/*
 * hook_body - one JSON object: id, code, kind, reason, unit, target, window, office,
 * province, at (ISO 8601, UTC+7), at_ms, simulated, acknowledged, urgent, rung (2, 3:
 * it climbed to this office; 0), held (and released), subject and text in both
 * languages, and rows, an array of objects: the table of a digest, a notice of a hold,
 * a progress report; else empty.
 */
void hook_body(struct buf *out, const struct wire_alert *a, const char *province,
               const char *leader);
/* HMAC-SHA-256 of the body with the secret, as the header carries it. */
void hook_signature(const char *secret, const void *body, size_t bytes,
                    char out[HOOK_SIGNATURE_BYTES]);

#endif
