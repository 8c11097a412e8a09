/* keypair - making the key pair of a person or a unit, for `keys new` and `join`. */
#ifndef DONDOC_CLI_KEYPAIR_H
#define DONDOC_CLI_KEYPAIR_H

#include "lib/bus.h"

/*
 * keypair_make - a fresh pair whose public key begins with a letter or a digit: in a
 * keyring a # would begin a comment, on a command line a - a flag. Returns 0 or the
 * exit status after saying what is wrong.
 */
int keypair_make(struct bus_keys *keys);
/* Makes one and writes it to a file that is not there yet; likewise. */
int keypair_write(const char *path, const char *about, struct bus_keys *keys);

#endif
