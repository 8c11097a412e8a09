/*
 * programme_preview - what putting a programme in force would change, said before it is
 * put: read from Redis, compared by programme_change, printed by programme_print.
 */
#ifndef DONDOC_CLI_PROGRAMME_PREVIEW_H
#define DONDOC_CLI_PROGRAMME_PREVIEW_H

#include "cli/bundle.h"
#include "cli/options.h"
#include "cli/programme_change.h"

/*
 * programme_preview - for people; where Redis cannot be read it says so in one line,
 * and what is in the programme alone is still shown. Nothing here stops a put. info the
 * server's: its clock, its programme, whether time is a player's.
 */
void programme_preview(const struct options *o, const struct wire_server_info *info,
                       const struct bundle *b);

/* programme_print.c */
void change_print(const struct change_input *in, const struct change *c);
void unarmed_print(const struct catalogue *c, const struct change_unarmed_list *l);

#endif
