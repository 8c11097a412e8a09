/*
 * The targets of an included programme: which ones are taken, for which years, under
 * which id, as whose promise. They are asked of the units of the programme that takes
 * them; an exemption that somebody confirmed elsewhere is not confirmed here.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_include.h"

#define ADOPTED_VI "%s, được áp dụng theo mục %s %s"
#define ADOPTED_EN "%s, adopted under section %s of the %s"
#define ID_BYTES 64

/* --- which ones --- */

static bool
has_years(const struct merge *m, const struct target *t)
{
    return target_year_first(m->from, t) <= m->l->c->years_to &&
           target_year_last(m->from, t) >= m->l->c->years_from;
}

static bool
is_named(const struct merge *m, const char *id)
{
    const struct yaml_node *list = m->in->targets;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->items[i]->type == YAML_SCALAR &&
            strcmp(list->items[i]->text, id) == 0) {
            return true;
        }
    }
    return list == NULL;
}

static void
check_named(struct merge *m)
{
    const struct yaml_node *list = m->in->targets;
    struct source *from = m->l->from;

    m->l->from = &m->l->own; /* for the place of what is said */
    m->l->at = FILE_PROGRAMME;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const char *id = read_scalar(m->l, list->items[i], "targets");

        if (id != NULL && find_name(m->from->infos, m->from->info_count,
                                    sizeof *m->from->infos, id) == NONE) {
            (void)read_reference(m->l, list->items[i], "targets", m->from->targets,
                                 m->from->target_count, sizeof *m->from->targets);
        }
    }
    m->l->from = from;
}

/* Has any version of it a year of this programme? */
static bool
any_version_fits(const struct merge *m, const char *id)
{
    for (size_t i = 0; i < m->from->target_count; i++) {
        if (strcmp(m->from->targets[i].id, id) == 0 &&
            has_years(m, &m->from->targets[i])) {
            return true;
        }
    }
    return false;
}

static void
check_programmes(struct merge *m)
{
    static const char *const CALENDARS[] = {"civil", "statutory"};
    const struct catalogue *c = m->l->c;
    const struct catalogue *from = m->from;

    if (from->rule != c->rule) {
        refuse(m->l, include_place(m, "programme"),
               "%s counts %s years and this programme %s ones; a year of one would "
               "never close in the other: include one with the same \"year\"",
               "%s tính năm theo lịch %s, chương trình này theo lịch %s nên năm không "
               "khớp; đưa vào chương trình có cùng \"year\"",
               m->in->programme, CALENDARS[from->rule], CALENDARS[c->rule]);
    }
    if (from->simulated && !c->simulated) {
        refuse(m->l, include_place(m, "programme"),
               "%s is simulated and this programme is not; include a real one, or "
               "write simulated: true",
               "%s là mô phỏng còn chương trình này thì không; đưa vào chương trình "
               "thật, hoặc ghi simulated: true",
               m->in->programme);
    }
}

void
include_choose(struct merge *m)
{
    const struct catalogue *from = m->from;

    check_programmes(m);
    check_named(m);
    for (size_t i = 0; i < from->info_count; i++) {
        m->info[i] = is_named(m, from->infos[i].id);
    }
    for (size_t i = 0; i < from->target_count; i++) {
        const struct target *t = &from->targets[i];

        m->target[i] = is_named(m, t->id) && has_years(m, t);
        if (is_named(m, t->id) && !t->later && !any_version_fits(m, t->id)) {
            refuse(m->l, include_place(m, "targets"),
                   "target %s of %s has no year from %d to %d; name the others only, "
                   "in \"targets\"",
                   "mục tiêu %s của %s không có năm nào từ %d đến %d; chỉ ghi các mục "
                   "khác trong \"targets\"",
                   t->id, m->in->programme, m->l->c->years_from, m->l->c->years_to);
        }
    }
}

/* --- taking them over --- */

static const char *
target_name(struct merge *m, const struct target *t, size_t targets, size_t infos)
{
    const struct catalogue *c = m->l->c;
    char id[ID_BYTES];

    (void)snprintf(id, sizeof id, "%s-%s", m->in->as, t->id); /* twice 24 at most */
    if (!code_fits(CODE_NAME, id)) {
        refuse(m->l, include_place(m, "as"),
               "target %s of %s would be %s here, longer than 24; write a shorter "
               "\"as\"",
               "mục tiêu %s của %s sẽ thành %s, dài hơn 24 ký tự; ghi \"as\" ngắn hơn",
               t->id, m->in->programme, id);
    }
    if (find_name(c->targets, targets, sizeof *t, id) != NONE ||
        find_name(c->infos, infos, sizeof *t, id) != NONE) {
        refuse(m->l, include_place(m, "as"),
               "target %s of %s would be %s here, and there is one of that id; write "
               "another \"as\"",
               "mục tiêu %s của %s sẽ thành %s, trùng với mã đã có; ghi \"as\" khác",
               t->id, m->in->programme, id);
    }
    return keep_text(m->l, id);
}

