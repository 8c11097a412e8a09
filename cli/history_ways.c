/* By which way a message came to an office: a desk, a mailbox, a webhook; or by none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/flow.h"
#include "cli/history.h"
#include "cli/language.h"

#define FIRST_RUNG 1

void
way_put(struct office *o, const char *channel, uint64_t at)
{
    size_t i;

    for (i = 0; i < o->way_count; i++) {
        if (strcmp(o->ways[i].channel, channel) == 0) {
            o->ways[i].at = at > o->ways[i].at ? at : o->ways[i].at;
            return;
        }
    }
    if (o->way_count < WAYS_MAX) {
        struct way *way = &o->ways[o->way_count++];

        (void)snprintf(way->channel, sizeof way->channel, "%.15s", channel);
        way->at = at;
    }
}

/* The message's id as the office and its courier have it (proto/README.md, section 9).
 */
static void
id_of(const struct life *l, const struct moment *m, size_t office, char *out,
      size_t out_bytes)
{
    const struct moment *post = m->kind == MOMENT_POST ? m : life_post_at(l, m, office);
    const char *code = l->alert.code;
    uint32_t number = m->event.number;
    int rung = 0;
    uint32_t again = 0;

    if (post != NULL) {
        code = post->row.digest[0] != '\0' ? post->row.digest : code;
        number = post->row.number;
        rung = post->row.rung;
        again = post->row.again;
    }
    if (again > 0) {
        (void)snprintf(out, out_bytes, "%s/%" PRIu32 ".%d.%" PRIu32, code, number,
                       rung > FIRST_RUNG ? rung : FIRST_RUNG, again);
    } else if (rung > FIRST_RUNG) {
        (void)snprintf(out, out_bytes, "%s/%" PRIu32 ".%d", code, number, rung);
    } else {
        (void)snprintf(out, out_bytes, "%s/%" PRIu32, code, number);
    }
}

enum way_state
way_state(const struct life *l, const struct moment *m, size_t office,
          const struct way *way, const char **why)
{
    char id[ALERT_CODE_BYTES + 32];
    size_t i;

    *why = "";
    id_of(l, m, office, id, sizeof id);
    for (i = 0; i < l->dead.count; i++) {
        const struct board_dead *d = &l->dead.items[i];

        if (strcmp(d->id, id) == 0 && strcmp(d->channel, way->channel) == 0 &&
            strcmp(d->office, l->offices[office].id) == 0) {
            *why = d->why;
            return WAY_DEAD;
        }
    }
    return way->at >= moment_position(m) ? WAY_CARRIED : WAY_WAITING;
}

const char *
way_state_name(enum way_state s)
{
    static const char *const names[] = {"waiting", "carried", "dead"};

    return names[s];
}

static const char *
way_words(enum way_state s)
{
    switch (s) {
    case WAY_CARRIED:
        return words("đã chuyển", "carried");
    case WAY_DEAD:
        return words("không gửi được (thư chết)", "dead letter");
    case WAY_WAITING:
        break;
    }
    return words("đang chờ", "waiting");
}

static const char *
channel_words(const char *channel)
{
    if (strcmp(channel, "mail") == 0) {
        return words("qua thư điện tử", "by mail");
    }
    return strcmp(channel, "web") == 0 ? words("qua webhook", "by webhook") : channel;
}

void
ways_words(const struct life *l, const struct moment *m, size_t office, struct buf *out)
{
    const struct office *o = &l->offices[office];
    const char *why;
    size_t i;

    buf_text(out,
             o->way_count > 0 ? words("qua dondoc watch: ", "by dondoc watch: ") : "");
    buf_text(out, moment_received(m, o) ? words("đã nhận", "received")
                                        : words("chưa nhận", "not received"));
    for (i = 0; i < o->way_count; i++) {
        enum way_state s = way_state(l, m, office, &o->ways[i], &why);

        buf_format(out, ", %s: %s", channel_words(o->ways[i].channel), way_words(s));
        if (why[0] != '\0') {
            buf_text(out, ": ");
            flow_plain(out, why, true);
        }
    }
}

/* --- in no inbox --- */

/* The newest one is what a hold keeps back; older ones are never sent. */
static bool
is_newest(const struct life *l, const struct moment *m)
{
    size_t i;

    for (i = l->count; i > 0; i--) {
        if (l->moments[i - 1].kind == MOMENT_MESSAGE) {
            return &l->moments[i - 1] == m;
        }
    }
    return false;
}

static bool
is_sent_later(const struct life *l, const struct moment *m)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        const struct moment *p = &l->moments[i];

        if (p->kind == MOMENT_POST && p->row.held && p->row.at_entry == m->entry &&
            p->row.at_index == m->index) {
            return true;
        }
    }
    return false;
}

void
nowhere_words(const struct life *l, const struct moment *m, struct buf *out)
{
    bool braked = m->event.brake != NULL && m->event.brake[0] != '\0';

    if (l->alert.hold[0] != '\0' && is_newest(l, m)) {
        buf_text(out, words("đang tạm giữ: ", "held: "));
        flow_plain(out, l->alert.hold, true);
    } else if (is_sent_later(l, m)) {
        buf_text(out, words("bị tạm giữ khi đó, gửi sau khi mở tạm giữ (xem bên dưới)",
                            "held then, sent after the hold (see below)"));
    } else if (braked) {
        buf_text(out, words("được tạm giữ khi mở: ", "held when it opened: "));
        flow_plain(out, m->event.brake, true);
    } else {
        buf_text(out, m->entry > l->notifier.seq
                          ? words("chưa vào hộp thư nào: dịch vụ gửi cảnh báo chưa đọc "
                                  "đến mục này",
                                  "in no inbox: the notifier has not come to this "
                                  "entry yet")
                          : words("không có trong hộp thư của chức danh nào",
                                  "in no office's inbox"));
    }
}
