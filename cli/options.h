/*
 * options - flags, environment, settings file and defaults of one command, and its
 * --help. Every command that talks to a server shares the settings of a link (server,
 * server-key, key, province, timeout), so that one file serves them all.
 */
#ifndef DONDOC_CLI_OPTIONS_H
#define DONDOC_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"

struct option_row {
    const char *name;
    enum conf_type type;
    const char *fallback;
    long min; /* CONF_INT */
    long max;
    const char *vi; /* one line of help */
    const char *en;
};

struct option_spec {
    const char *command;  /* "push" */
    const char *synopsis; /* "FILE [--dry-run] …"; lines of their own after \n */
    const char *vi;       /* what it does: some lines, each ends in \n */
    const char *en;
    const struct option_row *rows; /* its own settings */
    size_t count;
    bool link; /* takes the settings of a link too */
};

struct options {
    struct conf *conf;
    struct conf_setting *settings;
    char **operands; /* argv's texts */
    int operand_count;
    char *file; /* the settings file that was read; "" none */
};

/*
 * options_take - read everything; --help prints and ends.
 * argv  argv[0] is the command; borrowed until options_fini.
 * False: *exit_code says how to end (0 after --help, 64, 78), all is said and freed.
 */
bool options_take(struct options *o, const struct option_spec *spec, int argc,
                  char **argv, int *exit_code);
void options_fini(struct options *o);

/* "dondoc push: …" on stderr and where to read on; returns EXIT_USAGE. */
int options_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Where settings are kept: DIR/NAME with DIR = ~/.config/dondoc; fresh, mem_free it. */
char *options_home(const char *name);

/* The whole of a file (at most max bytes, zero-terminated, mem_free it), "-" is stdin;
 * NULL with the cause in why. */
char *options_file_read(const char *path, size_t max, size_t *bytes, char *why,
                        size_t why_bytes);

/* Of options_take only: the file of --config, which must be there, or the one at home,
 * which may be. False: what is wrong with it was said. */
bool options_file_take(struct options *o, size_t setting_count);

#endif
