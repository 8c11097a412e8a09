#include "cli/health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"

#define TICK_GAP_MAX 26 /* hours; beyond, a person confirms (ingest's rule) */
#define TICK_LATE_HOURS 2
#define MINUTE_S 60
#define LAG_MAX 1000u /* entries; less is the work of a second */

const char *
health_name(enum health_state s)
{
    static const char *const names[] = {"OK", "DEGRADED", "STOPPED"};

    MUST((size_t)s < sizeof names / sizeof names[0]);
    return names[s];
}

static uint64_t
behind(uint64_t head, uint64_t at)
{
    return head > at ? head - at : 0;
}

uint64_t
health_scorer_lag(const struct health *h)
{
    return behind(h->head.seq, h->scorer.seq);
}

uint64_t
health_notifier_lag(const struct health *h)
{
    return behind(h->scorer.out, h->notifier.seq);
}

/* vi and en are formats for the same arguments. */
static void add(struct health_report *r, enum health_state state, const char *command,
                const char *vi, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

static void
add(struct health_report *r, enum health_state state, const char *command,
    const char *vi, const char *en, ...)
{
    struct health_cause *c;
    va_list args;
    va_list again;

    if (r->count == HEALTH_CAUSES_MAX) {
        return;
    }
    c = &r->causes[r->count++];
    c->state = state;
    (void)snprintf(c->command, sizeof c->command, "%s", command);
    va_start(args, en);
    va_copy(again, args);
    (void)vsnprintf(c->vi, sizeof c->vi, vi, args);
    (void)vsnprintf(c->en, sizeof c->en, en, again);
    va_end(again);
    va_end(args);
    r->state = state > r->state ? state : r->state;
}

/* The instance to speak of: alive and ready, else alive, else any; NULL: none. */
static const struct board_instance *
instance_best(const struct health *h, const char *service, bool *ready)
{
    const struct board_instance *best = NULL;
    size_t i;

    *ready = false;
    for (i = 0; i < h->instances.count; i++) {
        const struct board_instance *at = &h->instances.items[i];
        int64_t number = 0;

        if (strcmp(at->service, service) != 0) {
            continue;
        }
        (void)board_counter(at, "ready", &number);
        if (at->alive && number == 1) {
            *ready = true;
            return at;
        }
        if (best == NULL || (at->alive && !best->alive)) {
            best = at;
        }
    }
    return best;
}

/* Redis' words when the user is wrong, or may not do this. */
static bool
is_denied(const char *why)
{
    return strstr(why, "NOPERM") != NULL || strstr(why, "WRONGPASS") != NULL ||
           strstr(why, "NOAUTH") != NULL;
}

#define USERS_COMMAND "dondoc-redis-users DIR PASSWORDS"

static void
service_judge(const struct health *h, const char *service, enum health_state worst,
              struct health_report *out)
{
    const struct board_instance *i;
    char start[64];
    bool ready;
    int64_t stopped = 0;

    i = instance_best(h, service, &ready);
    /* Starting it is the init system's; this says why it would not start. */
    (void)snprintf(start, sizeof start, "dondoc-%s --check-config", service);
    if (i == NULL) {
        add(out, worst, start, "dịch vụ %s chưa từng chạy", "%s has never run",
            service);
    } else if (!i->alive) {
        add(out, worst, start, "dịch vụ %s không chạy (dấu hiệu cuối %s)",
            "%s does not run (last seen %s)", service, i->updated);
    } else if (board_counter(i, "stopped", &stopped) && stopped > 0) {
        add(out, worst, "dondoc verify",
            "dịch vụ %s đã dừng, cần người xử lý, vì sổ ghi không còn nguyên vẹn: %s",
            "%s has stopped until a person mends the journal: %s", service, i->why);
    } else if (!ready && is_denied(i->last_error)) {
        add(out, worst, USERS_COMMAND,
            "Redis không cho người dùng của dịch vụ %s làm việc này (kiểm tra "
            "redis-user, redis-password-file, users.acl): %s",
            "Redis does not let the user of %s do this (look at redis-user, "
            "redis-password-file, users.acl): %s",
            service, i->last_error);
    } else if (!ready) {
        add(out, worst, start, "dịch vụ %s chưa sẵn sàng: %s", "%s is not ready: %s",
            service,
            i->why[0] != '\0'          ? i->why
            : i->last_error[0] != '\0' ? i->last_error
                                       : "-");
    }
}

static void
tick_judge(const struct health *h, struct health_report *out)
{
    int64_t gap = h->hour - h->head.tick;

    if (h->head.tick == 0 || h->simulated) {
        return;
    }
    if (gap < 0) {
        add(out, HEALTH_DEGRADED, "timedatectl",
            "đồng hồ máy này chậm hơn giờ cuối trong sổ ghi %" PRId64 " giờ",
            "this machine's clock is %" PRId64 " hours behind the journal's last tick",
            -gap);
    } else if (gap > TICK_GAP_MAX) {
        add(out, HEALTH_DEGRADED, "dondoc tick --confirm",
            "giờ cuối trong sổ ghi cách đây %" PRId64
            " giờ: đang chờ người xác nhận đồng hồ đúng",
            "the last tick is %" PRId64 " hours ago: a person must say that the clock "
            "is right",
            gap);
    } else if (gap >= TICK_LATE_HOURS) {
        add(out, HEALTH_DEGRADED, "dondoc tick",
            "giờ cuối trong sổ ghi cách đây %" PRId64 " giờ",
            "the last tick is %" PRId64 " hours ago", gap);
    }
}

/* at, stream: where the reader stands; the entry behind it is what holds it up. */
static void
lag_judge(uint64_t lag, uint64_t at, bool moves, const char *service,
          const char *stream, struct health_report *out)
{
    char command[96];

    if (lag == 0 || (moves && lag <= LAG_MAX)) {
        return;
    }
    (void)snprintf(command, sizeof command,
                   "dondoc journal --stream %s --from %" PRIu64 " --count 1", stream,
                   at + 1);
    add(out, HEALTH_DEGRADED, command,
        "dịch vụ %s chậm %" PRIu64 " mục so với sổ ghi%.0s%s",
        "%s is %" PRIu64 " entries behind the journal%s%.0s", service, lag,
        moves ? "" : " and does not move", moves ? "" : " và không đọc tiếp");
}

/* A message that a mailbox or a webhook has not taken for longer than the courier's
 * escalate-after: the office has it in its inbox, but may not look there. */
static void
undelivered_judge(const struct health *h, struct health_report *out)
{
    const struct board_undelivered *oldest = NULL;
    size_t count = 0;
    size_t i;

    for (i = 0; i < h->undelivered.count; i++) {
        const struct board_undelivered *at = &h->undelivered.items[i];

        if (at->overdue) {
            oldest = oldest == NULL || at->age_s > oldest->age_s ? at : oldest;
            count++;
        }
    }
    if (oldest != NULL) {
        add(out, HEALTH_DEGRADED, "dondoc undelivered",
            "%zu hộp thư hoặc webhook có thông báo chưa chuyển được, đã quá thời gian "
            "cho phép (escalate-after); lâu nhất: %s (%s), %" PRId64 " phút: %s",
            "%zu mailboxes or webhooks have a message that is undelivered for longer "
            "than escalate-after, the oldest: %s (%s), %" PRId64 " minutes: %s",
            count, oldest->office, oldest->channel, oldest->age_s / MINUTE_S,
            oldest->why[0] != '\0' ? oldest->why : oldest->state);
    }
}

/* What was refused for good; the inbox has it, and nothing sends it again. */
static void
dead_judge(const struct health *h, struct health_report *out)
{
    if (h->dead.count > 0) {
        const struct board_dead *newest = &h->dead.items[0];

        add(out, HEALTH_DEGRADED, "dondoc undelivered",
            "%zu tin không gửi được (thư chết) trong 24 giờ qua; mới nhất: %s của %s "
            "(%s): %s",
            "%zu messages could not be sent (dead letters) in the last 24 hours; the "
            "newest: %s of %s (%s): %s",
            h->dead.count, newest->id, newest->office, newest->channel, newest->why);
    }
}

static void
sort_worst_first(struct health_report *r)
{
    size_t i;
    size_t k;

    for (i = 1; i < r->count; i++) { /* few, and equals keep their order */
        for (k = i; k > 0 && r->causes[k - 1].state < r->causes[k].state; k--) {
            struct health_cause swap = r->causes[k];

            r->causes[k] = r->causes[k - 1];
            r->causes[k - 1] = swap;
        }
    }
}

void
health_judge(const struct health *h, struct health_report *out)
{
    memset(out, 0, sizeof *out);
    if (is_denied(h->redis_why)) {
        add(out, HEALTH_STOPPED, USERS_COMMAND,
            "Redis từ chối người dùng này (đề nghị dùng --redis-user ops và "
            "--redis-password-file): %s",
            "Redis refuses this user (give --redis-user ops and "
            "--redis-password-file): %s",
            h->redis_why);
        return;
    }
    if (h->redis_why[0] != '\0') {
        add(out, HEALTH_STOPPED, h->redis_probe, "Redis không trả lời: %s",
            "Redis does not answer: %s", h->redis_why);
        return; /* nothing else is known */
    }
    if (h->settings_why[0] != '\0') {
        add(out, HEALTH_STOPPED, "dondoc-redis-start DIR redis.conf",
            "Redis chưa đặt đúng, không tiếp nhận báo cáo: %s",
            "Redis is not set up as it must be, nothing is acknowledged: %s",
            h->settings_why);
    }
    service_judge(h, "ingest", HEALTH_STOPPED, out);
    service_judge(h, "scorer", HEALTH_DEGRADED, out);
    service_judge(h, "notifier", HEALTH_DEGRADED, out);
    if (h->head.programme[0] == '\0') {
        add(out, HEALTH_DEGRADED, "dondoc programme put DIR",
            "tỉnh %s chưa có chương trình được áp dụng",
            "no programme is in force for %s", h->province);
    }
    lag_judge(health_scorer_lag(h), h->scorer.seq, h->scorer_moves, "scorer", "reports",
              out);
    lag_judge(health_notifier_lag(h), h->notifier.seq, h->notifier_moves, "notifier",
              "alerts", out);
    tick_judge(h, out);
    if (h->parked > 0) {
        add(out, HEALTH_DEGRADED, "dondoc parked list",
            "%" PRId64 " báo cáo bị treo, chưa tính được",
            "%" PRId64 " reports are parked and not applied", h->parked);
    }
    undelivered_judge(h, out);
    dead_judge(h, out);
    sort_worst_first(out);
}
