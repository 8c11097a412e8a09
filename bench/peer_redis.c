/*
 * Redis alone: XADD of each report, pipelined; and the leanest Function call, which
 * puts several reports into one entry. The limit under dondoc, which does both and
 * more.
 */
#include "bench/peer.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"

#define STREAM "bench:reports"

static const char FUNCTION[] =
    "#!lua name=bench\n"
    "redis.register_function('bench_put', function(keys, args)\n"
    "    redis.call('XADD', keys[1], '*', 'p', args[1])\n"
    "    return 1\n"
    "end)\n";

static void
word_add(struct buf *b, const void *p, size_t bytes)
{
    buf_char(b, '$');
    buf_count(b, bytes);
    buf_text(b, "\r\n");
    buf_add(b, p, bytes);
    buf_text(b, "\r\n");
}

static void
command(struct peer_link *l, size_t count, const char *const *words)
{
    size_t i;

    buf_format(&l->out, "*%zu\r\n", count);
    for (i = 0; i < count; i++) {
        word_add(&l->out, words[i], strlen(words[i]));
    }
}

static void
password_read(const char *path, char *out, int bytes)
{
    FILE *f = fopen(path, "re");

    if (f == NULL || fgets(out, bytes, f) == NULL) {
        FAIL("cannot read %s", path);
    }
    (void)fclose(f); /* only read */
    out[strcspn(out, "\r\n")] = '\0';
}

static void
greet(struct peer_link *l, const struct conf *conf)
{
    if (conf_text(conf, "user")[0] != '\0') {
        char password[256];
        const char *const words[] = {"AUTH", conf_text(conf, "user"), password};

        password_read(conf_text(conf, "password-file"), password, sizeof password);
        command(l, 3, words);
        link_expect(l, "+OK");
    }
    if (l->number == 0) {
        const char *const words[] = {"FUNCTION", "LOAD", "REPLACE", FUNCTION};

        command(l, 4, words);
        link_expect(l, "$5");
        link_expect(l, "bench");
    }
}

static void
xadd_put(struct peer_link *l, const void *p, size_t bytes)
{
    buf_text(&l->out,
             "*5\r\n$4\r\nXADD\r\n$13\r\n" STREAM "\r\n$1\r\n*\r\n$1\r\np\r\n");
    word_add(&l->out, p, bytes);
}

static void
fcall_put(struct peer_link *l, const void *p, size_t bytes)
{
    buf_text(&l->out,
             "*5\r\n$5\r\nFCALL\r\n$9\r\nbench_put\r\n$1\r\n1\r\n$13\r\n" STREAM
             "\r\n");
    word_add(&l->out, p, bytes);
}

/* Answers: "$15\r\n1526919030474-55\r\n" or ":1\r\n". */
static size_t
take(struct peer_link *l)
{
    size_t count = 0;
    size_t at = 0;

    for (;;) {
        const char *start = l->in + at;
        const char *end = memchr(start, '\n', l->in_len - at);
        size_t bytes;

        if (end == NULL) {
            break;
        }
        bytes = (size_t)(end - start) + 1;
        if (*start == '$') {
            bytes += strtoul(start + 1, NULL, 10) + 2;
            if (l->in_len - at < bytes) {
                break;
            }
        } else if (*start != ':') {
            FAIL("redis says %.100s", start);
        }
        count++;
        at += bytes;
    }
    link_eat(l, at);
    return count;
}

const struct peer peer_redis_xadd = {"redis-xadd", greet, xadd_put, take};
const struct peer peer_redis_fcall = {"redis-fcall", greet, fcall_put, take};
