/* What replay_scratch.c and replay_child.c share: directory and processes. */
#ifndef DONDOC_CLI_REPLAY_PRIVATE_H
#define DONDOC_CLI_REPLAY_PRIVATE_H

#include "cli/replay.h"

#define SCRATCH_NAME_BYTES (SCRATCH_PATH_BYTES + 24)

/* All in replay_child.c; exit statuses are said. */

void replay_pause_ms(long ms);
int replay_failed(const char *what); /* with errno */
/* The directory, and who removes it. */
int scratch_dir(struct scratch *s);
void scratch_path(const struct scratch *s, const char *name,
                  char out[SCRATCH_NAME_BYTES]);
/* Its output goes into the file `name` of the directory. */
int scratch_start(const struct scratch *s, const char *name, const char *program,
                  const char *const *argv, pid_t *out);
bool scratch_ended(pid_t *pid);
int scratch_lost(const struct scratch *s, const char *name, const char *program);
void scratch_tail(const struct scratch *s, const char *name);
void scratch_end(pid_t *pid, int sig);

#endif
