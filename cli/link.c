#include "cli/link_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/crypto.h"
#include "lib/fault.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/mem.h"
#include "lib/version.h"

#define WHY_BYTES 512
#define SLICE_MS 100 /* how often the monitor is looked at meanwhile */
#define PROGRESS_AFTER_US 2000000
#define HASTY_US 500000 /* long enough for the second refusal of a port */

void
link_target_from(const struct options *o, struct link_target *out)
{
    *out = (struct link_target){
        .endpoint = conf_text(o->conf, "server"),
        .server_key = conf_text(o->conf, "server-key"),
        .key_file = conf_text(o->conf, "key"),
        .province = conf_text(o->conf, "province"),
        .timeout_s = conf_int(o->conf, "timeout"),
    };
}

/* --- opening --- */

static bool
target_whole(const struct link_target *t)
{
    const char *const names[] = {"server", "server-key", "key", "province"};
    const char *const values[] = {t->endpoint, t->server_key, t->key_file, t->province};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (values[i][0] == '\0') {
            (void)fprintf(
                stderr,
                words("Thiếu cài đặt %s. Đề nghị chạy dondoc join với tệp mời "
                      "của tỉnh, hoặc ghi --%s …, hoặc thêm dòng %s: … vào "
                      "~/.config/dondoc/dondoc.yaml.\n",
                      "The setting %s is missing. Run dondoc join with the "
                      "province's invitation, or give --%s …, or add a line "
                      "%s: … to ~/.config/dondoc/dondoc.yaml.\n"),
                names[i], names[i], names[i]);
            return false;
        }
    }
    return true;
}

int
link_open(const struct link_target *t, struct link **out)
{
    struct link *l;
    char why[WHY_BYTES];

    if (!target_whole(t)) {
        return EXIT_CONFIG;
    }
    l = mem_alloc(sizeof *l);
    l->target = *t;
    l->began = mono_now();
    l->scratch = arena_new(WIRE_ARENA_BYTES);
    buf_init(&l->out, 4u * BUS_MESSAGE_MAX);
    crypto_init();
    crypto_random(&l->request_id, sizeof l->request_id);
    l->request_id >>= 16; /* room to count up; not 0 in practice, and harmless */
    if (keyfile_read(t->key_file, &l->keys, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("Không dùng được tệp khóa: %s\n",
                            "The key file cannot be used: %s\n"),
                      why);
    } else if (bus_new(NULL, NULL, &l->bus) != ST_OK) {
        (void)fprintf(stderr, "%s\n",
                      words("Thư viện libzmq trên máy này không có CURVE hoặc cũ hơn "
                            "4.3.3; đề nghị cài bản mới hơn.",
                            "The libzmq of this machine is without CURVE or older than "
                            "4.3.3; please install a newer one."));
    } else if (bus_connect_dealer(l->bus, t->endpoint, t->server_key, &l->keys,
                                  &l->socket) != ST_OK) {
        (void)fprintf(stderr,
                      words("Cài đặt kết nối không đúng: %s\n",
                            "The settings of the connection are wrong: %s\n"),
                      bus_error(l->bus));
    } else {
        *out = l;
        return EXIT_DONE;
    }
    link_close(&l);
    return EXIT_CONFIG;
}

void
link_close(struct link **l)
{
    if (*l == NULL) {
        return;
    }
    link_progress_end(*l);
    bus_close(&(*l)->socket);
    bus_free(&(*l)->bus);
    crypto_wipe(&(*l)->keys, sizeof(*l)->keys);
    arena_free(&(*l)->scratch);
    buf_fini(&(*l)->out);
    mem_free(l);
}

/* --- progress --- */

void
link_progress(struct link *l, size_t done, size_t all)
{
    l->done = done;
    l->all = all;
}

static void
progress_show(struct link *l)
{
    int64_t us = mono_since_us(l->began);

    if (us < PROGRESS_AFTER_US || isatty(STDERR_FILENO) == 0) {
        return;
    }
    (void)fprintf(stderr,
                  words("\r\033[KĐang chờ máy chủ… %" PRId64 " giây",
                        "\r\033[KWaiting for the server… %" PRId64 " s"),
                  us / 1000000);
    if (l->all > 0) {
        (void)fprintf(stderr,
                      words(", đã gửi %zu/%zu báo cáo", ", %zu/%zu reports sent"),
                      l->done, l->all);
    }
    (void)fflush(stderr);
    l->shown = true;
}

void
link_progress_end(struct link *l)
{
    if (l->shown) {
        (void)fputs("\r\033[K", stderr);
        l->shown = false;
    }
}

/* One slice of waiting. */
static bool
turn(struct link *l, struct mono until)
{
    struct bus_poll_item item = {.socket = l->socket, .fd = -1};
    int64_t left = (until.us - mono_now().us) / 1000 + 1;

    progress_show(l);
    return bus_poll(l->bus, &item, 1, left < SLICE_MS ? (int)left : SLICE_MS) == ST_OK;
}

