/* Offering again: the server says that it does not hold what it once acknowledged. */
#include "cli/push.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"

#define WHY_BYTES 512

static int
journal_set(struct push *p, const char *log_id, bool offering)
{
    char why[WHY_BYTES];

    if (outbox_journal(p->box, log_id, offering, why, sizeof why) == ST_OK) {
        return EXIT_DONE;
    }
    (void)fprintf(
        stderr,
        words("Không ghi được hộp thư đi: %s\n", "The outbox cannot be written: %s\n"),
        why);
    return EXIT_CONFIG;
}

static void
count_all(struct push *p, const struct plan *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        switch (kept->items[i].outcome) {
        case OUTCOME_ACCEPTED:
        case OUTCOME_REPLACED:
        case OUTCOME_DUPLICATE:
            p->offered.stand++;
            break;
        case OUTCOME_SUPERSEDED:
            p->offered.overtaken++;
            break;
        case OUTCOME_REJECTED:
            p->offered.refused++;
            break;
        default:
            p->offered.left++;
            break;
        }
    }
    p->offered.count = kept->count;
}

/*
 * The journal's new name is stored only when all have their answer: whatever ends the
 * run before, the next one offers everything again, and what stands already comes back
 * as a duplicate.
 */
int
push_offer(struct push *p)
{
    const struct outbox_server *server = outbox_server(p->box);
    struct plan *kept = outbox_kept(p->box);
    int code;

    if (kept->count == 0 || (!p->info.re_offer && !server->offering)) {
        return journal_set(p, p->info.log_id, false);
    }
    code = journal_set(p, server->log_id, true);
    if (code == EXIT_DONE && p->info.group_count > 0) { /* else it has no programme */
        code = push_plan_send(p, kept);
    }
    count_all(p, kept);
    if (code == EXIT_DONE && p->offered.left > 0) {
        code = EXIT_AGAIN;
    }
    return code == EXIT_DONE ? journal_set(p, p->info.log_id, false) : code;
}
