/* keys list, keys export: who may what, and until when. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/keys.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "cli/written.h"
#include "lib/calendar.h"
#include "lib/mem.h"

#define ENDS_SOON_DAYS 30
#define TABLE_COLUMNS 100
#define SCOPE_COLUMNS_LEAST 12
#define SCOPE_SHOWN 8

enum key_state { KEY_GOOD, KEY_NOT_YET, KEY_ENDS_SOON, KEY_ENDED, KEY_REVOKED };

static enum key_state
key_state(const struct principal *p, int32_t today)
{
    if (today < p->not_before) {
        return KEY_NOT_YET;
    }
    if (today > p->not_after) {
        return KEY_ENDED;
    }
    return p->not_after != DAY_OPEN && p->not_after - today <= ENDS_SOON_DAYS
               ? KEY_ENDS_SOON
               : KEY_GOOD;
}

/* --- list --- */

static void
scope_text(const struct principal *p, struct buf *out)
{
    buf_clear(out);
    buf_text(out, p->scope_all ? "*" : "");
    for (size_t i = 0; i < p->scope_count; i++) {
        if (i == SCOPE_SHOWN) {
            buf_format(out, words(" … (%zu đơn vị)", " … (%zu units)"), p->scope_count);
            break;
        }
        buf_format(out, "%s%s", i == 0 ? "" : ",", p->scope[i]);
    }
}

static void
state_text(const struct principal *p, int32_t today, struct buf *out)
{
    buf_clear(out);
    switch (key_state(p, today)) {
    case KEY_NOT_YET:
        buf_text(out, words("chưa có hiệu lực", "not yet"));
        break;
    case KEY_ENDED:
        buf_text(out, words("ĐÃ HẾT HẠN", "ENDED"));
        break;
    case KEY_ENDS_SOON:
        if (p->not_after == today) {
            buf_text(out, words("hết hạn hôm nay", "ends today"));
        } else {
            buf_format(out, words("còn %d ngày", "%d days left"),
                       (int)(p->not_after - today));
        }
        break;
    case KEY_GOOD:
    case KEY_REVOKED: /* never of a line */
        break;
    }
}

static void
list_row(struct table_print *t, const struct principal *p, int32_t today,
         struct buf *text)
{
    char day[DAY_TEXT_BYTES];

    table_print_cell(t, p->fingerprint);
    table_print_cell(t, role_name(p->role));
    table_print_cell(t, p->name);
    table_print_cell(t, p->province);
    scope_text(p, text);
    table_print_cell(t, buf_str(text));
    day_text(p->not_before, day);
    table_print_cell(t, p->not_before == DAY_NONE ? "" : day);
    day_text(p->not_after, day);
    table_print_cell(t, p->not_after == DAY_OPEN ? "" : day);
    state_text(p, today, text);
    table_print_cell(t, buf_str(text));
}

int
keys_list(const char *path)
{
    const int32_t today = keys_today();
    struct table_print *t;
    struct keys_file f;
    struct buf text;
    int code = keys_file_open(&f, path, false);

    if (code != EXIT_DONE) {
        return code;
    }
    buf_init(&text, 4096);
    t = table_print_new(8);
    table_print_head(t, 0, words("dấu vân tay", "fingerprint"), TABLE_LEFT);
    table_print_head(t, 1, words("vai trò", "role"), TABLE_LEFT);
    table_print_head(t, 2, words("tên", "name"), TABLE_LEFT);
    table_print_head(t, 3, words("tỉnh", "province"), TABLE_LEFT);
    table_print_head(t, 4, words("phạm vi", "scope"), TABLE_LEFT);
    table_print_head(t, 5, words("từ ngày", "from"), TABLE_LEFT);
    table_print_head(t, 6, words("đến hết", "until"), TABLE_LEFT);
    table_print_head(t, 7, words("hiệu lực", "state"), TABLE_LEFT);
    table_print_fit(t, 4, TABLE_COLUMNS, SCOPE_COLUMNS_LEAST);
    for (size_t i = 0; i < keyring_count(f.ring); i++) {
        list_row(t, keyring_at(f.ring, i), today, &text);
    }
    table_print_out(t);
    table_print_free(&t);
    buf_fini(&text);
    keys_file_close(&f);
    return EXIT_DONE;
}

