/*
 * All offices of leaders.yaml together: does every unit that can have an alert have an
 * office that hears of it at once, and does what climbs find each rung filled? An alert
 * that climbs past a rung without an office would be silent for as long as that rung
 * lasts, and nobody would notice.
 */
#include "lib/catalogue_private.h"

#include "lib/missing.h"

#define WATCHED                                                                        \
    (1u << HEAR_MISSED | 1u << HEAR_OVERDUE | 1u << HEAR_BEHIND | 1u << HEAR_FALLING)

static const char *const LEVELS_VI[] = {"tỉnh", "huyện", "xã"};

/* What the offices of one scope hear of, as bits 1u << enum level. */
struct heard {
    unsigned own;   /* at once, of the unit itself */
    unsigned below; /* at once, of it and what lies under it */
    unsigned rungs[RUNG_LAST + 1];
};

struct chain {
    struct loader *l;
    struct heard *heard; /* by unit, of the offices with that scope */
    unsigned hears;      /* kinds that any office wants */
    int32_t first;       /* days of the programme's years */
    int32_t last;
};

static void
note_leader(struct chain *ch, const struct leader *leader)
{
    struct heard *h = &ch->heard[leader->scope];

    ch->hears |= leader->kinds;
    if ((leader->kinds & WATCHED) == 0) {
        return;
    }
    if (leader->own) {
        h->own |= leader->levels;
    } else {
        h->below |= leader->levels;
    }
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        h->rungs[leader->rungs[level]] |= 1u << level; /* [0] is read by nobody */
    }
}

/* What is heard of a unit, by the offices over it too. */
static struct heard
heard_of(const struct chain *ch, int unit)
{
    struct heard all = ch->heard[unit];

    all.below |= all.own;
    for (int at = ch->l->c->units[unit].parent; at != NONE;
         at = ch->l->c->units[at].parent) {
        all.below |= ch->heard[at].below;
        for (int rung = RUNG_FIRST; rung <= RUNG_LAST; rung++) {
            all.rungs[rung] |= ch->heard[at].rungs[rung];
        }
    }
    return all;
}

static bool
target_alerts(const struct catalogue *c, const struct target *t)
{
    return t->kind != TARGET_INFO && !t->full_marks && !target_illustrative(c, t);
}

/* Can there be an alert about the unit itself? */
static bool
unit_alerts(const struct chain *ch, const struct unit *u)
{
    const struct catalogue *c = ch->l->c;

    if (u->from > ch->last || u->to < ch->first) {
        return false;
    }
    for (size_t i = 0; i < c->group_count; i++) {
        if (c->groups[i].demanded_section[0] != '\0' &&
            (c->groups[i].reported_by & 1u << u->kind) != 0) {
            return true;
        }
    }
    for (size_t i = 0; i < c->target_count; i++) {
        if (target_alerts(c, &c->targets[i]) && target_concerns(c, &c->targets[i], u)) {
            return true;
        }
    }
    return false;
}

/* A whole is about the province's unit and climbs as what is about that. */
static bool
unit_climbs(const struct chain *ch, size_t unit)
{
    const struct catalogue *c = ch->l->c;

    for (size_t i = 0; (int)unit == c->province_unit && i < c->target_count; i++) {
        if (c->targets[i].subject != SUBJECT_EACH && target_alerts(c, &c->targets[i])) {
            return true;
        }
    }
    return unit_alerts(ch, &c->units[unit]);
}

/* The entry whose office is on the third rung over the unit. */
static struct place
last_rung_place(const struct chain *ch, int unit, enum level level)
{
    const struct catalogue *c = ch->l->c;

    for (size_t i = 0; i < c->leader_count; i++) {
        if (c->leaders[i].rungs[level] == RUNG_LAST &&
            unit_under(c, unit, c->leaders[i].scope)) {
            return node_place(ch->l, yaml_get(ch->l->leaders[i], "rungs"));
        }
    }
    return file_place(ch->l, FILE_LEADERS);
}

