/* server.json of the outbox: what the server last said about itself and about us, so
 * that a file can be taken while it is away, and so that a loss is noticed. */
#include "cli/outbox_private.h"

#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "lib/diag.h"
#include "lib/json.h"

#define NAME "server.json"
#define SERVER_BYTES_MAX (4u * 1024u * 1024u)
#define REPORTS_MOST 10000

/* --- reading --- */

static const char *
kept_text(struct outbox *b, const char *text)
{
    const char *copy = arena_text(b->arena, text);

    MUST(copy != NULL);
    return copy;
}

static const char *
text_of(struct outbox *b, const struct json_node *node, const char *name)
{
    const struct json_node *at = json_get(node, name);

    return at == NULL || at->type != JSON_TEXT ? "" : kept_text(b, at->text);
}

static const char *const *
texts_of(struct outbox *b, const struct json_node *list, size_t *count)
{
    const char **out;

    *count = 0;
    if (list == NULL || list->type != JSON_LIST) {
        return NULL;
    }
    out = arena_take(b->arena, list->count * sizeof *out);
    MUST(out != NULL);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->type == JSON_TEXT) {
            out[(*count)++] = kept_text(b, list->items[i]->text);
        }
    }
    return out;
}

static void
groups_of(struct outbox *b, const struct json_node *list)
{
    struct wire_group_info *groups;

    if (list == NULL || list->type != JSON_LIST) {
        return;
    }
    groups = arena_take(b->arena, list->count * sizeof *groups);
    MUST(groups != NULL);
    for (size_t i = 0; i < list->count; i++) {
        groups[i].code = text_of(b, list->items[i], "code");
        groups[i].measures =
            texts_of(b, json_get(list->items[i], "measures"), &groups[i].measure_count);
    }
    b->server.info.groups = groups;
    b->server.info.group_count = list->count;
}

static void
server_empty(struct outbox *b)
{
    b->server = (struct outbox_server){
        .principal = "",
        .key = "",
        .log_id = "",
        .info = {.server_version = "",
                 .log_id = "",
                 .programme_digest = "",
                 .principal = "",
                 .state = "ready"},
    };
}

/* A file that cannot be read is as good as none: it is learnt anew. */
void
outbox_server_read(struct outbox *b)
{
    struct json *json = NULL;
    const struct json_node *root;
    const struct json_node *most;
    const struct json_node *offering;
    char why[200];
    size_t bytes = 0;
    int line;

    server_empty(b);
    b->server_text = outbox_get(b->folder, NAME, SERVER_BYTES_MAX, &bytes);
    if (b->server_text == NULL) {
        b->server_text = mem_copy_text("");
        return;
    }
    if (json_parse(b->server_text, bytes, &json, &line, why, sizeof why) != ST_OK) {
        return;
    }
    root = json_root(json);
    b->server.principal = text_of(b, root, "principal");
    b->server.key = text_of(b, root, "key");
    b->server.log_id = text_of(b, root, "log_id");
    offering = json_get(root, "offering");
    b->server.offering = offering != NULL && offering->truth;
    most = json_get(root, "reports_max");
    if (most != NULL && most->type == JSON_INTEGER && most->integer > 0 &&
        most->integer <= REPORTS_MOST) {
        b->server.info.reports_max = (uint32_t)most->integer;
    }
    b->server.info.scope =
        texts_of(b, json_get(root, "scope"), &b->server.info.scope_count);
    groups_of(b, json_get(root, "groups"));
    json_free(&json);
}

/* --- writing --- */

static void
text_write(struct buf *out, const char *name, const char *value)
{
    buf_format(out, "%s\"%s\": ", out->len == 1 ? "" : ",\n ", name);
    json_write_text(out, value);
}

static void
texts_write(struct buf *out, const char *const *texts, size_t count)
{
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        json_write_text(out, texts[i]);
    }
    buf_char(out, ']');
}

