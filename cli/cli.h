/*
 * cli - the program `dondoc`: one function a command, called with argv[0] the name of
 * the command. main.c holds the table. Results go to stdout, complaints to stderr; each
 * command answers with one of the exit statuses below (sysexits; lib/service.h has the
 * ones that services share).
 */
#ifndef DONDOC_CLI_H
#define DONDOC_CLI_H

#include "lib/service.h"

enum {
    EXIT_DATA = 65,  /* something in a file or a report was refused */
    EXIT_AGAIN = 75, /* not done now: the same command again is safe */
};

int cli_push(int argc, char **argv);
int cli_watch(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_test(int argc, char **argv);
int cli_programme(int argc, char **argv);
int cli_keys(int argc, char **argv);
int cli_join(int argc, char **argv);
int cli_hold(int argc, char **argv);
int cli_release(int argc, char **argv);
int cli_pause(int argc, char **argv);
int cli_digest(int argc, char **argv);
int cli_tick(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_undelivered(int argc, char **argv);
int cli_alerts(int argc, char **argv);
int cli_history(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_journal(int argc, char **argv);
int cli_parked(int argc, char **argv);
int cli_play(int argc, char **argv);
int cli_table(int argc, char **argv);
int cli_league(int argc, char **argv);
int cli_progress(int argc, char **argv);
int cli_archive(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_replay(int argc, char **argv);
int cli_verify(int argc, char **argv);

#endif
