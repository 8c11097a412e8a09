#include "tests/support/stack_acl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/mem.h"
#include "tests/support/child.h"

bool
stack_acl_asked(void)
{
    const char *asked = getenv("DONDOC_TEST_ACL");

    return asked == NULL || strcmp(asked, "0") != 0;
}

void
stack_acl_password(const struct stack *s, const char *user, char out[200])
{
    if (strcmp(user, "watch") == 0) {
        (void)snprintf(out, 200, "%s/watch.password", s->dir);
    } else {
        (void)snprintf(out, 200, "%s/passwords/%s", s->dir, user);
    }
}

static void
users_make(const struct stack *s)
{
    const char *root = getenv("DONDOC_ROOT");
    char script[300];
    char passwords[200];
    pid_t pid;

    (void)snprintf(script, sizeof script, "%s/etc/redis-users",
                   root == NULL ? "." : root);
    stack_acl_password(s, "", passwords);
    pid = child_begin();
    if (pid == 0) {
        (void)execl("/bin/bash", "bash", script, s->dir, passwords, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(child_end(pid), 0);
}

/* The rules as they are shipped; only `default` is on again. */
static void
default_on(const char *from, const char *to)
{
    FILE *in = fopen(from, "r");
    FILE *out = fopen(to, "w");
    char line[8192];

    assert_non_null(in);
    assert_non_null(out);
    (void)fputs("user default on nopass ~* &* +@all\n", out);
    while (fgets(line, sizeof line, in) != NULL) {
        assert_non_null(strchr(line, '\n')); /* a whole one */
        if (strncmp(line, "user default ", 13) != 0) {
            (void)fputs(line, out);
        }
    }
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
}

struct redis_server *
stack_acl_redis(struct stack *s)
{
    char list[200];
    static char tested[200]; /* borrowed by the server as long as it lives */
    const char *options[] = {"--aclfile", tested, NULL};

    users_make(s);
    (void)snprintf(list, sizeof list, "%s/users.acl", s->dir);
    (void)snprintf(tested, sizeof tested, "%s/tested.acl", s->dir);
    default_on(list, tested);
    return redis_server_start(options);
}

struct redis *
stack_acl_client(const struct stack *s, const char *user)
{
    char path[200];
    char password[80] = "";
    const struct redis_settings settings = {.address = redis_server_address(s->redis),
                                            .user = user,
                                            .password = password,
                                            .timeout_ms = 5000};
    struct redis *r;
    FILE *f;

    stack_acl_password(s, user, path);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(password, sizeof password, f));
    assert_int_equal(fclose(f), 0);
    password[strcspn(password, "\n")] = '\0';
    r = redis_new(&settings);
    if (redis_connect(r, strcmp(user, "watch") == 0 ? NULL : "dondoc:ops:hello",
                      NULL) != ST_OK) {
        fail_msg("%s: %s", user, redis_error(r));
    }
    return r;
}

static size_t
occurrences(const char *text, const char *of)
{
    size_t count = 0;

    for (text = strstr(text, of); text != NULL; text = strstr(text + 1, of)) {
        count++;
    }
    return count;
}

/* Over an empty Redis who comes before ingest asks to load the Functions, is refused,
 * and waits for ingest (lib/redis_setup.c): that is the plan. */
void
stack_acl_want_clean(const struct stack *s)
{
    struct redis *r = redis_server_client(s->redis);
    char *log = redis_ask(r, "ACL LOG 128");

    if (occurrences(log, "[count ") !=
        occurrences(log, " object function|load username scorer ") +
            occurrences(log, " object function|load username notifier ")) {
        fail_msg("Redis refused: %s", log);
    }
    mem_free(&log);
    redis_free(&r);
}
