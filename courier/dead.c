/* Dead letters: said in the log, kept in Redis, and only then passed over. */
#include "courier/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/fault.h"
#include "lib/json.h"

#define DEAD_KEY "dondoc:ops:dead:courier"
#define DEAD_AT_ONCE 50u
#define AGAIN_US 1000000 /* Redis answered, and did not take it */
#define LINE_BYTES 2048

void
dead_open(struct courier *c)
{
    c->dead = mem_alloc(DEAD_KEPT * sizeof *c->dead);
}

void
dead_close(struct courier *c)
{
    mem_free(&c->dead);
}

uint64_t
dead_add(struct courier *c, const struct device *d, const struct message *m,
         const char *why)
{
    struct dead_letter *l;

    if (c->dead_count == DEAD_KEPT) {
        return 0;
    }
    c->counters.dead++;
    diag_error("dead_letter",
               "office=%s channel=%s id=%s why=\"%s\" effect=\"not sent again by this "
               "channel; the office's inbox keeps it\"",
               d->leader, channel_name(d->channel), m->id, why);
    c->dead_last++;
    if (c->redis == NULL) {
        return c->dead_last; /* the log has it */
    }
    l = &c->dead[c->dead_count++];
    l->at_ms = instant_now().ms;
    l->channel = d->channel;
    l->attempts = d->attempt;
    (void)snprintf(l->leader, sizeof l->leader, "%s", d->leader);
    (void)snprintf(l->id, sizeof l->id, "%s", m->id);
    (void)snprintf(l->why, sizeof l->why, "%s", why);
    return c->dead_last;
}

bool
dead_stands(const struct courier *c, uint64_t number)
{
    return number <= c->dead_last - c->dead_count;
}

static void
dead_line(const struct courier *c, const struct dead_letter *l, struct buf *out)
{
    char at[INSTANT_TEXT_BYTES];

    instant_text_utc((struct instant){l->at_ms}, at);
    buf_clear(out);
    buf_format(out, "{\"at\": \"%s\", \"province\": ", at);
    json_write_text(out, c->province);
    buf_text(out, ", \"office\": ");
    json_write_text(out, l->leader);
    buf_format(out, ", \"channel\": \"%s\", \"id\": ", channel_name(l->channel));
    json_write_text(out, l->id);
    buf_format(out, ", \"attempts\": %" PRIu32 ", \"why\": ", l->attempts);
    json_write_text(out, l->why);
    buf_char(out, '}');
}

/* The newest first, the last DEAD_KEPT. */
enum status
dead_write(struct courier *c)
{
    char last[16];
    struct buf line;
    enum status st = ST_OK;
    size_t count = c->dead_count < DEAD_AT_ONCE ? c->dead_count : DEAD_AT_ONCE;
    size_t done = 0;

    (void)snprintf(last, sizeof last, "%u", DEAD_KEPT - 1);
    buf_init(&line, LINE_BYTES);
    while (done < count && st == ST_OK) {
        const char *push[] = {"LPUSH", DEAD_KEY, NULL};
        const char *trim[] = {"LTRIM", DEAD_KEY, "0", last};
        struct reply *rep = NULL;

        dead_line(c, &c->dead[done], &line);
        push[2] = buf_str(&line);
        st = redis_call(c->redis, 3, push, NULL, &rep);
        reply_free(&rep);
        if (st == ST_OK) {
            FAULT("courier.dead_written");
            done++;
            st = redis_call(c->redis, 4, trim, NULL, &rep);
            reply_free(&rep);
        }
    }
    buf_fini(&line);
    memmove(c->dead, c->dead + done, (c->dead_count - done) * sizeof *c->dead);
    c->dead_count -= done;
    if (st != ST_OK) {
        c->dead_at.us = mono_now().us + AGAIN_US;
    }
    return st;
}
