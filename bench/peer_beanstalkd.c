/* beanstalkd: put, INSERTED; with -f0 the binlog is synced before the answer. */
#include "bench/peer.h"

#include <string.h>

#include "lib/diag.h"

static void
greet(struct peer_link *l, const struct conf *conf)
{
    (void)conf;
    buf_text(&l->out, "use bench\r\n");
    link_expect(l, "USING bench");
}

static void
put(struct peer_link *l, const void *p, size_t bytes)
{
    buf_text(&l->out, "put 0 0 60 ");
    buf_count(&l->out, bytes);
    buf_text(&l->out, "\r\n");
    buf_add(&l->out, p, bytes);
    buf_text(&l->out, "\r\n");
}

static size_t
take(struct peer_link *l)
{
    size_t count = 0;
    size_t at = 0;

    for (;;) {
        const char *start = l->in + at;
        const char *end = memchr(start, '\n', l->in_len - at);

        if (end == NULL) {
            break;
        }
        if (strncmp(start, "INSERTED ", 9) != 0) {
            FAIL("not stored: %.60s", start);
        }
        count++;
        at += (size_t)(end - start) + 1;
    }
    link_eat(l, at);
    return count;
}

const struct peer peer_beanstalkd = {"beanstalkd", greet, put, take};
