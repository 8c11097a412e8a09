/*
 * child - processes of a test: forked, dead when the test is, waited for with a
 * deadline.
 */
#ifndef DONDOC_TESTS_CHILD_H
#define DONDOC_TESTS_CHILD_H

#include <sys/types.h>

/* fork; 0 in the child, which ends with _exit and uses nothing of cmocka. */
pid_t child_begin(void);
/* Its exit status, -1 if it was killed. Fails the cmocka test when it does not end. */
int child_end(pid_t pid);
void child_pause_us(long us);

#endif
