/* An append in the making: the arguments of the Function dd_append, and its answer. */
#include "lib/journal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/functions.h"
#include "lib/keys.h"

static const char *const table_names[] = {
    [TABLE_RECEIPTS] = "receipts",
    [TABLE_ACTS] = "acts",
    [TABLE_HEAD] = "head",
};

void
journal_append_init(struct journal_append *a)
{
    memset(a, 0, sizeof *a);
    args_init(&a->args);
}

void
journal_append_fini(struct journal_append *a)
{
    args_fini(&a->args);
}

static void
append_key(struct journal_append *a, const char *name)
{
    char key[KEY_BYTES];

    key_make(key, a->province, name);
    args_text(&a->args, key);
}

/* A Function must be told every key it touches: of a programme, the one in force. */
static void
append_keys(struct journal_append *a, const char *programme)
{
    char key[KEY_BYTES];

    args_text(&a->args, "5");
    append_key(a, KEY_REPORTS);
    append_key(a, KEY_HEAD);
    append_key(a, KEY_RECEIPTS);
    append_key(a, KEY_ACTS);
    a->programme_key_at = a->args.argc;
    key_make2(key, a->province, KEY_PROGRAMME,
              programme[0] == '\0' ? "none" : programme);
    args_text(&a->args, key);
}

static void
append_head(struct journal_append *a, const struct journal_head *head,
            enum journal_kind kind, const void *body, size_t body_bytes)
{
    a->next = *head;
    a->next.seq = head->seq + 1;
    journal_chain(head->chain, kind, body, body_bytes, a->next.chain);
    args_text(&a->args, FUNCTIONS_VERSION);
    args_int(&a->args, (int64_t)head->seq);
    args_text(&a->args, head->chain);
    args_int(&a->args, (int64_t)a->next.seq);
    args_text(&a->args, a->next.chain);
    args_text(&a->args, journal_kind_name(kind));
    args_add(&a->args, body, body_bytes);
}

void
journal_append_begin(struct journal_append *a, const char *province,
                     const struct journal_head *head, enum journal_kind kind,
                     const void *body, size_t body_bytes)
{
    MUST(kind < JOURNAL_ALERTS);
    MUST(body_bytes <=
         (kind == JOURNAL_PROGRAMME ? JOURNAL_PROGRAMME_MAX : JOURNAL_BODY_MAX));
    MUST(head->seq < INT64_MAX);
    MUST(strlen(province) < sizeof a->province);
    memcpy(a->province, province, strlen(province) + 1);
    args_clear(&a->args);
    a->guards = 0;
    a->list_name = NULL;
    args_text(&a->args, "FCALL");
    args_text(&a->args, FUNCTION_APPEND);
    append_keys(a, head->programme);
    append_head(a, head, kind, body, body_bytes);
    a->programme_at = a->args.argc;
    args_text(&a->args, "");
}

/* The last list's count is written down: before the next one, and before it is sent. */
static void
append_list_end(struct journal_append *a)
{
    if (a->list_name != NULL) {
        args_replace_int(&a->args, a->list_at, (int64_t)a->list_fields);
        a->list_name = NULL;
    }
}

/* Goes on with the list of the last field, or begins one. */
static void
append_field(struct journal_append *a, const char *name, enum journal_table table,
             const char *field, const char *value)
{
    if (a->list_name != name || a->list_table != table) {
        append_list_end(a);
        /* The names are constants: nothing to copy. */
        args_add(&a->args, name, strlen(name));
        args_add(&a->args, table_names[table], strlen(table_names[table]));
        a->list_at = a->args.argc;
        args_add(&a->args, "", 0);
        a->list_name = name;
        a->list_table = table;
        a->list_fields = 0;
    }
    a->list_fields++;
    args_text(&a->args, field);
    args_text(&a->args, value);
}

static const char list_guard[] = "guard";
static const char list_set[] = "set";
static const char list_new[] = "new";

void
journal_append_guard(struct journal_append *a, enum journal_table table,
                     const char *field, const char *expected)
{
    append_field(a, list_guard, table, field, expected);
    a->guards++;
}

void
journal_append_new(struct journal_append *a, enum journal_table table,
                   const char *field, const char *value)
{
    MUST(table != TABLE_HEAD);
    append_field(a, list_new, table, field, value);
    a->guards++;
}

/* The head that this entry leaves; its other fields are not for the caller. */
static void
append_next(struct journal_append *a, const char *field, const char *value)
{
    if (strcmp(field, "tick") == 0) {
        a->next.tick = strtoll(value, NULL, 10);
    } else {
        MUST(strcmp(field, "programme") == 0);
        MUST(strlen(value) < sizeof a->next.programme);
        memcpy(a->next.programme, value, strlen(value) + 1);
    }
}

void
journal_append_set(struct journal_append *a, enum journal_table table,
                   const char *field, const char *value)
{
    if (table == TABLE_HEAD) {
        append_next(a, field, value);
    }
    append_field(a, list_set, table, field, value);
}

void
journal_append_programme(struct journal_append *a, const char *digest, const void *text,
                         size_t text_bytes)
{
    char key[KEY_BYTES];

    MUST(digest[0] != '\0' && text_bytes > 0 && text_bytes <= JOURNAL_PROGRAMME_MAX);
    key_make2(key, a->province, KEY_PROGRAMME, digest);
    args_replace(&a->args, a->programme_key_at, key, strlen(key));
    args_replace(&a->args, a->programme_at, text, text_bytes);
}

void
journal_append_put(struct journal_append *a, struct redis *r)
{
    append_list_end(a);
    redis_put(r, a->args.argc, a->args.argv, a->args.lens);
}

enum status
journal_append_result(const struct journal_append *a, const struct reply *rep,
                      size_t *conflicts, size_t conflict_room, size_t *conflict_count)
{
    const char *word = reply_str(reply_at(rep, 0), NULL);
    enum status st = reply_status(rep);
    size_t i;

    if (conflict_count != NULL) {
        *conflict_count = 0;
    }
    if (st != ST_OK || strcmp(word, "OK") == 0) {
        return st;
    }
    if (strcmp(word, "HEAD") == 0) {
        return ST_STALE;
    }
    if (strcmp(word, "GUARD") != 0 || reply_count(rep) - 1 > a->guards) {
        return ST_BAD;
    }
    for (i = 1; i < reply_count(rep) && conflicts != NULL && i <= conflict_room; i++) {
        conflicts[i - 1] = (size_t)reply_int(reply_at(rep, i));
    }
    if (conflict_count != NULL) {
        *conflict_count = reply_count(rep) - 1;
    }
    return ST_STALE;
}

enum status
journal_append_call(struct journal_append *a, struct redis *r, size_t *conflicts,
                    size_t conflict_room, size_t *conflict_count)
{
    struct reply *rep = NULL;
    enum status st;

    if (conflict_count != NULL) {
        *conflict_count = 0;
    }
    journal_append_put(a, r);
    st = redis_next(r, &rep);
    if (st != ST_OK) {
        return st;
    }
    st = journal_append_result(a, rep, conflicts, conflict_room, conflict_count);
    if (reply_type(rep) == REPLY_ERROR) {
        redis_error_set(r, "%s", reply_str(rep, NULL));
    }
    if (st == ST_AGAIN) {
        redis_close(r);
    }
    reply_free(&rep);
    return st;
}
