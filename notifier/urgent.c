/* What may reach an office at any time: by its kind, or by how far it is behind. Pure.
 */
#include "notifier/message.h"
#include "notifier/view.h"

struct ratio
event_gap(const struct catalogue *c, const struct alert_event *e)
{
    struct ratio gap = {0, 0};
    struct view w;

    view_make(&w, c, e, NULL, false);
    if (w.target == NULL || w.form != FORM_RATIO || w.value.den == 0 ||
        w.against.den == 0 || !w.is_short) {
        return gap;
    }
    return w.lower ? ratio_sub(w.value, w.against) : ratio_sub(w.against, w.value);
}

bool
event_urgent(const struct catalogue *c, const struct alert_event *e,
             const struct leader *l)
{
    enum hear kind = hear_of(e->kind);
    struct ratio gap;

    if (kind != HEAR_COUNT && (l->urgent & (1u << kind)) != 0) {
        return true;
    }
    if (kind != HEAR_BEHIND || l->urgent_points.den == 0) {
        return false;
    }
    gap = event_gap(c, e);
    return gap.den != 0 && ratio_compare(gap, l->urgent_points) >= 0;
}