/* --- export --- */

/* What an auditor asks of one key; texts are borrowed. */
struct audited {
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    const char *role;
    const char *name;
    const char *province;
    const char *scope;
    const char *may;
    int32_t from;
    int32_t until;
    enum key_state state;
    int32_t revoked; /* DAY_NONE: it was not */
    const char *reason;
};

static const char *
state_name(enum key_state state)
{
    static const char *const names[] = {
        [KEY_GOOD] = "good",   [KEY_NOT_YET] = "not_yet", [KEY_ENDS_SOON] = "ends_soon",
        [KEY_ENDED] = "ended", [KEY_REVOKED] = "revoked",
    };

    return names[state];
}

/* doc/operations.md, "Keys and the keyring", in one line. */
static const char *
role_may(enum role role)
{
    switch (role) {
    case ROLE_UNIT:
        return words("gửi báo cáo của các đơn vị trong phạm vi",
                     "reports for the units of its scope");
    case ROLE_OFFICE:
        return words("đính chính báo cáo của mọi đơn vị, có lý do",
                     "corrects any unit's report, with a reason");
    case ROLE_LEADER:
        return words("nhận và xử lý cảnh báo của chức danh",
                     "receives the alerts of its office and takes them on");
    case ROLE_COURIER:
        return words("chuyển cảnh báo đến hộp thư và webhook",
                     "carries alerts to mailboxes and webhooks");
    case ROLE_OPS:
        return words("chương trình, lệnh điều hành, giờ mô phỏng",
                     "programmes, acts, the clock of a simulation");
    case ROLE_SERVICE:
        return words("nghe tín hiệu giữa các dịch vụ", "hears hints of the services");
    }
    return "";
}

static void
audited_csv(const struct audited *a, struct buf *out)
{
    const int32_t days[] = {a->from, a->until, a->revoked};
    const char *const cells[] = {a->fingerprint, a->role,  a->name,
                                 a->province,    a->scope, a->may};

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        csv_cell(out, cells[i]);
    }
    csv_cell(out, state_name(a->state));
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char day[DAY_TEXT_BYTES];

        day_text(days[i], day);
        csv_cell(out, days[i] == DAY_NONE || days[i] == DAY_OPEN ? "" : day);
    }
    csv_cell(out, a->reason);
    csv_end(out);
}

static void
audited_json(const struct audited *a, struct buf *out)
{
    json_next(out);
    buf_char(out, '{');
    json_text(out, "fingerprint", a->fingerprint);
    json_text(out, "role", a->role);
    json_text(out, "name", a->name);
    json_text(out, "province", a->province[0] == '\0' ? NULL : a->province);
    json_text(out, "scope", a->scope[0] == '\0' ? NULL : a->scope);
    json_text(out, "may", a->may);
    json_text(out, "state", state_name(a->state));
    json_day(out, "not_before", a->from);
    json_day(out, "not_after", a->until == DAY_OPEN ? DAY_NONE : a->until);
    json_day(out, "revoked", a->revoked);
    json_text(out, "reason", a->reason[0] == '\0' ? NULL : a->reason);
    json_close(out, '}');
}

/* Its scope whole: an audit cuts nothing. */
static void
audited_of(const struct principal *p, int32_t today, struct buf *scope,
           struct audited *a)
{
    buf_clear(scope);
    buf_text(scope, p->scope_all ? "*" : "");
    for (size_t i = 0; i < p->scope_count; i++) {
        buf_format(scope, "%s%s", i == 0 ? "" : " ", p->scope[i]);
    }
    *a = (struct audited){.role = role_name(p->role),
                          .name = p->name,
                          .province = p->province,
                          .scope = buf_str(scope),
                          .may = role_may(p->role),
                          .from = p->not_before,
                          .until = p->not_after,
                          .state = key_state(p, today),
                          .revoked = DAY_NONE,
                          .reason = ""};
    (void)snprintf(a->fingerprint, sizeof a->fingerprint, "%s", p->fingerprint);
}

