#include "courier/hook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/json.h"

static void
member(struct buf *out, const char *name, const char *value)
{
    buf_format(out, "%s\"%s\": ", out->len == 1 ? "" : ", ", name);
    json_write_text(out, value);
}

void
hook_body(struct buf *out, const struct wire_alert *a, const char *province,
          const char *leader)
{
    char at[INSTANT_TEXT_BYTES];

    instant_text_civil((struct instant){a->at_ms}, at);
    buf_clear(out);
    buf_char(out, '{');
    member(out, "id", a->id);
    member(out, "code", a->code);
    member(out, "kind", a->kind);
    member(out, "reason", a->reason);
    member(out, "unit", a->unit);
    member(out, "target", a->target);
    member(out, "window", a->window);
    member(out, "office", leader);
    member(out, "province", province);
    member(out, "at", at);
    buf_format(out, ", \"at_ms\": %" PRId64 ", \"simulated\": %s, \"acknowledged\": %s",
               a->at_ms, a->simulated ? "true" : "false",
               a->acknowledged ? "true" : "false");
    member(out, "subject_vi", a->subject_vi);
    member(out, "subject_en", a->subject_en);
    member(out, "text_vi", a->text_vi);
    member(out, "text_en", a->text_en);
    buf_text(out, "}\n");
}

void
hook_signature(const char *secret, const void *body, size_t bytes,
               char out[HOOK_SIGNATURE_BYTES])
{
    char hex[CRYPTO_HEX256_BYTES];

    crypto_hmac256_hex(secret, strlen(secret), body, bytes, hex);
    (void)snprintf(out, HOOK_SIGNATURE_BYTES, "sha256=%s", hex);
}
