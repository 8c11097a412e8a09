#include "cli/act.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/link.h"
#include "cli/watch_desk.h"
#include "lib/crypto.h"
#include "lib/json.h"

#define JSON_BYTES 65536u

static void
act_fill(struct wire_act *act)
{
    const char **texts[] = {&act->subject, &act->note, &act->until, &act->by,
                            &act->drop};
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = *texts[i] == NULL ? "" : *texts[i];
    }
}

static int
act_answered(struct link *l, enum status st, const struct unit_reply *reply,
             uint64_t *entry)
{
    if (st == ST_OK && reply->kind == UNIT_REPLY_DONE) {
        *entry = reply->done_entry;
        return EXIT_DONE;
    }
    if (st == ST_OK && reply->kind == UNIT_REPLY_REFUSAL) {
        return link_refused(&reply->refusal);
    }
    return link_explain(l);
}

int
act_send(const struct options *o, const char *province, struct wire_act *act,
         uint64_t *entry)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct unit_request request = {.kind = UNIT_REQUEST_ACT};
    char id[CRYPTO_HEX128_BYTES];
    struct link *l = NULL;
    struct link_target target;
    struct unit_reply reply;
    int code;

    crypto_init();
    crypto_random_id(id);
    act_fill(act);
    request.act = *act;
    request.act.id = id; /* one for all tries: a repeat is harmless */
    link_target_from(o, &target);
    target.province = province == NULL ? target.province : province;
    code = link_open(&target, &l);
    if (code == EXIT_DONE) {
        code = link_hello(l, false, a, &reply);
    }
    if (code == EXIT_DONE) {
        code = act_answered(l, link_ask(l, &request, a, &reply), &reply, entry);
    }
    link_close(&l);
    arena_free(&a);
    return code;
}

int
act_until(const char *command, const struct options *o, char out[DAY_TEXT_BYTES])
{
    const char *text = conf_text(o->conf, "until");

    if (text[0] == '\0') {
        return options_usage(command, "%s",
                             words("cần --until: ngày cuối cùng, ví dụ 31/10/2026",
                                   "--until is wanted: the last day, such as "
                                   "2026-10-31"));
    }
    if (!watch_day(text, out)) {
        return options_usage(command,
                             words("--until: “%s” không phải là ngày; viết 2026-10-31 "
                                   "hoặc 31/10/2026",
                                   "--until: “%s” is no day; write 2026-10-31 or "
                                   "31/10/2026"),
                             text);
    }
    return EXIT_DONE;
}

int
act_reason(const char *command, const struct options *o, const char **out)
{
    *out = conf_text(o->conf, "reason");
    if ((*out)[0] == '\0') {
        return options_usage(command, "%s",
                             words("cần --reason: vì sao; được lưu trong sổ ghi cùng "
                                   "tên khóa",
                                   "--reason is wanted: why; it is kept in the journal "
                                   "with the name of the key"));
    }
    return EXIT_DONE;
}

void
act_json(const char *province, const struct wire_act *act, uint64_t entry)
{
    struct buf out;

    buf_init(&out, JSON_BYTES);
    buf_text(&out, "{\"act\":");
    json_write_text(&out, act->kind);
    buf_text(&out, ",\"province\":");
    json_write_text(&out, province);
    buf_text(&out, ",\"subject\":");
    json_write_text(&out, act->subject);
    buf_text(&out, ",\"note\":");
    json_write_text(&out, act->note);
    buf_text(&out, ",\"until\":");
    json_write_text(&out, act->until);
    buf_text(&out, ",\"drop\":");
    json_write_text(&out, act->drop);
    buf_format(&out, ",\"entry\":%" PRIu64 "}\n", entry);
    (void)fputs(buf_str(&out), stdout); /* main checks stdout */
    buf_fini(&out);
}