/* The value of a word in a comment that keys_revoke wrote, cut out of copy; "". */
static const char *
revoked_word(char *copy, const char *name)
{
    char *at = strstr(copy, name);

    if (at == NULL) {
        return "";
    }
    at += strlen(name);
    at[strcspn(at, " \r")] = '\0';
    return at;
}

/* "# revoked 2026-11-21 71850f09f013f4bf role=... name=... reason=..."; each word is
 * looked for in a text of its own, since looking cuts it. */
static bool
audited_revoked(const char *line, size_t bytes, char *copies[5], struct audited *a)
{
    static const char mark[] = "# revoked ";
    const size_t mark_bytes = sizeof mark - 1;
    char day[11];
    char *reason;

    if (bytes < mark_bytes + 27 || memcmp(line, mark, mark_bytes) != 0) {
        return false;
    }
    (void)snprintf(day, sizeof day, "%s", line + mark_bytes);
    *a = (struct audited){.from = DAY_NONE,
                          .until = DAY_NONE,
                          .state = KEY_REVOKED,
                          .may = "",
                          .reason = ""};
    if (day_parse(day, &a->revoked) != ST_OK) {
        return false;
    }
    (void)snprintf(a->fingerprint, sizeof a->fingerprint, "%s", line + mark_bytes + 11);
    for (size_t i = 0; i < 5; i++) {
        copies[i] = mem_copy(line + mark_bytes + 27, bytes - mark_bytes - 27);
        reason = strstr(copies[i], " reason=");
        if (reason != NULL && i < 4) {
            *reason = '\0'; /* what a person wrote there names nothing */
        } else if (reason != NULL) {
            reason[strcspn(reason, "\r")] = '\0';
            a->reason = reason + strlen(" reason=");
        }
    }
    a->role = revoked_word(copies[0], " role=");
    a->name = revoked_word(copies[1], " name=");
    a->scope = revoked_word(copies[2], " scope=");
    a->province = revoked_word(copies[3], " province=");
    return true;
}

static void
export_all(const struct keys_file *f, bool json, struct buf *out)
{
    const int32_t today = keys_today();
    const char *at = f->text;
    const char *line;
    struct buf scope;
    size_t bytes;

    buf_init(&scope, KEYRING_BYTES_MAX);
    while (keys_line(&at, f->text + f->bytes, &line, &bytes)) {
        const struct principal *p = keys_line_principal(f->ring, line, bytes);
        char *copies[5] = {NULL};
        struct audited a;
        bool any = true;

        if (p != NULL) {
            audited_of(p, today, &scope, &a);
        } else {
            any = audited_revoked(line, bytes, copies, &a);
        }
        if (any && json) {
            audited_json(&a, out);
        } else if (any) {
            audited_csv(&a, out);
        }
        for (size_t i = 0; i < 5; i++) {
            mem_free(&copies[i]);
        }
    }
    buf_fini(&scope);
}

int
keys_export(const struct options *o, const char *path)
{
    const bool json = conf_switch(o->conf, "json");
    struct keys_file f;
    struct buf out;
    int code;

    if (json && conf_switch(o->conf, "csv")) {
        return options_usage("keys", "%s",
                             words("chọn --json hoặc --csv", "either --json or --csv"));
    }
    code = keys_file_open(&f, path, false);
    if (code != EXIT_DONE) {
        return code;
    }
    buf_init(&out, 4 * KEYRING_BYTES_MAX);
    if (json) {
        buf_char(&out, '[');
        export_all(&f, true, &out);
        buf_text(&out, "]\n");
    } else {
        buf_text(&out, "fingerprint,role,name,province,scope,may,state,not_before,"
                       "not_after,revoked,reason\n");
        export_all(&f, false, &out);
    }
    (void)fputs(buf_str(&out), stdout); /* main looks at stdout's state */
    buf_fini(&out);
    keys_file_close(&f);
    return EXIT_DONE;
}
