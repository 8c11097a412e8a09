/* lib/sealed: a message in a box that one key pair opens; the box of another program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/bus.h"
#include "lib/crypto.h"
#include "lib/sealed.h"
#include "lib/z85.h"

/* Secret 01 02 … 20 in hex, and its public key; the key of the box is 65 66 … 84.
 * Worked out in Python: the ephemeral public key, then libsodium's crypto_box_easy
 * under the nonce hashlib.blake2b(ephemeral + public, digest_size=24). */
#define PUBLIC "2CVWV6D&QXW]Ii55A)@qco1MAyn+7#3/w+9Xnrjk"
#define SECRET "0rJua1Qkhq2)}4G4gS)W5Ft->6=4P585:Cl9uDpB"
#define PUBLIC_HEX "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c"
/* version 1, sealed: position 1026, id QNG-2023-7c-21043/1, subject_vi as below */
#define REPLY_HEX                                                                      \
    "08018201635714769d116bf76436ae74bc793d2c30ad1903c59ac5273805c7e2698b410c365c3a41" \
    "b9ffa967eeeaa79777ea458365291c2b701054d24137ce0b81fa5a8990db5fcaa3b2a0ac9dc58548" \
    "12248d9adfd0b8d6f2607cbe2a9a1f7bb7bc602a3d51b514"
#define SUBJECT "Xã B chậm tiến độ"
#define CANARY "CANARY-0b9f"

static struct arena *arena;
static struct buf plain;
static struct buf box;

static int
setup(void **state)
{
    (void)state;
    crypto_init();
    arena = arena_new(4u * WIRE_ARENA_BYTES);
    buf_init(&plain, 2 * BUS_MESSAGE_MAX);
    buf_init(&box, 2 * BUS_MESSAGE_MAX);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buf_fini(&plain);
    buf_fini(&box);
    return 0;
}

