/* link: ingest */
/* The seal of a receipt: as another program works it out, for nothing but the receipt
 * that it was made for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/seal.h"
#include "lib/crypto.h"

#define SECRET "kYh8wS(z}R5.Yb0i2pKc7!q4t9Xv1nDm3sLg6oHj"
#define PROVINCE "quang-ngai"

static const struct receipt specimen = {
    .revision = 2,
    .hash = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    .entry = 57,
    .index = 3,
    .received_at_ms = 1696406400123,
    .due_day = 19635,
    .on_time = true,
};

static void
seal_specimen(const char *secret, struct wire_held *held)
{
    struct seal_key key;

    *held = (struct wire_held){.unit = "21055",
                               .group = "digitisation",
                               .period = "2023-09",
                               .revision = 2,
                               .hash = "000102030405060708090a0b0c0d0e0f",
                               .entry = 57,
                               .index = 3,
                               .received_at_ms = 1696406400123,
                               .due = "2023-10-05",
                               .on_time = true};
    seal_key_derive(secret, &key);
    seal_make(&key, PROVINCE, held->unit, held->group, held->period, &specimen,
              held->seal);
}

/* Worked out with Python's hashlib.blake2b and struct. */
static void
a_seal_is_that_of_another_program(void **state)
{
    struct receipt other = specimen;
    struct wire_held held;
    struct seal_key key;
    uint8_t seal[WIRE_SEAL_BYTES];
    char hex[CRYPTO_HEX128_BYTES];

    (void)state;
    seal_specimen(SECRET, &held);
    crypto_hex(held.seal, sizeof held.seal, hex);
    assert_string_equal(hex, "6a2f114bafd11cd4860fd35ce12f5bc1");
    other.due_day = 0;
    other.on_time = false;
    seal_key_derive(SECRET, &key);
    seal_make(&key, PROVINCE, "21340@2025-07-01", "digitisation", "2023-09", &other,
              seal);
    crypto_hex(seal, sizeof seal, hex);
    assert_string_equal(hex, "2c74e74f4dc0d6827dbc18d6b9473836");
}

/* 387 is the most that is gathered in a place of its own. */
static void
a_seal_of_long_texts_is_that_of_another_program(void **state)
{
    static const struct {
        size_t bytes;
        const char *hex;
    } rows[] = {{387, "b66a238852f2c9ac92eb8bd5a14fb905"},
                {388, "4502e4362e0661deecc5470244ad7034"},
                {4000, "04e8f07320937e2c124a63c92f74db44"}};
    struct seal_key key;
    uint8_t seal[WIRE_SEAL_BYTES];
    char hex[CRYPTO_HEX128_BYTES];
    char unit[4001];
    size_t i;

    (void)state;
    seal_key_derive(SECRET, &key);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(unit, 'x', rows[i].bytes);
        unit[rows[i].bytes] = '\0';
        seal_make(&key, PROVINCE, unit, "digitisation", "2023-09", &specimen, seal);
        crypto_hex(seal, sizeof seal, hex);
        assert_string_equal(hex, rows[i].hex);
    }
}

static void
what_a_receipt_promised_is_read_back(void **state)
{
    struct wire_held held;
    struct receipt got;
    struct seal_key key;

    (void)state;
    seal_specimen(SECRET, &held);
    seal_key_derive(SECRET, &key);
    assert_true(seal_held_right(&key, PROVINCE, &held, &got));
    assert_int_equal(got.revision, specimen.revision);
    assert_memory_equal(got.hash, specimen.hash, sizeof got.hash);
    assert_int_equal(got.received_at_ms, specimen.received_at_ms);
    assert_int_equal(got.due_day, specimen.due_day);
    assert_true(got.on_time);
}

#define CHANGED_COUNT 18

