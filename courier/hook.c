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
    buf_format(out, "%s\"%s\": ", out->data[out->len - 1] == '{' ? "" : ", ", name);
    json_write_text(out, value == NULL ? "" : value);
}

static void
truth(struct buf *out, const char *name, bool value)
{
    buf_format(out, ", \"%s\": %s", name, value ? "true" : "false");
}

static void
row(struct buf *out, const struct wire_row *r)
{
    buf_char(out, '{');
    member(out, "code", r->code);
    member(out, "kind", r->kind);
    member(out, "reason", r->reason);
    member(out, "unit", r->unit);
    member(out, "target", r->target);
    member(out, "unit_vi", r->unit_vi);
    member(out, "unit_en", r->unit_en);
    member(out, "about_vi", r->about_vi);
    member(out, "about_en", r->about_en);
    member(out, "figure_vi", r->figure_vi);
    member(out, "figure_en", r->figure_en);
    member(out, "since_vi", r->since_vi);
    member(out, "since_en", r->since_en);
    truth(out, "acknowledged", r->acknowledged);
    buf_char(out, '}');
}

void
hook_body(struct buf *out, const struct wire_alert *a, const char *province,
          const char *leader)
{
    char at[INSTANT_TEXT_BYTES];
    size_t i;

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
    buf_format(out, ", \"at_ms\": %" PRId64, a->at_ms);
    truth(out, "simulated", a->simulated);
    truth(out, "acknowledged", a->acknowledged);
    truth(out, "urgent", a->urgent);
    buf_format(out, ", \"rung\": %" PRIu32, a->rung);
    truth(out, "held", a->held);
    member(out, "subject_vi", a->subject_vi);
    member(out, "subject_en", a->subject_en);
    member(out, "text_vi", a->text_vi);
    member(out, "text_en", a->text_en);
    buf_text(out, ", \"rows\": [");
    for (i = 0; i < a->row_count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        row(out, &a->rows[i]);
    }
    buf_text(out, "]}\n");
}

void
hook_signature(const char *secret, const void *body, size_t bytes,
               char out[HOOK_SIGNATURE_BYTES])
{
    char hex[CRYPTO_HEX256_BYTES];

    crypto_hmac256_hex(secret, strlen(secret), body, bytes, hex);
    (void)snprintf(out, HOOK_SIGNATURE_BYTES, "sha256=%s", hex);
}
