/* Windows and units that a test names: those that a report could have. */
#include <stdio.h>
#include <string.h>

#include "cli/rule_test_private.h"

static bool
cadence_takes(const struct group *g, const struct window *w)
{
    switch (w->kind) {
    case PERIOD_CUMULATIVE:
        return g->cumulative;
    case PERIOD_MONTH:
        return g->cadence == CADENCE_MONTHLY;
    case PERIOD_QUARTER:
        return g->cadence == CADENCE_QUARTERLY;
    case PERIOD_YEAR:
        return g->cadence == CADENCE_YEARLY;
    case PERIOD_HALF:
    case PERIOD_NINE:
    case PERIOD_DAY:
        break;
    }
    return false;
}

static const char *
cadence_example(const struct group *g)
{
    switch (g->cadence) {
    case CADENCE_MONTHLY:
        return "2023-06";
    case CADENCE_QUARTERLY:
        return "2023-Q2";
    case CADENCE_YEARLY:
        return "2023";
    case CADENCE_NONE:
        break;
    }
    return "2026@2026-09-26";
}

bool
rule_window(struct rule_reader *r, const struct yaml_node *node, const char *key,
            const struct group *g, struct window *w)
{
    const char *text = rule_text(r, node, key);
    char better[PERIOD_TEXT_BYTES] = "";

    if (text == NULL) {
        return false;
    }
    if (window_parse(text, g->rule, w, better) != ST_OK) {
        rule_refuse(r, node, "\"%s\" is \"%s\", which is no period; write it as %s",
                    "\"%s\" là \"%s\", không phải mã kỳ; viết như %s", key,
                    rule_said(text).text,
                    better[0] != '\0' ? better : cadence_example(g));
        return false;
    }
    if (!cadence_takes(g, w)) {
        rule_refuse(r, node,
                    "\"%s\" is %s, but group %s is not reported so; its periods look "
                    "like %s",
                    "\"%s\" là %s, nhưng nhóm %s không báo cáo theo kỳ đó; kỳ của nhóm "
                    "có dạng %s",
                    key, w->code, g->code, cadence_example(g));
        return false;
    }
    if (w->year < r->c->history_from || w->year > r->c->years_to) {
        rule_refuse(r, node,
                    "\"%s\" is %s, outside the programme's years; name one of %d to %d",
                    "\"%s\" là %s, ngoài các năm của chương trình; ghi kỳ từ năm %d "
                    "đến %d",
                    key, w->code, r->c->history_from, r->c->years_to);
        return false;
    }
    return true;
}

int
rule_unit(struct rule_reader *r, const struct yaml_node *node, const char *key,
          const struct window *w)
{
    const char *text = rule_text(r, node, key);
    char day[DAY_TEXT_BYTES];
    int unit = NONE;
    int other = NONE;

    if (text == NULL) {
        return NONE;
    }
    day_text(w->last, day);
    switch (catalogue_unit_at(r->c, text, w, &unit, &other)) {
    case ST_OK:
        return unit;
    case ST_STALE:
        rule_refuse(r, node,
                    "code \"%s\" has two holders within %s; write the id: %s or %s",
                    "mã \"%s\" có hai đơn vị trong kỳ %s; ghi rõ: %s hoặc %s", text,
                    w->code, r->c->units[unit].id, r->c->units[other].id);
        return NONE;
    case ST_BAD:
        rule_refuse(r, node,
                    "unit \"%s\" is not valid on %s, the last day of %s; name one that "
                    "is, or another period",
                    "đơn vị \"%s\" không có hiệu lực ngày %s, ngày cuối của kỳ %s; ghi "
                    "đơn vị khác hoặc kỳ khác",
                    rule_said(text).text, day, w->code);
        return NONE;
    default:
        rule_refuse(r, node,
                    "\"%s\" names \"%s\", which is no unit of the programme; take a "
                    "code from units.csv",
                    "\"%s\" ghi \"%s\", không phải đơn vị của chương trình; lấy mã "
                    "trong units.csv",
                    key, rule_said(text).text);
        return NONE;
    }
}
