/* `dondoc alerts` for programs: JSON and CSV. Names of fields are stable. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/alerts.h"
#include "cli/written.h"
#include "lib/json.h"

#define JSON_BYTES (64u << 20)
#define CSV_LINE_BYTES (64u << 10)

struct field {
    const char *name;
    const char *text;
    bool number; /* as it is; "" is null */
};
#define FIELDS 27

/* One alert as named values; `room` holds the computed ones. */
struct record {
    struct field fields[FIELDS];
    char name[ALERT_NAME_BYTES];
    char count[4][24];
    char opened[24];
    char age[16];
    char late[16];
    char rung[16];
};

static void
number_text(char *out, size_t out_bytes, bool has, int64_t n)
{
    out[0] = '\0';
    if (has) {
        (void)snprintf(out, out_bytes, "%" PRId64, n);
    }
}

static void
record_make(const struct alert_list *l, const struct alert_row *row, struct record *r)
{
    const struct board_alert *a = row->alert;
    const struct alert_figure *f = &row->figure;
    bool counts = !a->missing && (f->counts || f->value[0] == '\0') && a->den > 0;

    alert_subject_words(l->reading.catalogue, a->subject, r->name);
    number_text(r->count[0], sizeof r->count[0], true, a->number);
    number_text(r->count[1], sizeof r->count[1], counts, f->counts ? f->num : a->num);
    number_text(r->count[2], sizeof r->count[2], counts, f->counts ? f->den : a->den);
    number_text(r->count[3], sizeof r->count[3], f->rank > 0, f->rank);
    number_text(r->opened, sizeof r->opened, true, a->opened_at_ms);
    number_text(r->age, sizeof r->age, row->age >= 0, row->age);
    number_text(r->late, sizeof r->late, row->late >= 0, row->late);
    number_text(r->rung, sizeof r->rung, a->rung > 0, a->rung);
    {
        const struct field fields[FIELDS] = {
            {"code", a->code, false},
            {"open", a->open ? "true" : "false", true},
            {"kind", a->kind, false},
            {"reason", a->reason, false},
            {"n", r->count[0], true},
            {"subject", a->subject, false},
            {"subject_name", r->name, false},
            {"target", a->target, false},
            {"group", a->group, false},
            {"title", alert_title(l->reading.catalogue, a->target, a->group), false},
            {"window", f->window[0] != '\0' ? f->window : a->window, false},
            {"value", f->value, false},
            {"required", f->required, false},
            {"gap", f->gap, false},
            {"numerator", r->count[1], true},
            {"denominator", r->count[2], true},
            {"rank", r->count[3], true},
            {"due", a->due, false},
            {"late_working_days", r->late, true},
            {"opened_at_ms", r->opened, true},
            {"age_working_days", r->age, true},
            {"ack_by", a->ack_by, false},
            {"ack_at", a->ack_at, false},
            {"ack_until", a->ack_until, false},
            {"paused_until", a->paused, false},
            {"held_by", a->hold, false},
            {"rung", r->rung, true},
        };

        memcpy(r->fields, fields, sizeof fields);
    }
}

static void
record_json(const struct record *r, struct buf *out)
{
    size_t i;

    for (i = 0; i < FIELDS; i++) {
        const struct field *f = &r->fields[i];

        buf_format(out, "%s\"%s\":", i == 0 ? "{" : ",", f->name);
        if (f->number) {
            buf_text(out, f->text[0] == '\0' ? "null" : f->text);
        } else {
            json_write_text(out, f->text);
        }
    }
    buf_char(out, '}');
}

void
alerts_print_json(const struct alert_list *l)
{
    struct alert_counts n;
    struct record r;
    struct buf out;
    size_t i;
    int s;

    alert_counts_make(l, &n);
    buf_init(&out, JSON_BYTES);
    buf_text(&out, "{\"province\":");
    json_write_text(&out, l->reading.province);
    buf_format(&out,
               ",\"simulated\":%s,\"open\":%zu,\"acknowledged\":%zu,\"paused\":%zu,"
               "\"held\":%zu",
               l->reading.simulated ? "true" : "false", n.all_open, n.acknowledged,
               n.paused, n.held);
    for (s = SEVERITY_MISSED; s < SEVERITY_OTHER; s++) {
        buf_format(&out, ",\"%s\":%zu", severity_name((enum severity)s), n.open[s]);
    }
    buf_text(&out, ",\"alerts\":[");
    for (i = 0; i < l->count; i++) {
        record_make(l, &l->rows[i], &r);
        buf_text(&out, i == 0 ? "" : ",");
        record_json(&r, &out);
    }
    buf_text(&out, "]}\n");
    (void)fwrite(buf_str(&out), 1, out.len, stdout); /* main checks stdout */
    buf_fini(&out);
}

/* A cell that a spreadsheet takes as it is: quoted where it has to be. */
void
alerts_print_csv(const struct alert_list *l)
{
    static const struct board_alert none;
    const struct alert_row empty = {.alert = &none};
    struct record r;
    struct buf line;
    size_t row;
    size_t i;

    buf_init(&line, CSV_LINE_BYTES);
    for (row = 0; row <= l->count; row++) {
        record_make(l, row == 0 ? &empty : &l->rows[row - 1], &r);
        for (i = 0; i < FIELDS; i++) {
            csv_cell(&line, row == 0 ? r.fields[i].name : r.fields[i].text);
        }
        csv_end(&line);
        (void)fputs(buf_str(&line), stdout); /* main checks stdout */
        buf_clear(&line);
    }
    buf_fini(&line);
}
