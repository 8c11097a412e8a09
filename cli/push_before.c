/* The results of what earlier runs left: reports from the outbox, and those that were
 * offered again. */
#include "cli/push_private.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"

static void
offered_show(const struct push_offered *o)
{
    (void)printf(
        words(
            "Máy chủ không còn giữ báo cáo đã tiếp nhận trước đây. Đã gửi lại %zu báo "
            "cáo lưu tại máy này: %zu báo cáo nay đã được ghi nhận, %zu báo cáo đã có "
            "số liệu mới hơn",
            "The server had lost reports that it had acknowledged. Reports kept here "
            "and offered again: %zu; they stand now: %zu; overtaken by newer figures: "
            "%zu"),
        o->count, o->stand, o->overtaken);
    if (o->refused > 0) {
        (void)printf(
            words(", %zu báo cáo không được chấp nhận (xem thư mục refused của "
                  "hộp thư đi)",
                  "; refused: %zu (they lie in the folder refused of the "
                  "outbox)"),
            o->refused);
    }
    if (o->left > 0) {
        (void)printf(words(", %zu báo cáo chưa gửi lại được; các báo cáo khác chờ đến "
                           "khi gửi lại xong",
                           "; not answered yet: %zu; other reports wait for them"),
                     o->left);
    }
    (void)printf(".\n");
}

void
push_show_before(const struct push *p)
{
    const struct plan *kept = outbox_kept(p->box);
    const struct plan *before = outbox_waiting(p->box);
    size_t news = 0;

    for (size_t i = 0; i < before->count; i++) {
        news += planned_is_news(&before->items[i]) ? 1 : 0;
    }
    if (p->offered.count > 0) {
        offered_show(&p->offered);
    }
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->items[i].outcome == OUTCOME_REJECTED) {
            push_show_refusal(p, &kept->items[i], true);
        }
    }
    if (news == 0) {
        return;
    }
    (void)printf(
        words("Báo cáo từ hộp thư đi: %zu\n", "Reports from the outbox: %zu\n"), news);
    push_show_table(p, before, true);
    for (size_t i = 0; i < before->count; i++) {
        if (planned_is_news(&before->items[i])) {
            push_show_refusal(p, &before->items[i], true);
        }
    }
}

int
push_before_status(const struct push *p)
{
    const struct plan *before = outbox_waiting(p->box);
    size_t refused = p->offered.refused;

    for (size_t i = 0; i < before->count; i++) {
        refused +=
            before->items[i].outcome == OUTCOME_REJECTED || before->items[i].aside > 0
                ? 1
                : 0;
    }
    return push_unanswered(before) > 0 || p->offered.left > 0 ? EXIT_AGAIN
           : refused > 0                                      ? EXIT_DATA
                                                              : EXIT_DONE;
}
