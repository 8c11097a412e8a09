/* `dondoc push [FILE]` with its outbox: what is done in which order. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/cron.h"
#include "cli/language.h"
#include "cli/push.h"
#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keyring.h"
#include "lib/table.h"

#define WHY_BYTES 1024
#define STARTING_MAX 2 /* pauses of 1 s, then 2 s */

/* --- opening --- */

static int
box_open(struct push *p, const struct options *o)
{
    const char *province = conf_text(o->conf, "province");
    const char *given = conf_text(o->conf, "outbox");
    char *dir = given[0] != '\0' ? mem_copy_text(given)
                                 : outbox_home(province, conf_text(o->conf, "key"));
    char why[WHY_BYTES];
    enum status st;

    if (dir == NULL) {
        (void)fprintf(stderr, "%s\n",
                      words("Không biết thư mục nhà (HOME): đề nghị ghi --outbox "
                            "THƯ-MỤC.",
                            "There is no home folder (HOME): please give --outbox "
                            "FOLDER."));
        return EXIT_CONFIG;
    }
    st = outbox_open(dir, province, &p->box, why, sizeof why);
    if (st == ST_AGAIN) {
        (void)fprintf(stderr, "%s\n", why);
    } else if (st != ST_OK) {
        (void)fprintf(stderr,
                      words("Không dùng được hộp thư đi: %s\n",
                            "The outbox cannot be used: %s\n"),
                      why);
    }
    mem_free(&dir);
    return st == ST_OK ? EXIT_DONE : st == ST_AGAIN ? EXIT_AGAIN : EXIT_CONFIG;
}

static void
fingerprint_of(const struct push *p, char out[KEYRING_FINGERPRINT_BYTES])
{
    keyring_fingerprint(link_keys(p->link)->public_key, out);
}

/* A server's clock beyond all reason is taken for ours. */
static void
clock_compare(struct push *p)
{
    int64_t now_ms = p->info.now_ms;

    p->ahead_ms = now_ms < 0 || now_ms > INT64_MAX / 2 ? 0 : now_ms - instant_now().ms;
}

/* Hello, with what we hold; again, after a pause, while the server is only starting. */
static int
hello(struct push *p)
{
    const struct outbox_server *server = outbox_server(p->box);
    struct wire_held last;
    bool any = outbox_last(p->box, &last);
    struct unit_reply reply;
    int code = EXIT_DONE;

    for (int i = 0; code == EXIT_DONE && i <= STARTING_MAX; i++) {
        struct timespec pause = {.tv_sec = i, .tv_nsec = 0};

        if (i > 0 && strcmp(p->info.state, "ready") == 0) {
            break;
        }
        (void)nanosleep(&pause, NULL); /* a signal only makes it shorter */
        code = link_hello_held(p->link, false, server->log_id, any ? &last : NULL,
                               p->hello, &reply);
        if (code == EXIT_DONE) {
            p->info = reply.info;
            clock_compare(p);
        }
    }
    return code;
}

/* Who are we, has the server lost anything; what it lost is offered first. */
static int
greet(struct push *p)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char why[WHY_BYTES];
    int code = hello(p);

    if (code != EXIT_DONE) {
        return code;
    }
    fingerprint_of(p, fingerprint);
    if (outbox_learn(p->box, &p->info, fingerprint, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "%s\n", why);
        return EXIT_CONFIG;
    }
    if (strcmp(p->info.state, "ready") != 0) {
        /* Nor does it say now whether it has lost anything: nothing goes before that.
         */
        (void)fprintf(stderr,
                      words("Máy chủ đang tạm dừng tiếp nhận: %s\n",
                            "The server does not acknowledge now: %s\n"),
                      p->info.state);
        return EXIT_AGAIN;
    }
    code = push_offer(p);
    outbox_prune(p->box, p->info.now_ms, p->made_at_ms);
    return code;
}

/* --- the file --- */

/* What makes a group: as the server says now, or said to the same key before. */
static bool
info_have(const struct push *p, bool away, struct wire_server_info *out)
{
    const struct outbox_server *server = outbox_server(p->box);
    char fingerprint[KEYRING_FINGERPRINT_BYTES];

    fingerprint_of(p, fingerprint);
    *out = p->info;
    if ((away || p->info.group_count == 0) && server->info.group_count > 0 &&
        strcmp(server->key, fingerprint) == 0) {
        *out = server->info;
    }
    return !away || out->group_count > 0;
}

static const char *
file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/*
 * Leaves out what waits already as the last word on its key: the same file sent every
 * quarter of an hour to a server that is away is kept once. Returns how many.
 */
static size_t
plan_thin(struct push *p)
{
    const struct plan *waiting = outbox_waiting(p->box);
    struct table *last = table_new(waiting->count + 1, 1);
    char key[PLANNED_KEY_BYTES];
    size_t left = 0;
    size_t out;

    for (size_t i = 0; i < waiting->count; i++) {
        size_t bytes = planned_key(&waiting->items[i], key);

        MUST(table_put_number(last, key, bytes, i) == ST_OK);
    }
    for (size_t i = 0; i < p->plan.count; i++) {
        size_t bytes = planned_key(&p->plan.items[i], key);
        union table_value at;

        if (!table_get(last, key, bytes, &at) ||
            !planned_equal(&waiting->items[at.number], &p->plan.items[i], p->reason)) {
            p->plan.items[left++] = p->plan.items[i];
        }
    }
    out = p->plan.count - left;
    p->plan.count = left;
    table_free(&last);
    return out;
}

