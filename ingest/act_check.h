/*
 * act_check - is an act of a person one that can be carried out? What the journal holds
 * is not asked here (ingest/act.c does). Pure.
 */
#ifndef DONDOC_INGEST_ACT_CHECK_H
#define DONDOC_INGEST_ACT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/validate.h"
#include "lib/wire.h"

#define HOLD_DAYS_MAX 60
#define PAUSE_DAYS_MAX 180

/* Every act of role ops; an office only what concerns its province's messages. */
bool act_allowed(const char *kind, enum role role);

/* Id, kind, lengths and characters, as far as they do not depend on the day: what an
 * act that stands already was checked for. False: why says what is wrong. */
bool act_form_check(const struct wire_act *act, struct refused *why);
/* What the kind of an act in good form demands besides, on the day `today`. */
bool act_kind_check(const struct wire_act *act, int32_t today, struct refused *why);

#endif