/* One thing of the receipt is another; NULL when there are no more. */
static const char *
held_change(struct wire_held *h, size_t which)
{
    switch (which) {
    case 0:
        h->unit = "21056";
        return "unit";
    case 1:
        h->group = "procedures";
        return "group";
    case 2:
        h->period = "2023-08";
        return "period";
    case 3:
        h->revision = 3;
        return "revision";
    case 4:
        h->revision = 0;
        return "no revision";
    case 5:
        h->hash = "000102030405060708090a0b0c0d0e0e";
        return "hash";
    case 6:
        h->hash = "000102030405060708090A0B0C0D0E0F";
        return "hash in capitals";
    case 7:
        h->hash = "";
        return "no hash";
    case 8:
        h->entry = 58;
        return "entry";
    case 9:
        h->index = 4;
        return "index";
    case 10:
        h->received_at_ms--;
        return "received";
    case 11:
        h->due = "2023-10-06";
        return "due";
    case 12:
        h->due = "";
        return "no due day";
    case 13:
        h->due = "5/10";
        return "no day at all";
    case 14:
        h->on_time = false;
        return "on time";
    case 15:
        h->seal[15] ^= 1;
        return "seal";
    case 16:
        memset(h->seal, 0, sizeof h->seal);
        return "no seal";
    default: /* what one text lost, the next got */
        h->unit = "21055d";
        h->group = "igitisation";
        return "a letter moved";
    }
}

static void
a_receipt_with_anything_changed_is_no_promise(void **state)
{
    struct wire_held held;
    struct receipt got;
    struct seal_key key;
    size_t i;

    (void)state;
    seal_key_derive(SECRET, &key);
    for (i = 0; i < CHANGED_COUNT; i++) {
        const char *what;

        seal_specimen(SECRET, &held);
        what = held_change(&held, i);
        if (seal_held_right(&key, PROVINCE, &held, &got)) {
            fail_msg("taken with another %s", what);
        }
    }
    seal_specimen(SECRET, &held);
    assert_false(seal_held_right(&key, "quang-nam", &held, &got));
    seal_key_derive("jYh8wS(z}R5.Yb0i2pKc7!q4t9Xv1nDm3sLg6oHj", &key);
    assert_false(seal_held_right(&key, PROVINCE, &held, &got));
}

static void
checked_specimen(struct checked *c)
{
    memset(c, 0, sizeof *c);
    c->record.unit = "21055";
    c->record.group = "digitisation";
    c->record.period = "2023-09";
    c->record.received_at_ms = 1700000000000;
    c->record.due_day = 19640; /* of the present programme */
    c->record.on_time = false;
    c->past_due = true;
    memcpy(c->hash, specimen.hash, sizeof c->hash);
    strcpy(c->key, "21055/digitisation/2023-09");
}

static void
an_offered_report_is_as_much_in_time_as_it_was(void **state)
{
    struct refused why = {0};
    struct wire_held held;
    struct checked c;
    struct seal_key key;

    (void)state;
    seal_specimen(SECRET, &held);
    seal_key_derive(SECRET, &key);
    checked_specimen(&c);
    assert_true(seal_offer(&key, PROVINCE, &held, &c, &why));
    assert_int_equal(why.code, REFUSAL_NONE);
    assert_int_equal(c.offered, 2);
    assert_true(c.record.on_time);
    assert_int_equal(c.record.due_day, 19635);
    assert_int_equal(c.record.first_received_at_ms, 1696406400123);
    assert_int_equal(c.record.received_at_ms, 1700000000000);
}

/* A right receipt, and yet not for this report. */
static void
an_offer_fits_its_own_report_alone(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        struct refused why = {0};
        struct wire_held held;
        struct checked c;
        struct seal_key key;

        seal_specimen(SECRET, &held);
        seal_key_derive(SECRET, &key);
        checked_specimen(&c);
        switch (i) {
        case 0:
            c.record.unit = "21043";
            break;
        case 1:
            c.record.group = "procedures";
            break;
        case 2:
            c.record.period = "2023-08";
            break;
        case 3:
            c.hash[0] ^= 1;
            break;
        default:
            held.seal[0] ^= 1;
            break;
        }
        assert_false(seal_offer(&key, PROVINCE, &held, &c, &why));
        assert_int_equal(why.code, REFUSAL_OFFERED_NOT_OURS);
        assert_int_equal(c.offered, 0);
        assert_false(c.record.on_time);
        assert_int_equal(c.record.first_received_at_ms, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seal_is_that_of_another_program),
        cmocka_unit_test(a_seal_of_long_texts_is_that_of_another_program),
        cmocka_unit_test(what_a_receipt_promised_is_read_back),
        cmocka_unit_test(a_receipt_with_anything_changed_is_no_promise),
        cmocka_unit_test(an_offered_report_is_as_much_in_time_as_it_was),
        cmocka_unit_test(an_offer_fits_its_own_report_alone),
    };

    crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
