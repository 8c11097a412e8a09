/*
 * Hello: who the key is, what is in force, and whether what the client holds is here.
 *
 * A client shows the newest receipt that it keeps. If that is ours by its seal and
 * Redis does not hold it, Redis has lost what was acknowledged (its disk, a bad
 * failover, an older backup), and the client is asked to offer its kept days again. So
 * it is when the journal is another than the client's last one: whoever restored it
 * knows why.
 */
#include "ingest/ingest.h"

#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/version.h"

static const struct wire_group_info *
group_infos(const struct catalogue *c, struct arena *a, size_t *count)
{
    struct wire_group_info *infos;
    size_t i;
    size_t k;

    *count = c == NULL ? 0 : c->group_count;
    infos = arena_take(a, (*count + 1) * sizeof *infos);
    MUST(infos != NULL);
    for (i = 0; i < *count; i++) {
        const struct group *g = &c->groups[i];
        const char **names = arena_take(a, (g->measure_count + 1) * sizeof *names);

        MUST(names != NULL);
        for (k = 0; k < g->measure_count; k++) {
            names[k] = c->measures[g->measures[k]].code;
        }
        infos[i] = (struct wire_group_info){g->code, names, g->measure_count};
    }
    return infos;
}

bool
hello_needs_look(const struct unit_request *request)
{
    return request->hello.last != NULL || request->hello.log_id[0] != '\0';
}

void
hello_answer(struct province *p, struct bus_socket *socket, const struct bus_peer *peer,
             const struct principal *who, uint64_t request_id, struct arena *a,
             bool re_offer)
{
    static const char *const everything[] = {"*"};
    struct unit_reply reply = {.version = WIRE_VERSION,
                               .request_id = request_id,
                               .kind = UNIT_REPLY_SERVER_INFO};

    reply.info = (struct wire_server_info){
        .server_version = DONDOC_VERSION,
        .log_id = p->head.log_id,
        .now_ms = province_now(p).ms,
        .programme_digest = p->head.programme,
        .message_bytes_max = BUS_MESSAGE_MAX,
        .reports_max = WIRE_REPORTS_MAX,
        .principal = who->name,
        .scope = who->scope_all ? everything : who->scope,
        .scope_count = who->scope_all ? 1 : who->scope_count,
        .simulated = p->ingest->simulated,
        .state = p->state == PROVINCE_READY ? "ready" : p->why,
        .re_offer = re_offer,
    };
    reply.info.groups = group_infos(p->catalogue, a, &reply.info.group_count);
    answer_send(p->ingest, socket, peer, &reply);
    p->ingest->counters.re_offer_asked += re_offer;
}

/* Is the journal another than the one the client last talked to? Read, not remembered:
 * Redis may have been emptied under an open connection. */
static enum status
journal_is_other(struct province *p, const char *log_id, bool *other)
{
    struct journal_head head;
    enum status st = journal_head_read(p->redis, p->slug, &head);

    if (st == ST_OK && strcmp(head.log_id, p->head.log_id) != 0) {
        st = province_head_read(p);
    }
    *other = log_id[0] != '\0' && strcmp(log_id, p->head.log_id) != 0;
    return st;
}

/* Does Redis hold neither this revision with this content nor a later one? */
static enum status
receipt_is_gone(struct province *p, const struct wire_held *held,
                const struct receipt *promised, bool *gone)
{
    char key[REPORT_KEY_BYTES];
    struct receipt stands;
    enum status st;

    (void)snprintf(key, sizeof key, "%s/%s/%s", held->unit, held->group, held->period);
    st = present_read(p->redis, p->slug, key, &stands);
    if (st != ST_OK) {
        return st;
    }
    present_put(p->presents, key, &stands);
    *gone = stands.revision < promised->revision ||
            (stands.revision == promised->revision &&
             memcmp(stands.hash, promised->hash, sizeof stands.hash) != 0);
    return ST_OK;
}

enum status
chore_hello(struct province *p, struct chore *c)
{
    const struct wire_held *last = c->request.hello.last;
    struct receipt promised;
    bool other = false;
    bool gone = false;
    enum status st = journal_is_other(p, c->request.hello.log_id, &other);

    if (st != ST_OK) {
        return ST_AGAIN; /* without a head that can be read nobody goes on */
    }
    if (last != NULL) {
        if (principal_reports_for(&c->who, last->unit) &&
            (seal_held_right(&p->ingest->seal_key, p->slug, last, &promised) ||
             seal_held_right(&p->ingest->seal_key_old, p->slug, last, &promised))) {
            st = receipt_is_gone(p, last, &promised, &gone);
        } else {
            p->ingest->counters.held_ignored++;
        }
    }
    if (st != ST_OK) {
        return st;
    }
    hello_answer(p, c->socket, &c->peer, &c->who, c->request.request_id, c->arena,
                 other || gone);
    return ST_OK;
}
