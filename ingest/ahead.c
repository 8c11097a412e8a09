/*
 * Entries read ahead: a correction is answered with the figures that stood, and those
 * lie in older entries. What the reports in front of the queue need comes in one round
 * trip, and stays for the next ones: an entry never changes.
 */
#include "ingest/ingest.h"

#include "lib/keys.h"

static const struct journal_entry *
ahead_get(const struct province *p, uint64_t seq)
{
    size_t i;

    for (i = 0; i < p->ahead_count; i++) {
        if (p->ahead_seqs[i] == seq && p->ahead[i].count == 1) {
            return &p->ahead[i].entries[0];
        }
    }
    return NULL;
}

static bool
ahead_has(const uint64_t *seqs, size_t count, uint64_t seq)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (seqs[i] == seq) {
            return true;
        }
    }
    return false;
}

/* Does the answer to this one show what stood? */
static bool
ahead_wanted(const struct pending *pend, const struct receipt *known)
{
    struct refused why;
    enum outcome outcome;
    uint32_t revision;

    if (known == NULL || known->entry == 0) {
        return false;
    }
    outcome = report_decide(&pend->checked, known, &revision, &why);
    return outcome == OUTCOME_REPLACED || outcome == OUTCOME_SUPERSEDED;
}

static enum status
ahead_fetch(struct province *p, const struct pending *pend, uint64_t first)
{
    size_t seen = 0;

    p->ahead_count = 0;
    p->ahead_seqs[p->ahead_count++] = first;
    for (; pend != NULL && seen < JOURNAL_RECORDS_MAX && p->ahead_count < AHEAD_ENTRIES;
         pend = pend->next) {
        const struct receipt *known = present_get(p->presents, pend->checked.key);

        seen++;
        if (ahead_wanted(pend, known) &&
            !ahead_has(p->ahead_seqs, p->ahead_count, known->entry)) {
            p->ahead_seqs[p->ahead_count++] = known->entry;
        }
    }
    return journal_read_each(p->redis, p->slug, KEY_REPORTS, p->ahead_seqs,
                             p->ahead_count, p->ahead);
}

enum status
ahead_entry(struct province *p, const struct pending *pend, uint64_t seq,
            const struct journal_entry **out)
{
    enum status st = ST_OK;

    *out = seq == 0 ? NULL : ahead_get(p, seq);
    if (*out == NULL && seq != 0) {
        st = ahead_fetch(p, pend, seq);
        *out = st == ST_OK ? ahead_get(p, seq) : NULL;
    }
    return st;
}

void
ahead_clear(struct province *p)
{
    p->ahead_count = 0;
}

void
ahead_fini(struct province *p)
{
    size_t i;

    for (i = 0; i < AHEAD_ENTRIES; i++) {
        journal_read_fini(&p->ahead[i]);
    }
}
