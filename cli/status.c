/*
 * dondoc status - is all well? The first line says OK, DEGRADED or STOPPED (exit status
 * 0, 1, 2) with the cause and what to type next; tables follow.
 */
#include "cli/status.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/alert_words.h"
#include "cli/cli.h"
#include "cli/language.h"

#define LOOK_AGAIN_NS 700000000L

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"silent", CONF_SWITCH, "false", 0, 0,
     "đơn vị đã đến hạn mà chưa có báo cáo (tính đến giờ cuối trong sổ)",
     "units that are due and not heard (as of the last tick)"},
    {"days", CONF_INT, "92", 1, 40000, "với --silent: hạn trong bao nhiêu ngày qua",
     "with --silent: due within how many days back"},
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec spec = {
    .command = "status",
    .synopsis = "[--silent [--days 92]] [--json]",
    .vi = "Dòng đầu: OK, DEGRADED (có vấn đề) hoặc STOPPED (không tiếp nhận được), "
          "nguyên "
          "nhân và lệnh nên chạy.\nTiếp theo là các lệnh tạm giữ thông báo, nếu có "
          "(không làm đổi mã thoát). Mã thoát 0, 1, 2.\n",
    .en = "First line: OK, DEGRADED or STOPPED, the cause, and what to type next.\n"
          "Then what holds messages back, if anything (no other exit status for it).\n"
          "Exit status 0, 1, 2.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* unix:/run/x.sock or tcp:host:port as redis-cli wants it. */
static void
probe_command(const char *address, char *out, size_t out_bytes)
{
    const char *host = strncmp(address, "tcp:", 4) == 0 ? address + 4 : NULL;
    const char *port = host == NULL ? NULL : strrchr(host, ':');

    if (port != NULL) {
        (void)snprintf(out, out_bytes, "redis-cli -h %.*s -p %s ping",
                       (int)(port - host), host, port + 1);
    } else {
        (void)snprintf(out, out_bytes, "redis-cli -s %s ping",
                       strncmp(address, "unix:", 5) == 0 ? address + 5 : address);
    }
}

static enum status
checkpoints_read(struct overview *v)
{
    struct health *h = &v->health;
    struct redis *r = v->reading.redis;
    enum status st = board_head(r, h->province, &h->head);

    if (st == ST_OK) {
        st = board_checkpoint(r, h->province, "scorer", &h->scorer);
    }
    if (st == ST_OK) {
        st = board_checkpoint(r, h->province, "notifier", &h->notifier);
    }
    return st;
}

/* A reader that is behind gets a second look: does it move? */
static enum status
lag_read(struct overview *v)
{
    static const struct timespec pause = {0, LOOK_AGAIN_NS};
    struct health *h = &v->health;
    enum status st = checkpoints_read(v);
    uint64_t scorer = h->scorer.seq;
    uint64_t notifier = h->notifier.seq;

    if (st == ST_OK && (health_scorer_lag(h) > 0 || health_notifier_lag(h) > 0)) {
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
        st = checkpoints_read(v);
    }
    h->scorer_moves = h->scorer.seq != scorer;
    h->notifier_moves = h->notifier.seq != notifier;
    return st;
}

static enum status
settings_read(struct health *h, struct redis *r)
{
    enum status st = redis_settings_check(r, h->settings_why, sizeof h->settings_why);

    if (st == ST_DENIED) {
        h->settings_why[0] = '\0'; /* this user may not look; ingest does */
        return ST_OK;
    }
    return st == ST_BAD ? ST_OK : st;
}

static enum status
province_read(struct overview *v)
{
    struct health *h = &v->health;
    struct redis *r = v->reading.redis;
    enum status st;
    size_t i;

    st = lag_read(v);
    if (st == ST_OK) {
        st = board_instances(r, &h->instances);
    }
    if (st == ST_OK) {
        st = board_parked_count(r, h->province, &h->parked);
    }
    if (st == ST_OK) {
        st = board_simulated(r, h->province, &h->head, &h->simulated);
    }
    if (st == ST_OK) {
        st = board_summary(r, h->province, &v->summary);
    }
    if (st == ST_OK) {
        st = board_alerts(r, h->province, &v->alerts);
    }
    if (st == ST_OK) {
        st = board_holds(r, h->province, &v->holds);
    }
    for (i = 0; st == ST_OK && i < h->instances.count; i++) {
        const struct board_instance *at = &h->instances.items[i];

        if (at->alive && strcmp(at->service, "courier") == 0) {
            st = board_undelivered(r, at->instance, h->province, &h->undelivered);
        }
    }
    if (st == ST_OK) {
        st = board_dead(r, h->province, instant_now().ms - HEALTH_DEAD_MS, &h->dead);
    }
    for (i = 0; i < h->instances.count; i++) {
        int64_t number = 0; /* before the first tick only the service can say it */

        (void)board_counter(&h->instances.items[i], "simulated", &number);
        h->simulated |= h->instances.items[i].alive && number == 1;
    }
    for (i = 0; i < v->alerts.count; i++) {
        const struct board_alert *a = &v->alerts.items[i];

        /* A reminder is the unit's own matter so far. */
        h->alerts_open +=
            a->open && alert_severity(a->kind) != SEVERITY_REMINDER ? 1 : 0;
    }
    v->reading.head = h->head;
    v->reading.scorer = h->scorer;
    v->reading.simulated = h->simulated;
    return st;
}

/* Without a programme nothing is due and names are ids: not a reason to stop looking.
 */
static int
programme_read_quietly(struct overview *v, long days)
{
    int32_t first = DAY_NONE;
    int32_t today;
    int code;

    if (v->health.head.programme[0] == '\0') {
        return EXIT_DONE;
    }
    if (!v->silent_wanted) {
        return reading_programme(&v->reading);
    }
    code = reading_facts(&v->reading);
    if (code != EXIT_DONE ||
        board_first_day(v->reading.redis, v->health.province, &first) != ST_OK ||
        v->health.head.tick == 0) {
        return code;
    }
    today = hour_day(v->health.head.tick);
    v->silent_since = today - (int32_t)days;
    v->silent_since = first > v->silent_since ? first : v->silent_since;
    silent_list(v->reading.catalogue, v->reading.facts, v->silent_since, today,
                &v->silences);
    return EXIT_DONE;
}

static int
overview_read(struct overview *v, const struct options *o)
{
    struct health *h = &v->health;
    int code = reading_init(&v->reading, o);
    enum status st;

    if (code != EXIT_DONE) {
        return code;
    }
    h->province = v->reading.province;
    h->hour = hour_of(instant_now());
    probe_command(conf_text(o->conf, "redis"), h->redis_probe, sizeof h->redis_probe);
    st = board_connect(v->reading.redis);
    if (st == ST_OK) {
        st = settings_read(h, v->reading.redis);
    }
    if (st == ST_OK) {
        st = province_read(v);
    }
    if (st != ST_OK) {
        (void)snprintf(h->redis_why, sizeof h->redis_why, "%s",
                       redis_error(v->reading.redis));
    } else {
        (void)programme_read_quietly(v,
                                     conf_int(o->conf, "days")); /* it has said why */
    }
    health_judge(h, &v->report);
    return EXIT_DONE;
}

int
cli_status(int argc, char **argv)
{
    struct overview v = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count > 0) {
        code = options_usage("status", words("“%s” thừa", "“%s” is too much"),
                             o.operands[0]);
    } else {
        v.silent_wanted = conf_switch(o.conf, "silent");
        code = overview_read(&v, &o);
        if (code == EXIT_DONE) {
            if (conf_switch(o.conf, "json")) {
                overview_json(&v);
            } else {
                overview_text(&v);
            }
            code = (int)v.report.state;
        }
        silences_fini(&v.silences);
        board_alerts_fini(&v.alerts);
        board_holds_fini(&v.holds);
        board_lines_fini(&v.summary);
        board_instances_fini(&v.health.instances);
        board_undelivered_fini(&v.health.undelivered);
        board_dead_fini(&v.health.dead);
        reading_close(&v.reading);
    }
    options_fini(&o);
    return code;
}
