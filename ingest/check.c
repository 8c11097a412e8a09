/*
 * Nothing is acknowledged on top of a journal that is not whole: what a damaged disk, a
 * restored copy or a hand has changed is found when Redis is another one than before
 * (run_id), and at our own start.
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"

#define ENTRIES_A_STEP 16u /* at most 4 MiB of reports; more while they are small */
#define ENTRIES_A_STEP_MAX 1024u
#define STEP_QUICK_US 2000
#define TURN_US 10000 /* other provinces wait for so long */
#define SAY_AGAIN_US 2000000

static enum status
check_begin(struct province *p)
{
    char run_id[REDIS_RUN_ID_BYTES];
    enum status st = redis_run_id(p->redis, run_id);

    if (st != ST_OK) {
        return st;
    }
    if (p->checked && run_id[0] != '\0' && strcmp(run_id, p->run_id) == 0) {
        p->trusted = true;
        return ST_OK;
    }
    (void)snprintf(p->run_id, sizeof p->run_id, "%s", run_id);
    p->checked = false;
    p->check_entries = ENTRIES_A_STEP;
    p->check_began = mono_now();
    p->check_said = mono_now();
    st = journal_check_begin(&p->check, p->redis, p->slug);
    if (st == ST_OK && p->check.missing > 0) {
        diag_warn("entries_missing",
                  "province=%s entries=%" PRIu64 " before=%" PRIu64
                  " why=\"they were removed by hand, not by dondoc archive\" "
                  "remedy=\"dondoc verify\"",
                  p->slug, p->check.missing, p->check.at);
    }
    return st;
}

static enum status
check_go_on(struct province *p)
{
    struct mono turn = mono_now();
    struct mono step;
    enum status st = ST_OK;

    while (st == ST_OK && !journal_check_done(&p->check)) {
        if (mono_since_us(turn) >= TURN_US) {
            if (mono_since_us(p->check_said) >= SAY_AGAIN_US) {
                p->check_said = mono_now();
                diag_info("checking_journal",
                          "province=%s entry=%" PRIu64 " of=%" PRIu64, p->slug,
                          p->check.at, p->check.to);
            }
            (void)snprintf(p->why, sizeof p->why,
                           "reading the journal: entry %" PRIu64 " of %" PRIu64,
                           p->check.at, p->check.to);
            return ST_LIMIT;
        }
        step = mono_now();
        st = journal_check_step(&p->check, p->redis, p->check_entries);
        if (mono_since_us(step) < STEP_QUICK_US &&
            p->check_entries < ENTRIES_A_STEP_MAX) {
            p->check_entries *= 2;
        }
    }
    if (st == ST_OK) {
        p->trusted = true;
        p->checked = true;
        diag_info("journal_checked", "province=%s entry=%" PRIu64 " us=%" PRId64,
                  p->slug, p->check.at, mono_since_us(p->check_began));
    }
    return st;
}

enum status
province_check(struct province *p)
{
    enum status st = ST_OK;

    if (p->trusted) {
        return ST_OK;
    }
    if (p->state != PROVINCE_CHECKING) {
        st = check_begin(p);
    }
    if (st == ST_OK && !p->trusted) {
        st = check_go_on(p);
    }
    if (st != ST_OK && st != ST_LIMIT) {
        p->checked = false;
    }
    return st;
}