static enum status
server_write(struct outbox *b, char *why, size_t why_bytes)
{
    const struct outbox_server *s = &b->server;
    enum status st = ST_OK;
    struct buf out;

    buf_init(&out, SERVER_BYTES_MAX);
    buf_char(&out, '{');
    text_write(&out, "principal", s->principal);
    text_write(&out, "key", s->key);
    text_write(&out, "log_id", s->log_id);
    buf_format(&out, ",\n \"offering\": %s,\n \"reports_max\": %u,\n \"scope\": ",
               s->offering ? "true" : "false", s->info.reports_max);
    texts_write(&out, s->info.scope, s->info.scope_count);
    buf_text(&out, ",\n \"groups\": [");
    for (size_t i = 0; i < s->info.group_count; i++) {
        buf_text(&out, i == 0 ? "\n  {\"code\": " : ",\n  {\"code\": ");
        json_write_text(&out, s->info.groups[i].code);
        buf_text(&out, ", \"measures\": ");
        texts_write(&out, s->info.groups[i].measures, s->info.groups[i].measure_count);
        buf_char(&out, '}');
    }
    buf_text(&out, "]}\n");
    if (strcmp(b->server_text, buf_str(&out)) != 0) {
        st = outbox_put_text(b, NAME, buf_str(&out), out.len, why, why_bytes);
    }
    if (st == ST_OK) {
        mem_free(&b->server_text);
        b->server_text = mem_copy_text(buf_str(&out));
    }
    buf_fini(&out);
    return st;
}

/* --- learning --- */

static const char *const *
texts_keep(struct outbox *b, const char *const *texts, size_t count)
{
    const char **out = arena_take(b->arena, count * sizeof *out);

    MUST(out != NULL);
    for (size_t i = 0; i < count; i++) {
        out[i] = kept_text(b, texts[i]);
    }
    return out;
}

static void
groups_keep(struct outbox *b, const struct wire_server_info *info)
{
    struct wire_group_info *groups =
        arena_take(b->arena, info->group_count * sizeof *groups);

    MUST(groups != NULL);
    for (size_t i = 0; i < info->group_count; i++) {
        const struct wire_group_info *g = &info->groups[i];

        groups[i] = (struct wire_group_info){
            kept_text(b, g->code), texts_keep(b, g->measures, g->measure_count),
            g->measure_count};
    }
    b->server.info.groups = groups;
    b->server.info.group_count = info->group_count;
}

enum status
outbox_learn(struct outbox *b, const struct wire_server_info *info,
             const char *fingerprint, char *why, size_t why_bytes)
{
    struct outbox_server *s = &b->server;

    if (s->principal[0] != '\0' && strcmp(s->principal, info->principal) != 0 &&
        b->waiting.count + b->kept.count > 0) {
        (void)snprintf(
            why, why_bytes,
            words("Hộp thư đi %s đang giữ báo cáo của %s, còn khóa này là của %s. Mỗi "
                  "khóa cần một hộp thư đi riêng: đề nghị ghi --outbox THƯ-MỤC-KHÁC.",
                  "The outbox %s holds reports of %s, and this key is of %s. Each key "
                  "needs an outbox of its own: please give --outbox ANOTHER-FOLDER."),
            b->dir, s->principal, info->principal);
        return ST_DENIED;
    }
    s->principal = kept_text(b, info->principal);
    s->key = kept_text(b, fingerprint);
    s->info.reports_max = info->reports_max;
    s->info.scope = texts_keep(b, info->scope, info->scope_count);
    s->info.scope_count = info->scope_count;
    if (info->group_count > 0) {
        groups_keep(b, info);
    }
    return server_write(b, why, why_bytes);
}

enum status
outbox_journal(struct outbox *b, const char *log_id, bool offering, char *why,
               size_t why_bytes)
{
    b->server.log_id = kept_text(b, log_id);
    b->server.offering = offering;
    return server_write(b, why, why_bytes);
}
