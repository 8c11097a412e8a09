/*
 * dondoc tick --confirm - "the clock is right, catch up": a tick more than 26 hours
 * after the last one waits for a person, so that a mad clock accuses nobody.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/flow.h"
#include "cli/language.h"
#include "cli/link.h"
#include "lib/crypto.h"
#include "lib/instant.h"

static const struct option_row rows[] = {
    {"confirm", CONF_SWITCH, "false", 0, 0, "xác nhận đồng hồ máy chủ đúng",
     "confirm that the server's clock is right"},
    {"note", CONF_TEXT, "", 0, 0, "ghi chú, lưu trong nhật ký",
     "a note, kept in the journal"},
};

static const struct option_spec spec = {
    .command = "tick",
    .synopsis = "[--confirm [--note TEXT]]",
    .vi = "Không có --confirm: in giờ của máy chủ để đối chiếu.\n"
          "--confirm: xác nhận giờ đó đúng; các tick còn thiếu được ghi tiếp (cần khóa "
          "vai "
          "trò ops).\n",
    .en = "Without --confirm: prints the server's time, to be compared with a clock.\n"
          "--confirm: says that it is right; the missing ticks follow (needs a key of "
          "role ops).\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

static void
time_show(const struct wire_server_info *info)
{
    char server[INSTANT_TEXT_BYTES];
    char ours[INSTANT_TEXT_BYTES];

    instant_text_civil((struct instant){info->now_ms}, server);
    instant_text_civil(instant_now(), ours);
    flow_printf(stdout,
                words("Giờ máy chủ: %s\nGiờ máy này: %s\nTrạng thái: %s\n",
                      "The server's time: %s\nThis machine's:    %s\nState: %s\n"),
                server, ours, info->state);
}

static int
confirm(struct link *l, struct arena *a, const char *note)
{
    char id[CRYPTO_HEX128_BYTES];
    struct unit_request request = {.kind = UNIT_REQUEST_ACT,
                                   .act = {.kind = "tick-confirm",
                                           .subject = "",
                                           .note = note,
                                           .until = "",
                                           .by = ""}};
    struct unit_reply reply;
    enum status st;

    crypto_random_id(id);
    request.act.id = id; /* one for all tries: a repeat is harmless */
    st = link_ask(l, &request, a, &reply);
    if (st == ST_OK && reply.kind == UNIT_REPLY_DONE) {
        (void)printf(words("Đã xác nhận, mục %" PRIu64 " của nhật ký.\n",
                           "Confirmed, entry %" PRIu64 " of the journal.\n"),
                     reply.done_entry);
        return EXIT_DONE;
    }
    if (st == ST_OK && reply.kind == UNIT_REPLY_REFUSAL) {
        return link_refused(&reply.refusal);
    }
    return link_explain(l);
}

static int
tick_run(const struct options *o)
{
    struct arena *a = arena_new(WIRE_ARENA_BYTES);
    struct link *l = NULL;
    struct link_target target;
    struct unit_reply reply;
    int code;

    link_target_from(o, &target);
    code = link_open(&target, &l);
    if (code == EXIT_DONE) {
        code = link_hello(l, false, a, &reply);
    }
    if (code == EXIT_DONE) {
        time_show(&reply.info);
        if (conf_switch(o->conf, "confirm")) {
            code = confirm(l, a, conf_text(o->conf, "note"));
        }
    }
    link_close(&l);
    arena_free(&a);
    return code;
}

int
cli_tick(int argc, char **argv)
{
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0) {
        code = options_usage("tick", words("“%s” thừa", "“%s” is too much"),
                             o.operands[0]);
    } else {
        code = tick_run(&o);
    }
    options_fini(&o);
    return code;
}
