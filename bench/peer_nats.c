/* NATS JetStream: a publish with an inbox is answered when the stream has stored it. */
#include "bench/peer.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"

static const char STREAM[] = "{\"name\":\"bench\",\"subjects\":[\"bench.>\"],"
                             "\"retention\":\"limits\",\"storage\":\"file\","
                             "\"num_replicas\":1,\"discard\":\"old\"}";

/*
 * One thing at the front: what it is, how long, and for a MSG its body (borrowed until
 * the next call). 0: not whole yet.
 */
static size_t
front(struct peer_link *l, char **body)
{
    size_t line_bytes;
    char *line = link_line(l, &line_bytes);
    const char *size;
    size_t bytes;

    *body = NULL;
    if (line == NULL) {
        return 0;
    }
    if (strncmp(line, "MSG ", 4) != 0) {
        if (strncmp(line, "-ERR", 4) == 0) {
            FAIL("nats says %s", line);
        }
        return line_bytes;
    }
    size = strrchr(line, ' ');
    bytes = line_bytes + strtoul(size + 1, NULL, 10) + 2;
    if (l->in_len < bytes) {
        line[line_bytes - 2] = '\r'; /* whole again, for the next look */
        return 0;
    }
    *body = line + line_bytes;
    (*body)[bytes - line_bytes - 2] = '\0';
    return bytes;
}

static void
greet(struct peer_link *l, const struct conf *conf)
{
    char *body = NULL;
    size_t bytes;

    (void)conf;
    link_expect(l, "INFO ");
    buf_format(&l->out,
               "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\","
               "\"version\":\"0\",\"protocol\":0}\r\nSUB _INBOX.b%zu 1\r\nPING\r\n",
               l->number);
    link_expect(l, "PONG");
    if (l->number > 0) {
        return;
    }
    buf_format(&l->out, "PUB $JS.API.STREAM.CREATE.bench _INBOX.b0 %zu\r\n%s\r\n",
               strlen(STREAM), STREAM);
    link_flush_all(l);
    while (body == NULL) {
        while ((bytes = front(l, &body)) == 0) {
            link_fill_wait(l);
        }
        if (body != NULL && strstr(body, "\"error\"") != NULL) {
            FAIL("no stream: %s", body);
        }
        link_eat(l, bytes);
    }
}

static void
put(struct peer_link *l, const void *p, size_t bytes)
{
    buf_text(&l->out, "PUB bench.r _INBOX.b");
    buf_count(&l->out, l->number);
    buf_char(&l->out, ' ');
    buf_count(&l->out, bytes);
    buf_text(&l->out, "\r\n");
    buf_add(&l->out, p, bytes);
    buf_text(&l->out, "\r\n");
}

/* (All that is there is looked at before it is moved: one move, not one an answer.) */
static size_t
take(struct peer_link *l)
{
    size_t count = 0;
    size_t at = 0;

    for (;;) {
        char *start = l->in + at;
        char *end = memchr(start, '\n', l->in_len - at);
        size_t bytes;

        if (end == NULL) {
            break;
        }
        bytes = (size_t)(end - start) + 1;
        if (strncmp(start, "MSG ", 4) == 0) {
            const char *size = end;
            const char *body = end + 1;

            while (size[-1] != ' ') {
                size--;
            }
            bytes += strtoul(size, NULL, 10) + 2;
            if (l->in_len - at < bytes) {
                break;
            }
            if (strncmp(body, "{\"stream\":", 10) != 0) {
                FAIL("not stored: %.100s", body);
            }
            count++;
        } else if (strncmp(start, "PING", 4) == 0) {
            buf_text(&l->out, "PONG\r\n");
        } else if (strncmp(start, "-ERR", 4) == 0) {
            FAIL("nats says %.100s", start);
        }
        at += bytes;
    }
    link_eat(l, at);
    return count;
}

const struct peer peer_nats = {"nats", greet, put, take};