static void
say_gap(struct chain *ch, enum level level, int unit, size_t more)
{
    refuse(
        ch->l, last_rung_place(ch, unit, level),
        "a ladder with a gap: of the level %s%.0s, unit %s (%zu more like it) has an "
        "office on rung 3 and none on rung 2; give the office above it rungs: {%s: "
        "2}, or make this rung 2",
        "thang báo cáo cấp trên bị hụt: ở cấp %.0s%s, đơn vị %s (và %zu đơn vị tương "
        "tự) có chức danh ở nấc 3 mà không có ở nấc 2; ghi rungs: {%s: 2} cho chức "
        "danh cấp trên của đơn vị, hoặc đổi nấc này thành 2",
        level_name(level), LEVELS_VI[level], ch->l->c->units[unit].id, more,
        level_name(level));
}

static void
say_unheard(struct chain *ch, enum level level, int unit, size_t more)
{
    finding_add(
        ch->l->found, FINDING_WARNING, file_place(ch->l, FILE_LEADERS),
        "level %s%.0s: unit %s (%zu more like it) can have alerts, and no office hears "
        "of them at once; add an office whose scope it is, with levels: [%s]",
        "cấp %.0s%s: đơn vị %s (và %zu đơn vị tương tự) có thể có cảnh báo mà không "
        "chức danh nào nhận ngay; thêm chức danh có scope là đơn vị, với levels: [%s]",
        level_name(level), LEVELS_VI[level], ch->l->c->units[unit].id, more,
        level_name(level));
}

/* Each unit of a level: one finding of each sort, with the first unit of its sort. */
static void
check_level(struct chain *ch, enum level level)
{
    const struct catalogue *c = ch->l->c;
    unsigned bit = 1u << level;
    int gap = NONE;
    int unheard = NONE;
    size_t gaps = 0;
    size_t unheards = 0;

    for (size_t i = 0; i < c->unit_count; i++) {
        struct heard all;

        if (c->units[i].level != level || !unit_climbs(ch, i)) {
            continue;
        }
        all = heard_of(ch, (int)i);
        if ((all.rungs[RUNG_LAST] & ~all.rungs[RUNG_FIRST] & bit) != 0) {
            gap = gaps++ == 0 ? (int)i : gap;
        }
        if ((all.below & bit) == 0 && unit_alerts(ch, &c->units[i])) {
            unheard = unheards++ == 0 ? (int)i : unheard;
        }
    }
    if (gaps > 0) {
        say_gap(ch, level, gap, gaps - 1);
    }
    if (unheards > 0) {
        say_unheard(ch, level, unheard, unheards - 1);
    }
}

/* A level or the province as a whole is about the province's own unit. */
static void
check_wholes(struct chain *ch)
{
    const struct catalogue *c = ch->l->c;
    struct heard all = heard_of(ch, c->province_unit);

    for (size_t i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];
        bool heard =
            t->level == LEVEL_ALL ? all.below != 0 : (all.below & 1u << t->level) != 0;

        if (t->subject == SUBJECT_EACH || heard || !target_alerts(c, t)) {
            continue;
        }
        finding_add(ch->l->found, FINDING_WARNING, file_place(ch->l, FILE_LEADERS),
                    "target %s is about a whole, and no office whose scope is the "
                    "province hears of it at once; add levels: [%s] to the office that "
                    "answers for it",
                    "mục tiêu %s đánh giá chung, mà không chức danh nào có scope là "
                    "tỉnh nhận ngay; thêm levels: [%s] cho chức danh phụ trách",
                    t->id,
                    level_name(t->level == LEVEL_ALL ? LEVEL_PROVINCE : t->level));
        return; /* one is enough to show the office that is missing */
    }
}

static size_t
reporters_on(const struct catalogue *c, const struct group *g, enum level level,
             int32_t day)
{
    size_t units = 0;

    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        units += u->level == level && unit_valid_on(u, day) &&
                 (g->reported_by & 1u << u->kind) != 0;
    }
    return units;
}

