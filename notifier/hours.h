/*
 * hours - when a device may reach an office. Pure: the time is given.
 */
#ifndef DONDOC_NOTIFIER_HOURS_H
#define DONDOC_NOTIFIER_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/catalogue.h"
#include "lib/instant.h"

/*
 * hours_wait_until - how long a device has to wait with a message for an office.
 *
 * l       borrowed; its hours_from and hours_to are civil hours (UTC+7) of working
 *         days, the first one included, the last one not; equal: at any time.
 * urgent  the message may reach the office at any time.
 *
 * Returns 0: at once; else the instant, ms, at which the office's next working hour
 * begins. With hours 7 to 17, Friday 17:00 waits until Monday 07:00.
 */
int64_t hours_wait_until(const struct catalogue *c, const struct leader *l, bool urgent,
                         struct instant now);

#endif