static size_t
unhex(const char *hex, uint8_t *out)
{
    size_t bytes = strlen(hex) / 2;
    size_t i;

    for (i = 0; i < bytes; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    return bytes;
}

static struct leader_reply
specimen(const char *text)
{
    return (struct leader_reply){.version = WIRE_VERSION,
                                 .request_id = 7,
                                 .kind = LEADER_REPLY_ALERT,
                                 .alert = {.position = 1026,
                                           .id = CANARY "/1",
                                           .code = CANARY,
                                           .kind = CANARY,
                                           .unit = CANARY,
                                           .subject_vi = CANARY,
                                           .text_vi = text,
                                           .text_en = CANARY}};
}

static struct bus_keys
pair(void)
{
    struct bus_keys keys;

    assert_int_equal(bus_keys_new(&keys), ST_OK);
    return keys;
}

/* Closed, over the wire, decoded again; out is sealed. */
static void
travel(struct leader_reply *reply, const char *public_key, struct buf *wire,
       struct leader_reply *out)
{
    assert_int_equal(sealed_close(reply, public_key, arena, &plain, &box), ST_OK);
    leader_reply_encode(reply, arena, wire);
    assert_int_equal(leader_reply_decode(buf_str(wire), wire->len, arena, out), ST_OK);
    assert_int_equal(out->kind, LEADER_REPLY_SEALED);
}

static void
a_key_is_decoded_as_another_program_does(void **state)
{
    uint8_t key[Z85_RAW_KEY_BYTES];
    char hex[CRYPTO_HEX256_BYTES];

    (void)state;
    assert_true(z85_key_decode(PUBLIC, key));
    crypto_hex(key, sizeof key, hex);
    assert_string_equal(hex, PUBLIC_HEX);
    assert_false(z85_key_decode(PUBLIC "0", key));
    assert_false(z85_key_decode("", key));
    assert_false(z85_key_decode(NULL, key));
    assert_false(z85_key_decode("#####fghijabcdefghijabcdefghijabcdefghij", key));
    assert_false(z85_key_decode("abcdefghijabcdefghij bcdefghijabcdefghij", key));
}

static void
the_box_of_another_program_opens(void **state)
{
    uint8_t wire[256];
    size_t bytes = unhex(REPLY_HEX, wire);
    struct leader_reply r;

    (void)state;
    assert_int_equal(leader_reply_decode(wire, bytes, arena, &r), ST_OK);
    assert_int_equal(r.kind, LEADER_REPLY_SEALED);
    assert_int_equal(sealed_open(&r, PUBLIC, SECRET, arena), ST_OK);
    assert_int_equal(r.kind, LEADER_REPLY_ALERT);
    assert_int_equal(r.alert.position, 1026);
    assert_string_equal(r.alert.id, "QNG-2023-7c-21043/1");
    assert_string_equal(r.alert.subject_vi, SUBJECT);
}

static void
what_is_sealed_opens_as_it_was(void **state)
{
    struct bus_keys keys = pair();
    struct leader_reply reply = specimen("two\nlines");
    struct leader_reply r;
    struct buf wire;

    (void)state;
    buf_init(&wire, BUS_MESSAGE_MAX);
    travel(&reply, keys.public_key, &wire, &r);
    assert_int_equal(sealed_open(&r, keys.public_key, keys.secret_key, arena), ST_OK);
    assert_int_equal(r.kind, LEADER_REPLY_ALERT);
    assert_int_equal(r.request_id, 7);
    assert_int_equal(r.alert.position, 1026);
    assert_string_equal(r.alert.text_vi, "two\nlines");
    assert_string_equal(r.alert.text_en, CANARY);
    buf_fini(&wire);
}

/* Twice the same is two boxes: who looks on does not see that it was said again. */
static void
two_boxes_of_one_message_differ(void **state)
{
    struct bus_keys keys = pair();
    struct leader_reply reply = specimen("");
    struct leader_reply r;
    struct buf first;
    struct buf second;

    (void)state;
    buf_init(&first, BUS_MESSAGE_MAX);
    buf_init(&second, BUS_MESSAGE_MAX);
    travel(&reply, keys.public_key, &first, &r);
    reply = specimen("");
    travel(&reply, keys.public_key, &second, &r);
    assert_int_equal(first.len, second.len);
    assert_memory_not_equal(buf_str(&first), buf_str(&second), first.len);
    buf_fini(&first);
    buf_fini(&second);
}

static bool
holds(const struct buf *b, const char *text)
{
    size_t len = strlen(text);
    size_t i;

    for (i = 0; i + len <= b->len; i++) {
        if (memcmp(b->data + i, text, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Weakened for a look at the test: with sealed_close giving the plain bytes it fails.
 */
static void
a_misroute_shows_nothing(void **state)
{
    struct bus_keys a = pair();
    struct bus_keys b = pair();
    struct leader_reply reply = specimen(CANARY);
    struct leader_reply r;
    struct buf wire;

    (void)state;
    buf_init(&wire, BUS_MESSAGE_MAX);
    leader_reply_encode(&reply, arena, &wire);
    assert_true(holds(&wire, CANARY)); /* so it would be found */
    buf_clear(&wire);
    travel(&reply, a.public_key, &wire, &r);
    assert_false(holds(&wire, CANARY));
    assert_int_equal(sealed_open(&r, b.public_key, b.secret_key, arena), ST_BAD);
    assert_int_equal(sealed_open(&r, a.public_key, b.secret_key, arena), ST_BAD);
    assert_int_equal(sealed_open(&r, b.public_key, a.secret_key, arena), ST_BAD);
    assert_int_equal(r.kind, LEADER_REPLY_SEALED);
    assert_int_equal(sealed_open(&r, a.public_key, a.secret_key, arena), ST_OK);
    buf_fini(&wire);
}

static void
what_was_cut_or_changed_does_not_open(void **state)
{
    struct bus_keys keys = pair();
    struct leader_reply reply = specimen("");
    struct leader_reply r;
    struct buf wire;
    uint8_t *bytes;
    size_t len;
    size_t i;

    (void)state;
    buf_init(&wire, BUS_MESSAGE_MAX);
    travel(&reply, keys.public_key, &wire, &r);
    len = r.sealed.len;
    bytes = mem_copy(r.sealed.bytes, len);
    r.sealed.bytes = bytes;
    for (i = 0; i < len; i++) {
        r.sealed.len = i;
        assert_int_equal(sealed_open(&r, keys.public_key, keys.secret_key, arena),
                         ST_BAD);
        r.sealed.len = len;
        bytes[i] ^= 1;
        assert_int_equal(sealed_open(&r, keys.public_key, keys.secret_key, arena),
                         ST_BAD);
        bytes[i] ^= 1;
    }
    assert_int_equal(sealed_open(&r, keys.public_key, keys.secret_key, arena), ST_OK);
    mem_free(&bytes);
    buf_fini(&wire);
}

static void
a_box_with_something_else_in_it_is_refused(void **state)
{
    static const char *const inside[] = {"", "\x12\x7f", "\xff\xff"};
    struct bus_keys keys = pair();
    uint8_t bytes[8 + CRYPTO_SEAL_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof inside / sizeof *inside; i++) {
        size_t len = strlen(inside[i]);
        struct leader_reply r = {.kind = LEADER_REPLY_SEALED,
                                 .sealed = {bytes, len + CRYPTO_SEAL_BYTES}};

        assert_int_equal(crypto_seal(inside[i], len, keys.public_key, bytes), ST_OK);
        /* An empty message is one with all fields empty. */
        assert_int_equal(sealed_open(&r, keys.public_key, keys.secret_key, arena),
                         len == 0 ? ST_OK : ST_BAD);
    }
}

static void
other_replies_are_left_alone(void **state)
{
    struct leader_reply r = {.kind = LEADER_REPLY_BEAT};

    (void)state;
    assert_int_equal(sealed_open(&r, PUBLIC, SECRET, arena), ST_OK);
    assert_int_equal(r.kind, LEADER_REPLY_BEAT);
}

static void
nothing_is_sealed_to_what_is_no_key(void **state)
{
    struct leader_reply reply = specimen("");

    (void)state;
    assert_int_equal(sealed_close(&reply, "", arena, &plain, &box), ST_BAD);
    assert_int_equal(sealed_close(&reply, "0000000000000000000000000000000000000000",
                                  arena, &plain, &box),
                     ST_BAD); /* a point of small order: everybody could open it */
    assert_int_equal(reply.kind, LEADER_REPLY_ALERT);
}

/* Every length around the places where a varint grows; more is never added. */
static void
a_seal_adds_no_more_than_is_reckoned(void **state)
{
    static const size_t lengths[] = {0, 10, 100, 2000, 16200, 16400, 40000, 60000};
    struct bus_keys keys = pair();
    char *text = mem_alloc(60001);
    struct buf open;
    struct buf closed;
    size_t i;
    size_t more;

    (void)state;
    buf_init(&open, 2 * BUS_MESSAGE_MAX);
    buf_init(&closed, 2 * BUS_MESSAGE_MAX);
    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (more = 0; more < 1 + (lengths[i] > 0) * 120u; more++) {
            struct leader_reply reply = specimen(text);
            struct leader_reply r;

            memset(text, 'x', lengths[i] + (lengths[i] < 60000 ? more : 0));
            arena_reset(arena);
            buf_clear(&open);
            buf_clear(&closed);
            leader_reply_encode(&reply, arena, &open);
            travel(&reply, keys.public_key, &closed, &r);
            assert_in_range(closed.len, open.len + CRYPTO_SEAL_BYTES,
                            open.len + SEALED_MORE_BYTES);
        }
    }
    buf_fini(&open);
    buf_fini(&closed);
    mem_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_decoded_as_another_program_does),
        cmocka_unit_test(the_box_of_another_program_opens),
        cmocka_unit_test(what_is_sealed_opens_as_it_was),
        cmocka_unit_test(two_boxes_of_one_message_differ),
        cmocka_unit_test(a_misroute_shows_nothing),
        cmocka_unit_test(what_was_cut_or_changed_does_not_open),
        cmocka_unit_test(a_box_with_something_else_in_it_is_refused),
        cmocka_unit_test(other_replies_are_left_alone),
        cmocka_unit_test(nothing_is_sealed_to_what_is_no_key),
        cmocka_unit_test(a_seal_adds_no_more_than_is_reckoned),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