/* May a level as a whole be silent: do enough units have to report one group? */
static bool
level_may_be_silent(const struct chain *ch, enum level level)
{
    const struct catalogue *c = ch->l->c;

    for (size_t g = 0; g < c->group_count; g++) {
        const struct group *group = &c->groups[g];

        for (int year = c->years_from;
             group->demanded_section[0] != '\0' && year <= c->years_to; year++) {
            if (reporters_on(c, group, level, day_from_civil(year, 12, 31)) >=
                SILENT_UNITS) {
                return true;
            }
        }
    }
    return false;
}

/* Told in the place of all its units, as a matter of the province. */
static bool
silence_is_heard(const struct catalogue *c, enum level level)
{
    for (size_t i = 0; i < c->leader_count; i++) {
        const struct leader *leader = &c->leaders[i];

        if (leader->scope == c->province_unit &&
            (leader->kinds & 1u << HEAR_OVERDUE) != 0 &&
            ((leader->levels & 1u << level) != 0 ||
             leader->rungs[LEVEL_PROVINCE] >= RUNG_FIRST)) {
            return true;
        }
    }
    return false;
}

static void
check_silence(struct chain *ch)
{
    for (int level = 0; level < LEVEL_COUNT; level++) {
        if (!level_may_be_silent(ch, (enum level)level) ||
            silence_is_heard(ch->l->c, (enum level)level)) {
            continue;
        }
        finding_add(ch->l->found, FINDING_WARNING, file_place(ch->l, FILE_LEADERS),
                    "level %s%.0s: when no unit of it reports, that is one alert about "
                    "the whole level, and no office whose scope is the province hears "
                    "of it; add levels: [%s], with the kind overdue",
                    "cấp %.0s%s: khi không đơn vị nào gửi báo cáo thì chỉ có một cảnh "
                    "báo chung cho cả cấp, mà không chức danh nào có scope là tỉnh "
                    "nhận được; thêm levels: [%s], với loại overdue",
                    level_name((enum level)level), LEVELS_VI[level],
                    level_name((enum level)level));
    }
}

static void
check_kinds(struct chain *ch)
{
    struct place at = file_place(ch->l, FILE_LEADERS);
    bool progress = (ch->hears & 1u << HEAR_PROGRESS) != 0;

    if ((ch->hears & 1u << HEAR_HOLD) == 0) {
        finding_add(ch->l->found, FINDING_WARNING, at,
                    "no office has the kind hold, so nobody would learn that messages "
                    "are held; add it to the kinds of the province's office",
                    "không chức danh nào nhận loại hold nên sẽ không ai biết khi thông "
                    "báo bị tạm giữ; thêm vào kinds của văn phòng tỉnh");
    }
    if (progress != (ch->l->c->progress_days > 0)) {
        finding_add(
            ch->l->found, FINDING_WARNING, at, "%s%.0s", "%.0s%s",
            progress ? "an office has the kind progress, which is never sent: "
                       "programme.yaml does not say progress: {working_days: …}"
                     : "no office has the kind progress, so the report that "
                       "programme.yaml asks for reaches nobody; add the kind or "
                       "take progress out",
            progress ? "có chức danh nhận loại progress nhưng không bao giờ được "
                       "gửi: programme.yaml chưa ghi progress: {working_days: …}"
                     : "không chức danh nào nhận loại progress nên báo cáo tiến "
                       "độ trong programme.yaml không đến ai; thêm loại này, "
                       "hoặc bỏ progress");
    }
}

void
check_chain(struct loader *l)
{
    struct catalogue *c = l->c;
    struct chain ch = {.l = l};

    if (c->illustrative) {
        return; /* opens nothing, so nobody has to hear */
    }
    l->at = FILE_LEADERS;
    ch.first = year_first_day(c);
    ch.last = year_last_day(c);
    ch.heard = mem_alloc(c->unit_count * sizeof *ch.heard);
    for (size_t i = 0; i < c->leader_count; i++) {
        note_leader(&ch, &c->leaders[i]);
    }
    for (int level = 0; level < LEVEL_COUNT; level++) {
        check_level(&ch, (enum level)level);
    }
    check_wholes(&ch);
    check_silence(&ch);
    check_kinds(&ch);
    mem_free(&ch.heard);
}
