/*
 * fault - named places at which a test kills the process. A release build has nothing
 * of it; `make FAULTS=1 BUILD=build/faults` builds with it:
 *
 *   DONDOC_FAULT=ingest.sent:3       SIGKILL the third time that place is passed
 *   DONDOC_FAULT='follow.put>redis.sent:3'
 *                                    the first time the second place is passed after
 *                                    the first was passed three times
 *
 * tests/faults/points.txt lists the places; the sweep (tests/faults/README.md) passes
 * through each of them once.
 */
#ifndef DONDOC_FAULT_H
#define DONDOC_FAULT_H

#ifdef DONDOC_FAULTS
void fault_point(const char *name);
#define FAULT(name) fault_point(name)
#else
#define FAULT(name) ((void)0)
#endif

#endif
