/*
 * outbox - what `dondoc push` keeps on this machine: reports that have no final receipt
 * yet, and for some days those that have, with their receipts. One file a report, named
 * by a number that grows; doc/outbox.md has the format, which clients/python shares.
 *
 *     (made) ──add──▶ DIR/N.json ──final receipt──▶ DIR/kept/N.json ──7 days──▶ (gone)
 *                                ├─ overtaken ──▶ (gone; a line in log.txt)
 *                                └─ refused after it had waited ──▶ DIR/refused/N.json
 *
 * 1. A report is sent only after its file and its name are on disk.
 * 2. A file is removed only after a final receipt, and a kept one stands before it is.
 * 3. One process at a time: DIR/lock is held while the outbox is open.
 */
#ifndef DONDOC_CLI_OUTBOX_H
#define DONDOC_CLI_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/push_plan.h"
#include "lib/status.h"
#include "lib/wire.h"

#define OUTBOX_KEPT_MS (7 * INT64_C(86400000))

struct outbox;

/*
 * outbox_open - make the folder if need be, take its lock, read what lies there.
 * province  what is sent; reports of another refuse the whole.
 * why       a full sentence for people.
 * A file that cannot be read is renamed to NAME.bad and named on stderr.
 * Errors: ST_AGAIN another run holds it; nothing was changed
 *         ST_BAD   it cannot be used
 */
MUST_USE enum status outbox_open(const char *dir, const char *province,
                                 struct outbox **out, char *why, size_t why_bytes);
void outbox_close(struct outbox **b);
const char *outbox_dir(const struct outbox *b);

/* Reports of earlier runs, in order; kept ones likewise, each with `offered`. What has
 * had its final receipt stays in the plan with number 0. Borrowed; the caller may send
 * them with push_plan_send. */
struct plan *outbox_waiting(struct outbox *b);
struct plan *outbox_kept(struct outbox *b);
/* How many reports wait, those added by this run with them. */
size_t outbox_count(const struct outbox *b);

/*
 * outbox_add - put all items of a plan into the outbox, durably; sets their number.
 * On an error none of them is there.
 */
MUST_USE enum status outbox_add(struct outbox *b, struct plan *p, const char *reason,
                                int64_t made_at_ms, const char *file, char *why,
                                size_t why_bytes);
/* Write again what waits: `replaces` is known now. */
MUST_USE enum status outbox_save(struct outbox *b, struct planned *const *items,
                                 size_t count, char *why, size_t why_bytes);
/*
 * outbox_settle - what final receipts say about items that were sent: taken ones go to
 * kept/ with their receipt, others go, with a line in log.txt. What a person has to
 * see goes to refused/ (item->aside): an offered report that is refused, since it was
 * acknowledged once; one of an earlier run that is refused, or that was never sent
 * before and finds newer figures of others.
 */
MUST_USE enum status outbox_settle(struct outbox *b, struct planned *const *items,
                                   size_t count, char *why, size_t why_bytes);

/* --- the server, as it last was --- */

struct outbox_server {
    const char *principal;        /* whose outbox it is; "" not known yet */
    const char *key;              /* fingerprint of the key that was used last */
    const char *log_id;           /* the journal that holds what is kept; "" none yet */
    bool offering;                /* a re-offer was begun and is not finished */
    struct wire_server_info info; /* only scope, groups and reports_max */
};
const struct outbox_server *outbox_server(const struct outbox *b);
/*
 * outbox_learn - remember who we are, our scope and groups (groups when there are any).
 * Errors: ST_DENIED the outbox is not empty and belongs to another principal
 *         ST_BAD    it cannot be written
 */
MUST_USE enum status outbox_learn(struct outbox *b, const struct wire_server_info *info,
                                  const char *fingerprint, char *why, size_t why_bytes);
MUST_USE enum status outbox_journal(struct outbox *b, const char *log_id, bool offering,
                                    char *why, size_t why_bytes);

/* Is the revision "2/<hash>" of this report's key one that we have a receipt of, kept
 * or of this run? */
bool outbox_ours(const struct outbox *b, const struct planned *item, const char *name);
/* The newest kept receipt, for Hello; false: none. Borrowed. */
bool outbox_last(const struct outbox *b, struct wire_held *out);
/*
 * outbox_prune - remove kept reports whose days are over. Both clocks have to say so: a
 * wrong one alone removes nothing. Failures are tried again by the next run.
 */
void outbox_prune(struct outbox *b, int64_t server_ms, int64_t here_ms);

/* DIR when none is named: DONDOC_* and --outbox are the caller's. Fresh; NULL: neither
 * XDG_STATE_HOME nor HOME says where, and we are not root. */
char *outbox_home(const char *province, const char *key_file);

#endif
