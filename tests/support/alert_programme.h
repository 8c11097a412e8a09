/*
 * A small programme as files in memory, for tests of who hears what in which words:
 * one province, two districts, three communes, the ladder of 7c and the ranks of 1b,
 * 1d.
 */
#ifndef DONDOC_TESTS_ALERT_PROGRAMME_H
#define DONDOC_TESTS_ALERT_PROGRAMME_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/catalogue.h"

/*
 * Units     51 (province), D51-SNV (department), 530, 531 (districts), 21040 "Xã B" and
 *           21043 in 530, 21046 in 531
 * Leaders   chair-province (51, all levels, only its own), head-<unit> for each
 *           department, district (levels district and commune) and commune
 * Targets   7c each commune, steps; 9c communes as a whole, 10c the province, both at
 *           least, due 2025-12-31; 1b rank gain, 1d rank at most 30
 */
struct catalogue *alert_programme_load(void);
/* With more offices: entries of leaders.yaml. */
struct catalogue *alert_programme_load_with(const char *offices);

/* The packed bundle, appended; digest 65 bytes. */
void alert_programme_pack(struct buf *out, char *digest);
/* offices: more entries of leaders.yaml, or ""; urgent: target 9c is. */
void alert_programme_pack_with(const char *offices, bool urgent, struct buf *out,
                               char *digest);

#endif
