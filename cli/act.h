/* act - what a person decides, sent to ingest: shared by the commands that do so. */
#ifndef DONDOC_CLI_ACT_H
#define DONDOC_CLI_ACT_H

#include <stdint.h>

#include "cli/options.h"
#include "lib/calendar.h"
#include "lib/wire.h"

/*
 * act_send - one act, under an id of its own, until it is answered.
 * province  NULL: that of the settings.
 * act       borrowed; texts that are NULL are empty; id and by are filled in.
 * entry     out; its place in the journal, 0: it stood before.
 * Returns 0, or the exit status after saying what is wrong.
 */
int act_send(const struct options *o, const char *province, struct wire_act *act,
             uint64_t *entry);

/* --until of `command`, as ISO day; 0, or EXIT_USAGE after saying how it is written. */
int act_until(const char *command, const struct options *o, char out[DAY_TEXT_BYTES]);
/* --reason, which must say something. */
int act_reason(const char *command, const struct options *o, const char **out);

/* {"act":"hold","province":…,"entry":57} and a line feed. */
void act_json(const char *province, const struct wire_act *act, uint64_t entry);

#endif