/* The years both programmes have; the thresholds by the year of this one. */
static void
set_years(const struct merge *m, const struct target *theirs, struct target *t)
{
    const struct catalogue *from = m->from;
    const struct catalogue *c = m->l->c;
    int first = theirs->years_from != 0 ? theirs->years_from : from->years_from;
    int last = theirs->years_to != 0 ? theirs->years_to : from->years_to;

    t->years_from = first > c->years_from ? first : c->years_from;
    t->years_to = last < c->years_to ? last : c->years_to;
    if (t->years_to < t->years_from) {
        t->years_to = t->years_from; /* only its due date lies in these years */
    }
    for (int i = 0; i < TARGET_YEARS_MAX; i++) {
        int theirs_at = c->years_from + i - from->years_from;

        t->steps[i] = theirs_at < 0 || theirs_at >= TARGET_YEARS_MAX
                          ? ratio_of(0, 0)
                          : theirs->steps[theirs_at];
    }
    if (t->kind == TARGET_STEPS) { /* of a year that may not be one of this programme */
        t->step_before = target_step_before(from, theirs, t->years_from);
    }
}

/* Versions of which the years are not taken are not there: nothing came before the one
 * that is, or comes after it. */
static void
set_versions(const struct merge *m, size_t index, struct target *t)
{
    t->versions = t->later = t->superseded = false;
    for (size_t i = 0; i < m->from->target_count; i++) {
        if (i != index && m->target[i] &&
            strcmp(m->from->targets[i].id, m->from->targets[index].id) == 0) {
            t->versions = true;
            t->later = t->later || i < index;
            t->superseded = t->superseded || i > index;
        }
    }
}

/* A base from reports needs reports: those of this programme's history. */
static void
check_base(struct merge *m, const struct target *t)
{
    const struct catalogue *c = m->l->c;

    if (t->kind == TARGET_REDUCE_BY && t->baseline.den == 0 &&
        t->baseline_year < c->history_from) {
        refuse(m->l, include_place(m, "programme"),
               "target %s compares with %d, and reports are taken from %d on; write "
               "history_from: %d under years, or leave the target out of \"targets\"",
               "mục tiêu %s so với năm %d nhưng chỉ nhận báo cáo từ năm %d; ghi "
               "history_from: %d trong years, hoặc bỏ mục tiêu này khỏi \"targets\"",
               t->id, t->baseline_year, c->history_from, t->baseline_year);
    }
}

static const char *
adopted_text(struct merge *m, bool english, const char *title, const char *by)
{
    size_t bytes = sizeof ADOPTED_VI + sizeof ADOPTED_EN + strlen(title) +
                   strlen(m->in->section) + strlen(by);
    char *text = mem_alloc(bytes);
    const char *kept;

    if (english) {
        (void)snprintf(text, bytes, ADOPTED_EN, title, m->in->section, by);
    } else {
        (void)snprintf(text, bytes, ADOPTED_VI, title, m->in->section, by);
    }
    kept = keep_text(m->l, text);
    mem_free(&text);
    return kept;
}

/* Whose promise is it? A line for scoring stays one, a sample stays a sample, unless
 * the province made it its own; then the text names its decision too. */
static void
set_promise(struct merge *m, struct target *t)
{
    const struct document *by;

    t->programme = m->in->programme;
    t->illustrative = m->from->illustrative && !m->in->adopted;
    t->exempt_confirmed = false;
    if (!m->in->adopted || m->in->document == NONE) {
        return;
    }
    by = &m->l->own.documents[m->in->document];
    t->full_marks = false;
    t->document_vi = adopted_text(m, false, t->document_vi, by->title_vi);
    t->document_en = adopted_text(m, true, t->document_en, by->title_en);
}

void
include_targets(struct merge *m)
{
    struct catalogue *c = m->l->c;
    size_t targets = c->target_count;
    size_t infos = c->info_count;

    for (size_t i = 0; i < m->from->target_count; i++) {
        struct target *t = &c->targets[c->target_count];

        if (!m->target[i]) {
            continue;
        }
        *t = m->from->targets[i];
        t->id = target_name(m, t, targets, infos);
        t->indicator = t->indicator == NONE ? NONE : m->indicator[t->indicator];
        set_years(m, &m->from->targets[i], t);
        set_versions(m, i, t);
        set_promise(m, t);
        check_base(m, t);
        m->l->targets[c->target_count++] = m->targets[i];
    }
    for (size_t i = 0; i < m->from->info_count; i++) {
        struct target *t = &c->infos[c->info_count];

        if (!m->info[i]) {
            continue;
        }
        *t = m->from->infos[i];
        t->id = target_name(m, t, targets, infos);
        set_promise(m, t);
        c->info_count++;
    }
}
