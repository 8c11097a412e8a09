/*
 * dondoc programme put DIR - check a programme, say what it holds and what it would
 * change, put it in force with an entry in the province's journal. dondoc programme
 * show - what is in force.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/bundle.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "cli/link.h"
#include "cli/programme_preview.h"
#include "cli/reading.h"
#include "lib/crypto.h"

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    {"dry-run", CONF_SWITCH, "false", 0, 0,
     "kiểm tra và so với chương trình đang có hiệu "
     "lực, không thay đổi gì",
     "check and compare with what is in force, change nothing"},
};

static const struct option_spec spec = {
    .command = "programme",
    .synopsis = "put DIR [--dry-run]\nshow [DIR]",
    .vi = "put kiểm tra chương trình trong DIR như dondoc check, cho biết kết luận và "
          "cảnh "
          "báo nào sẽ\nđổi (đọc từ Redis), rồi đưa vào áp dụng ngay, trừ khi có "
          "--dry-run (cần khóa vai trò ops).\nshow cho biết chương trình đang có hiệu "
          "lực, và DIR có đúng là nó không.\n",
    .en =
        "put checks the programme in DIR as dondoc check does, says which verdicts and "
        "alerts it\nwould change (from Redis), then puts it in force at once, unless "
        "--dry-run (needs a key\nof role ops). show says what is in force, and whether "
        "DIR is the same.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
    .link = true,
};

struct programme {
    struct link *link;
    struct arena *arena;
    struct bundle bundle;
};

static int
hello(const struct options *o, struct programme *p, struct unit_reply *reply)
{
    struct link_target target;
    int code;

    link_target_from(o, &target);
    code = link_open(&target, &p->link);
    return code != EXIT_DONE ? code : link_hello(p->link, false, p->arena, reply);
}

static void
in_force_show(const struct wire_server_info *info, const char *ours)
{
    const char *digest = info->programme_digest;

    if (digest[0] == '\0') {
        (void)printf("%s\n", words("Chưa có chương trình nào có hiệu lực.",
                                   "No programme is in force."));
    } else {
        flow_printf(stdout,
                    words("Chương trình đang có hiệu lực: %s\n",
                          "The programme in force: %s\n"),
                    digest);
    }
    if (ours[0] != '\0') {
        (void)printf(strcmp(digest, ours) == 0
                         ? words("Thư mục này: %s (chính là chương trình đó)\n",
                                 "This folder:            %s (the same)\n")
                         : words("Thư mục này: %s (khác)\n",
                                 "This folder:            %s (another)\n"),
                     ours);
    }
}

static int
put_send(struct programme *p)
{
    uint64_t entry = 0;
    int code = bundle_send(&p->bundle, p->link, p->arena, &entry);

    if (code != EXIT_DONE) {
        return code;
    }
    if (entry == 0) {
        (void)printf("%s\n",
                     words("Chương trình này đã có hiệu lực từ trước; không có gì "
                           "thay đổi.",
                           "This programme was in force already; nothing "
                           "changed."));
    } else {
        (void)printf(words("Đã áp dụng, mục %" PRIu64 " của nhật ký.\n",
                           "In force since entry %" PRIu64 " of the journal.\n"),
                     entry);
    }
    return EXIT_DONE;
}

static int
put(const struct options *o, struct programme *p, char *path)
{
    char name[] = "check";
    char *argv[] = {name, path, NULL};
    struct unit_reply reply;
    int code = cli_check(2, argv);

    if (code == EXIT_DONE) {
        code = bundle_read(&p->bundle, path);
    }
    if (code == EXIT_DONE) {
        code = hello(o, p, &reply);
    }
    if (code != EXIT_DONE) {
        (void)fprintf(stderr, "%s\n",
                      words("Chưa có gì thay đổi ở máy chủ.",
                            "Nothing was changed at the server."));
        return code;
    }
    in_force_show(&reply.info, p->bundle.digest);
    programme_preview(o, &reply.info, &p->bundle);
    if (conf_switch(o->conf, "dry-run")) {
        (void)printf("%s\n", words("Kiểm tra thử: chưa có gì được gửi.",
                                   "Dry run: nothing was sent."));
        return EXIT_DONE;
    }
    return put_send(p);
}

static int
show(const struct options *o, struct programme *p, const char *path)
{
    struct unit_reply reply;
    int code = path == NULL ? EXIT_DONE : bundle_read(&p->bundle, path);

    if (code == EXIT_DONE) {
        code = hello(o, p, &reply);
    }
    if (code != EXIT_DONE) {
        return code;
    }
    in_force_show(&reply.info, p->bundle.digest);
    for (size_t i = 0; i < reply.info.group_count; i++) {
        const struct wire_group_info *g = &reply.info.groups[i];

        (void)printf("%s:", g->code);
        for (size_t k = 0; k < g->measure_count; k++) {
            (void)printf(" %s", g->measures[k]);
        }
        (void)printf("\n");
    }
    return EXIT_DONE;
}

int
cli_programme(int argc, char **argv)
{
    struct programme p = {0};
    struct options o;
    const char *what;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    crypto_init();
    p.arena = arena_new(WIRE_ARENA_BYTES);
    bundle_init(&p.bundle);
    what = o.operand_count > 0 ? o.operands[0] : "";
    if (strcmp(what, "put") == 0 && o.operand_count == 2) {
        code = put(&o, &p, o.operands[1]);
    } else if (strcmp(what, "show") == 0 && o.operand_count <= 2) {
        code = show(&o, &p, o.operand_count == 2 ? o.operands[1] : NULL);
    } else {
        code = options_usage(
            "programme", "%s",
            words("cần: put DIR, hoặc show [DIR]", "either put DIR, or show [DIR]"));
    }
    link_close(&p.link);
    bundle_fini(&p.bundle);
    arena_free(&p.arena);
    options_fini(&o);
    return code;
}