static struct mono
deadline(const struct link *l)
{
    return (struct mono){mono_now().us + (int64_t)l->target.timeout_s * 1000000};
}

/* --- connecting --- */

int
link_connect(struct link *l, bool hasty)
{
    struct mono start = mono_now();
    struct mono until = deadline(l);

    while (mono_now().us < until.us) {
        enum bus_sight sight = bus_sight_now(l->socket);

        if (sight == SIGHT_READY) {
            return EXIT_DONE;
        }
        if (sight == SIGHT_KEY_REFUSED || sight == SIGHT_SERVER_KEY ||
            (hasty && (sight == SIGHT_NAME_UNKNOWN || sight == SIGHT_NOT_REACHABLE) &&
             mono_since_us(start) > HASTY_US)) {
            break;
        }
        if (!turn(l, until)) {
            break;
        }
    }
    link_progress_end(l);
    return link_explain(l);
}

/* --- asking --- */

enum status
link_send(struct link *l, struct unit_request *request)
{
    struct mono until = deadline(l);
    enum status st;

    request->version = WIRE_VERSION;
    request->province = l->target.province;
    if (request->request_id == 0) {
        request->request_id = ++l->request_id;
    }
    arena_reset(l->scratch);
    buf_clear(&l->out);
    unit_request_encode(request, l->scratch, &l->out);
    while ((st = bus_send(l->socket, buf_str(&l->out), l->out.len)) == ST_AGAIN &&
           mono_now().us < until.us && turn(l, until)) {
    }
    return st;
}

enum status
link_await(struct link *l, uint64_t request_id, struct arena *a,
           struct unit_reply *reply)
{
    struct mono until = deadline(l);

    while (mono_now().us < until.us) {
        struct bus_message m;
        enum status st = bus_receive(l->socket, &m);

        if (st == ST_AGAIN) {
            enum bus_sight sight = bus_sight_now(l->socket);

            if (sight == SIGHT_KEY_REFUSED || sight == SIGHT_SERVER_KEY ||
                !turn(l, until)) {
                return ST_AGAIN;
            }
            continue;
        }
        if (st != ST_OK) {
            return st;
        }
        arena_reset(a);
        st = unit_reply_decode(m.body, m.body_bytes, a, reply);
        bus_message_close(&m);
        if (st != ST_OK || reply->version != WIRE_VERSION) {
            return ST_BAD;
        }
        if (reply->request_id == request_id) {
            return ST_OK; /* others answer what was sent before, and are late */
        }
    }
    return ST_AGAIN;
}

enum status
link_ask(struct link *l, struct unit_request *request, struct arena *a,
         struct unit_reply *reply)
{
    enum status st = ST_AGAIN;

    request->request_id = 0;
    for (int i = 0; st == ST_AGAIN && i < LINK_TRIES; i++) {
        st = link_send(l, request);
        if (request->kind == UNIT_REQUEST_PUSH) {
            FAULT("push.u3_sent");
        }
        if (st == ST_OK) {
            st = link_await(l, request->request_id, a, reply);
        }
    }
    link_progress_end(l);
    return st;
}

int
link_hello(struct link *l, bool hasty, struct arena *a, struct unit_reply *reply)
{
    return link_hello_held(l, hasty, "", NULL, a, reply);
}

int
link_hello_held(struct link *l, bool hasty, const char *log_id,
                const struct wire_held *last, struct arena *a, struct unit_reply *reply)
{
    struct unit_request request = {
        .kind = UNIT_REQUEST_HELLO,
        .hello = {.log_id = log_id, .software = "dondoc " DONDOC_VERSION, .last = last},
    };
    int code = link_connect(l, hasty);
    enum status st;

    if (code != EXIT_DONE) {
        return code;
    }
    st = link_ask(l, &request, a, reply);
    if (st == ST_AGAIN) {
        return link_explain(l);
    }
    if (st == ST_OK && reply->kind == UNIT_REPLY_REFUSAL) {
        return link_refused(&reply->refusal);
    }
    if (st != ST_OK || reply->kind != UNIT_REPLY_SERVER_INFO) {
        (void)fprintf(stderr,
                      words("%s trả lời theo một giao thức khác; phiên bản của "
                            "chúng ta là %s.\n",
                            "%s answers in another protocol; our version is "
                            "%s.\n"),
                      l->target.endpoint, DONDOC_VERSION);
        return EXIT_UNAVAILABLE;
    }
    return EXIT_DONE;
}

struct bus *
link_bus(struct link *l)
{
    return l->bus;
}

struct bus_socket *
link_socket(struct link *l)
{
    return l->socket;
}

const struct bus_keys *
link_keys(const struct link *l)
{
    return &l->keys;
}