/* The file's reports into the outbox. *kept: they are there. */
static int
file_keep(struct push *p, const char *path, int code, bool *kept)
{
    struct wire_server_info info;
    char why[WHY_BYTES];

    *kept = false;
    if (!info_have(p, code != EXIT_DONE, &info)) {
        push_show_faults(p);
        (void)fprintf(stderr, "%s\n",
                      words("Chưa lưu được báo cáo nào của tệp này: máy này chưa từng "
                            "nhận được danh mục số liệu của tỉnh. Đề nghị chạy lại khi "
                            "có kết nối.",
                            "Nothing of this file is kept: this machine has never "
                            "received the province's list of measures. Please run it "
                            "again when the server is there."));
        return EXIT_UNAVAILABLE;
    }
    plan_make(p->file, &info, &p->plan);
    p->waited = plan_thin(p);
    if (p->plan.count == 0) {
        return code;
    }
    if (code == EXIT_DONE) {
        code = push_standing(p);
    }
    if (outbox_add(p->box, &p->plan, p->reason, p->made_at_ms, file_name(path), why,
                   sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("Không lưu được báo cáo vào hộp thư đi, nên chưa gửi báo "
                            "cáo nào của tệp này: %s\n",
                            "The reports cannot be kept in the outbox, so nothing of "
                            "this file was sent: %s\n"),
                      why);
        return EXIT_CONFIG;
    }
    *kept = true;
    return code;
}

/* --- what still waits --- */

static void
kept_say(const struct push *p, const struct options *o)
{
    const char *dir = outbox_dir(p->box);
    char *found = cron_find(dir, o->file);
    char *line = cron_line(o, dir);

    (void)fprintf(
        stderr,
        words("%zu báo cáo chưa được tiếp nhận, đang được giữ trong hộp thư đi "
              "%s.\n",
              "Reports that are not taken yet: %zu. They are kept in the "
              "outbox %s.\n"),
        outbox_count(p->box), dir);
    if (found != NULL && cron_names(found, dir)) {
        (void)fprintf(stderr,
                      words("Dòng cron đã có trên máy này sẽ gửi khi đến giờ:\n\n%s\n",
                            "This line of cron, which is there, sends them when its "
                            "time comes:\n\n%s\n"),
                      found);
    } else if (found != NULL) {
        (void)fprintf(
            stderr,
            words("Trên máy này đã có dòng cron sau; dòng này chỉ gửi các báo cáo trên "
                  "nếu dùng cùng khóa và cùng hộp thư đi:\n\n%s\n\nNếu không, đề nghị "
                  "thêm dòng này bằng crontab -e:\n\n%s\n",
                  "This line of cron is there; it sends them only if it uses the same "
                  "key and the same outbox:\n\n%s\n\nIf it does not, please add this "
                  "line with crontab -e:\n\n%s\n"),
            found, line);
    } else {
        (void)fprintf(
            stderr,
            words(
                "Không có gì tự gửi các báo cáo này: chúng được gửi khi có người chạy "
                "lại dondoc push, có hoặc không có tệp. Để máy gửi mỗi 15 phút, đề "
                "nghị thêm dòng này bằng crontab -e:\n\n%s\n",
                "Nothing sends them by itself: they go when somebody runs dondoc push "
                "again, with or without a file. To have that done every 15 minutes, "
                "please add this line with crontab -e:\n\n%s\n"),
            line);
    }
    mem_free(&found);
    mem_free(&line);
}

/* --- the whole --- */

/* Trouble with the server, not with us: reports can wait for its end. */
static bool
is_away(int code)
{
    return code == EXIT_UNAVAILABLE || code == EXIT_AGAIN;
}

static int
results_show(const struct push *p, bool json)
{
    bool answered = push_unanswered(&p->plan) < p->plan.count;
    int before = push_before_status(p);
    int code = EXIT_DONE;

    if (json) {
        code = p->file != NULL ? push_show(p, true) : EXIT_DONE;
        if (p->file == NULL) {
            push_show_json(p);
        }
    } else {
        push_show_before(p);
        if (p->plan.arena != NULL && (answered || p->plan.count + p->waited == 0)) {
            code = push_show(p, false);
        } else if (p->plan.arena != NULL) {
            push_show_faults(p); /* kept_say tells the rest */
        }
    }
    return code == EXIT_DONE || before == EXIT_AGAIN ? before : code;
}

static int
box_run(struct push *p, const struct options *o, const char *path)
{
    bool kept = false;
    int code = greet(p);
    int shown;

    if (p->file != NULL && (code == EXIT_DONE || is_away(code))) {
        code = file_keep(p, path, code, &kept);
    } else if (p->file != NULL) {
        push_show_faults(p); /* to be mended meanwhile */
        (void)fprintf(stderr, "%s\n",
                      words("Chưa lưu và chưa gửi báo cáo nào của tệp này.",
                            "Nothing of this file was kept or sent."));
    }
    if (code == EXIT_DONE) {
        code = push_plan_send(p, outbox_waiting(p->box));
    }
    if (code == EXIT_DONE && kept) {
        code = push_plan_send(p, &p->plan);
    }
    shown = results_show(p, conf_switch(o->conf, "json"));
    if (outbox_count(p->box) > 0) {
        kept_say(p, o);
    }
    if (is_away(code)) {
        return outbox_count(p->box) > 0 ? EXIT_AGAIN : code;
    }
    return code != EXIT_DONE ? code : shown;
}

int
push_box(struct push *p, const struct options *o, const char *path)
{
    int code = box_open(p, o);

    if (code == EXIT_DONE) {
        code = box_run(p, o, path);
        outbox_close(&p->box);
    }
    return code;
}
