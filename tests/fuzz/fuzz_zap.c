/*
 * fuzz_zap - any frames as a question of ZAP, through the very socket that libzmq asks
 * at a handshake: answered once, with six frames, the question's own id and a code that
 * ZAP knows; "200" only for a whole question of version 1.0 by CURVE, for a domain of
 * ours and a key that is admitted there, and then with that key as the user.
 *
 * The bytes: each frame is a length (two bytes, little end first; the high bit: filled
 * with one letter) and so many bytes, as far as there are some.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "lib/bus_private.h"
#include "lib/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define FRAMES_MAX 12
#define FRAME_BYTES_MAX 4096

static const char *const domains[] = {"units", "leaders", "ops", "services"};
static struct bus *bus;
static void *asker;
static struct {
    char frame[FRAMES_MAX][FRAME_BYTES_MAX];
    size_t bytes[FRAMES_MAX];
    size_t count;
} asked;
static unsigned admit_calls;

/* Keys whose first letter is of one half are admitted. */
static bool
admitted(const char *key)
{
    return strchr("0123456789abcdefghijklmnopqrstuvwxyz.-:+=^", key[0]) != NULL;
}

static bool
admit(void *context, const char *domain, const char *key)
{
    bool known = false;

    MUST(context == NULL && strlen(key) == BUS_KEY_BYTES - 1);
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        known = known || strcmp(domains[i], domain) == 0;
    }
    MUST(known);
    admit_calls++;
    return admitted(key);
}

static void
scene_open(void)
{
    int zero = 0;

    MUST(bus_new(admit, NULL, &bus) == ST_OK);
    asker = zmq_socket(bus->context, ZMQ_DEALER); /* as libzmq does: no REQ's order */
    MUST(asker != NULL && zmq_setsockopt(asker, ZMQ_LINGER, &zero, sizeof zero) == 0);
    MUST(zmq_connect(asker, "inproc://zeromq.zap.01") == 0);
}

/* Cuts the bytes into frames. */
static void
frames_cut(const uint8_t *data, size_t bytes)
{
    size_t at = 0;

    asked.count = 0;
    while (at + 2 <= bytes && asked.count < FRAMES_MAX) {
        size_t len = data[at] | (size_t)(data[at + 1] & 0x7f) << 8;
        bool filled = (data[at + 1] & 0x80) != 0;
        char *frame = asked.frame[asked.count];

        at += 2;
        len = len > FRAME_BYTES_MAX ? FRAME_BYTES_MAX : len;
        if (filled) {
            memset(frame, at < bytes ? data[at++] : 'x', len);
        } else {
            len = len > bytes - at ? bytes - at : len;
            memcpy(frame, data + at, len);
            at += len;
        }
        asked.bytes[asked.count++] = len;
    }
}

static void
ask(void)
{
    size_t i;

    MUST(zmq_send(asker, "", 0, ZMQ_SNDMORE) == 0);
    for (i = 0; i < asked.count; i++) {
        MUST(zmq_send(asker, asked.frame[i], asked.bytes[i],
                      i + 1 < asked.count ? ZMQ_SNDMORE : 0) == (int)asked.bytes[i]);
    }
}

/* As a C string, which is how libzmq hands over all but the last frame. */
static bool
frame_is(size_t i, const char *text)
{
    size_t len = strlen(text);

    return i < asked.count && asked.bytes[i] >= len &&
           memcmp(asked.frame[i], text, len) == 0 &&
           (asked.bytes[i] == len || asked.frame[i][len] == '\0');
}

static bool
domain_good(void)
{
    size_t i;

    for (i = 0; i < sizeof domains / sizeof *domains; i++) {
        if (frame_is(2, domains[i])) {
            return true;
        }
    }
    return false;
}

static void
answer_check(void)
{
    static const char *const codes[] = {"200", "300", "400", "500"};
    char got[7][512];
    size_t len[7] = {0};
    size_t count = 0;
    size_t bytes = sizeof(int);
    bool known = false;
    int more = 1;
    size_t i;

    while (more) {
        int n = zmq_recv(asker, got[count], sizeof got[0] - 1, ZMQ_DONTWAIT);

        MUST(count < 7 && n >= 0 && n < (int)sizeof got[0]);
        got[count][n] = '\0';
        len[count++] = (size_t)n;
        MUST(zmq_getsockopt(asker, ZMQ_RCVMORE, &more, &bytes) == 0);
    }
    MUST(count == 7 && len[0] == 0 && strcmp(got[1], "1.0") == 0 && len[6] == 0);
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        known = known || strcmp(got[3], codes[i]) == 0;
    }
    MUST(known);
    if (asked.count >= 2 && asked.bytes[1] < 256) {
        MUST(len[2] == asked.bytes[1] && memcmp(got[2], asked.frame[1], len[2]) == 0);
    }
    if (strcmp(got[3], "200") != 0) {
        MUST(got[5][0] == '\0' && got[4][0] != '\0');
        return;
    }
    MUST(asked.count == 7 && frame_is(0, "1.0") && frame_is(5, "CURVE"));
    MUST(asked.bytes[6] == 32 && domain_good());
    MUST(bus_key_valid(got[5]) && admitted(got[5]) && admit_calls == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char more[8];

    if (bus == NULL) {
        scene_open();
    }
    frames_cut(data, bytes);
    if (asked.count == 0) {
        return 0;
    }
    admit_calls = 0;
    ask();
    zap_answer(bus);
    answer_check();
    MUST(zmq_recv(asker, more, sizeof more, ZMQ_DONTWAIT) < 0); /* one answer each */
    return 0;
}
