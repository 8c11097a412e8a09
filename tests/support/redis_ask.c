#include "tests/support/redis_server.h"

#include <inttypes.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/keys.h"
#include "lib/mem.h"

#define ANSWER_MAX (4u * 1024 * 1024)

static void
ask_print(struct buf *b, const struct reply *rep)
{
    size_t len;
    const char *text = reply_str(rep, &len);
    size_t i;

    switch (reply_type(rep)) {
    case REPLY_NIL:
        buf_char(b, '-');
        return;
    case REPLY_INTEGER:
        buf_format(b, "%" PRId64, reply_int(rep));
        return;
    case REPLY_ERROR:
        buf_char(b, '!');
        /* fall through */
    case REPLY_STRING:
    case REPLY_STATUS:
        buf_add(b, text, len);
        return;
    case REPLY_ARRAY:
        buf_char(b, '[');
        for (i = 0; i < reply_count(rep); i++) {
            if (i > 0) {
                buf_char(b, ' ');
            }
            ask_print(b, reply_at(rep, i));
        }
        buf_char(b, ']');
        return;
    }
}

static char *
ask_args(struct redis *r, const struct args *a)
{
    struct reply *rep = NULL;
    struct buf b;
    char *text;
    enum status st;

    buf_init(&b, ANSWER_MAX);
    redis_put(r, a->argc, a->argv, a->lens);
    st = redis_next(r, &rep);
    if (st == ST_OK) {
        ask_print(&b, rep);
    } else {
        buf_format(&b, "!!%s", redis_error(r));
    }
    text = mem_copy_text(buf_str(&b));
    buf_fini(&b);
    reply_free(&rep);
    return text;
}

char *
redis_ask(struct redis *r, const char *command)
{
    struct args a;
    char *text;

    args_init(&a);
    while (*command != '\0') {
        size_t len = strcspn(command, " ");

        if (len == 2 && memcmp(command, "''", 2) == 0) {
            args_add(&a, "", 0);
        } else {
            args_add(&a, command, len);
        }
        command += len + strspn(command + len, " ");
    }
    text = ask_args(r, &a);
    args_fini(&a);
    return text;
}

char *
redis_digest(struct redis *r, const char *province)
{
    /* A large hash changes its order while it is only read. */
    static const char script[] =
        "local keys, all = redis.call('KEYS', ARGV[1]), {} "
        "table.sort(keys) "
        "for i = 1, #keys do "
        "  local value = '' "
        "  if redis.call('TYPE', keys[i]).ok == 'hash' then "
        "    local flat, lines = redis.call('HGETALL', keys[i]), {} "
        "    for k = 1, #flat, 2 do "
        "      lines[#lines + 1] = flat[k] .. '\\0' .. flat[k + 1] "
        "    end "
        "    table.sort(lines) "
        "    value = table.concat(lines, '\\0') "
        "  else "
        "    value = redis.call('DUMP', keys[i]) "
        "  end "
        "  all[#all + 1] = keys[i] .. ' ' .. redis.sha1hex(value) "
        "end "
        "return table.concat(all, '\\n')";
    char pattern[KEY_BYTES];
    struct args a;
    char *text;

    key_make(pattern, province, "*");
    args_init(&a);
    args_text(&a, "EVAL");
    args_text(&a, script);
    args_text(&a, "0");
    args_text(&a, pattern);
    text = ask_args(r, &a);
    args_fini(&a);
    return text;
}
