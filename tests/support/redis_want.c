#include "tests/support/redis_server.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/buf.h"
#include "lib/mem.h"

#define COMMAND_MAX 8192u

void
redis_want(struct redis *r, const char *command, const char *want)
{
    char *got = redis_ask(r, command);

    if (strcmp(got, want) != 0) {
        print_error("command %s\n    got  %s\n    want %s\n", command, got, want);
        mem_free(&got);
        fail();
    }
    mem_free(&got);
}

static void
want_expand(struct buf *b, const char *province, const char *text)
{
    buf_init(b, COMMAND_MAX);
    for (; *text != '\0'; text++) {
        if (*text == '$') {
            buf_format(b, "dondoc:{%s}:", province);
        } else {
            buf_char(b, *text);
        }
    }
}

void
redis_want_in(struct redis *r, const char *province, const char *command,
              const char *want)
{
    struct buf full;
    struct buf answer;

    want_expand(&full, province, command);
    want_expand(&answer, province, want);
    redis_want(r, buf_str(&full), buf_str(&answer));
    buf_fini(&full);
    buf_fini(&answer);
}

char *
redis_ask_in(struct redis *r, const char *province, const char *command)
{
    struct buf full;
    char *answer;

    want_expand(&full, province, command);
    answer = redis_ask(r, buf_str(&full));
    buf_fini(&full);
    return answer;
}

void
redis_unchanged(struct redis *r, const char *province, char *before)
{
    char *after = redis_digest(r, province);

    assert_string_equal(before, after);
    mem_free(&before);
    mem_free(&after);
}
