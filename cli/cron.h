/*
 * cron - the line that would send the outbox from now on, and whether this machine has
 * such a line already. Nothing is ever written to anybody's crontab.
 */
#ifndef DONDOC_CLI_CRON_H
#define DONDOC_CLI_CRON_H

#include <stdbool.h>

#include "cli/options.h"

/* For `crontab -e`, with the very settings in use (flags and environment written out,
 * paths absolute; no secret: keys are named by their file). Fresh. */
char *cron_line(const struct options *o, const char *outbox);

/*
 * cron_sends - does this line of a crontab run `dondoc push` for that outbox? Pure.
 * user    of a line of /etc/cron.d, which names one; NULL: of crontab -l.
 * outbox  a line that names another folder with --outbox is none of ours;
 * config  likewise a line with --config and another file; "" any.
 */
bool cron_sends(const char *line, const char *user, const char *outbox,
                const char *config);

/* Does the line name this very folder? */
bool cron_names(const char *line, const char *outbox);

/* The first such line of `crontab -l`, then of /etc/cron.d; fresh; NULL: none. */
char *cron_find(const char *outbox, const char *config);

#endif
