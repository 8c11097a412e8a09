#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "lib/utf8.h"

/* Each case goes through text_valid and through utf8_valid, which judges no controls.
 */
static void
only_utf8_without_controls_is_valid(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        size_t bytes;
        bool text_ok;
        bool utf8_ok;
        size_t bad_at;
    } cases[] = {
        {"empty", "", 0, true, true, 0},
        {"Vietnamese", "xã Đức Phổ", sizeof "xã Đức Phổ" - 1, true, true, 0},
        {"tab and newline", "a\tb\n", 4, true, true, 0},
        {"carriage return", "a\r\n", 3, false, true, 0},
        {"zero", "a\0b", 3, false, true, 0},
        {"escape", "\x1b[31m", 5, false, true, 0},
        {"delete", "\x7f", 1, false, true, 0},
        {"C1 control", "\xc2\x85", 2, false, true, 0},
        {"U+00A0", "\xc2\xa0", 2, true, true, 0},
        {"first of two bytes", "\xc2\x80", 2, false, true, 0},
        {"first of three bytes", "\xe0\xa0\x80", 3, true, true, 0},
        {"last before surrogates", "\xed\x9f\xbf", 3, true, true, 0},
        {"first after surrogates", "\xee\x80\x80", 3, true, true, 0},
        {"first of four bytes", "\xf0\x90\x80\x80", 4, true, true, 0},
        {"last of all", "\xf4\x8f\xbf\xbf", 4, true, true, 0},
        {"lone second byte", "ab\x80", 3, false, false, 2},
        {"overlong slash", "\xc0\xaf", 2, false, false, 0},
        {"overlong of two", "\xc1\xbf", 2, false, false, 0},
        {"overlong of three", "\xe0\x9f\xbf", 3, false, false, 0},
        {"overlong of four", "\xf0\x8f\xbf\xbf", 4, false, false, 0},
        {"low surrogate", "\xed\xa0\x80", 3, false, false, 0},
        {"high surrogate", "a\xed\xbf\xbf", 4, false, false, 1},
        {"above U+10FFFF", "\xf4\x90\x80\x80", 4, false, false, 0},
        {"five bytes", "\xf8\x88\x80\x80\x80", 5, false, false, 0},
        {"byte FF", "\xff", 1, false, false, 0},
        {"truncated after one", "a\xc4", 2, false, false, 1},
        {"truncated after two", "\xe1\xba", 2, false, false, 0},
        {"truncated after three", "\xf0\x9f\x98", 3, false, false, 0},
        {"truncated in the middle", "\xe1\xba z", 4, false, false, 0},
        {"windows-1258", "x\xe3 Ba", 5, false, false, 1},
    };
    size_t bad_at;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bad_at = 0;
        if (text_valid(cases[i].text, cases[i].bytes) != cases[i].text_ok) {
            fail_msg("%s: text_valid", cases[i].name);
        }
        if (utf8_valid(cases[i].text, cases[i].bytes, &bad_at) != cases[i].utf8_ok ||
            bad_at != cases[i].bad_at) {
            fail_msg("%s: utf8_valid, bad_at %zu", cases[i].name, bad_at);
        }
    }
}

/* lib/utf8 stands where utf8proc may not be included: they must never differ. */
static void
both_judges_of_utf8_agree(void **state)
{
    unsigned char text[4];
    unsigned value;
    unsigned tail;
    size_t at;
    static const unsigned char ends[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0};

    (void)state;
    for (value = 0; value < 65536; value++) {
        text[0] = (unsigned char)(value >> 8 | 0x80); /* no controls of ASCII */
        text[1] = (unsigned char)(value & 0xff);
        for (tail = 0; tail < 25; tail++) {
            text[2] = ends[tail / 5];
            text[3] = ends[tail % 5];
            for (at = 1; at <= 4; at++) {
                if (text_valid((char *)text, at) &&
                    !utf8_valid((char *)text, at, NULL)) {
                    fail_msg("%02x %02x %02x %02x", text[0], text[1], text[2], text[3]);
                }
                if (!text_valid((char *)text, at) &&
                    utf8_valid((char *)text, at, NULL)) {
                    /* then it has a control character: a byte below 0x20, 0x7f, or C1
                     */
                    if (memchr(text, 0xc2, at) == NULL && memchr(text, 0, at) == NULL &&
                        memchr(text, 0x7f, at) == NULL && text[1] >= 0x20) {
                        fail_msg("%02x %02x %02x %02x", text[0], text[1], text[2],
                                 text[3]);
                    }
                }
            }
        }
    }
}

static void
check(char *(*function)(const char *), const char *text, const char *want)
{
    char *got = function(text);

    if (strcmp(got, want) != 0) {
        fail_msg("%s: got %s want %s", text, got, want);
    }
    mem_free(&got);
}

static void
decomposed_vietnamese_is_composed(void **state)
{
    (void)state;
    check(text_nfc, "Qua\xcc\x89ng Nga\xcc\x83i", "Quảng Ngãi");
    check(text_nfc, "To\xcc\x9b", "Tơ");
    check(text_nfc, "e\xcc\x82\xcc\xa3", "ệ"); /* marks in the other order */
    check(text_nfc, "e\xcc\xa3\xcc\x82", "ệ");
    check(text_nfc, "Quảng Ngãi", "Quảng Ngãi");
    check(text_nfc, "Đ", "Đ");
    check(text_nfc, "", "");
    check(text_nfc, "\xef\xac\x81",
          "\xef\xac\x81"); /* a ligature is not NFC's concern */
    check(text_nfc, "x\xe3", "x\xe3");
}

static void
names_fold_to_plain_letters(void **state)
{
    (void)state;
    check(text_fold, "Quảng Ngãi", "quang ngai");
    check(text_fold, "QUA\xcc\x89NG  NGA\xcc\x83I", "quang ngai");
    check(text_fold, "Đức Phổ", "duc pho");
    check(text_fold, "đ", "d");
    check(text_fold, "\xc3\x90\xc3\xb0", "dd"); /* Ð ð, typed for Đ đ */
    check(text_fold, "Phong Hoà", "phong hoa");
    check(text_fold, "Phong Hòa", "phong hoa");
    check(text_fold, "Trường Sa ươ ƯƠ", "truong sa uo uo");
    check(text_fold, " \t xã\xc2\xa0\n Ba   Tơ ", "xa ba to");
    check(text_fold, "UBND xã (3)", "ubnd xa (3)");
    check(text_fold, " \xc2\xa0 ", "");
    check(text_fold, "", "");
    check(text_fold, "x\xe3 A", "x\xe3 A");
}

static void
width_is_columns(void **state)
{
    static const struct {
        const char *text;
        size_t want;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"Quảng Ngãi", 10},
        {"Qua\xcc\x89ng Nga\xcc\x83i", 10},
        {"e\xcc\x82\xcc\xa3", 1},
        {"漢字", 4},
        {"\xef\xbc\xa1", 2}, /* a wide A */
        {"🚩", 2},
        {"\xe2\x80\x8b", 0}, /* zero-width space */
        {"a\nb", 2},
        {"x\xe3", 2},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (text_width(cases[i].text) != cases[i].want) {
            fail_msg("case %zu: got %zu want %zu", i, text_width(cases[i].text),
                     cases[i].want);
        }
    }
}

static void
only_the_first_letter_is_lowered(void **state)
{
    (void)state;
    check(text_lower_first, "Xã Ba Tơ", "xã Ba Tơ");
    check(text_lower_first, "Đặc khu Lý Sơn", "đặc khu Lý Sơn");
    check(text_lower_first, "xã", "xã");
    check(text_lower_first, "3 xã", "3 xã");
    check(text_lower_first, "Ủy ban", "ủy ban");
    check(text_lower_first, "\xe2\xb1\xa5", "\xe2\xb1\xa5");
    check(text_lower_first, "\xc8\xba",
          "\xe2\xb1\xa5"); /* grows from two bytes to three */
    check(text_lower_first, "", "");
    check(text_lower_first, "\xe3x", "\xe3x");
}

/* Eight bytes are looked at together: no place in them, no length is another. */
static void
every_byte_is_judged_at_every_place(void **state)
{
    char text[24];
    size_t bytes;
    size_t at;
    int byte;

    (void)state;
    for (bytes = 1; bytes <= sizeof text; bytes++) {
        for (at = 0; at < bytes; at++) {
            for (byte = 0; byte < 256; byte++) {
                bool want =
                    (byte >= ' ' && byte <= '~') || byte == '\t' || byte == '\n';

                memset(text, at % 2 == 0 ? ' ' : '~', sizeof text);
                text[at] = (char)byte;
                if (text_valid(text, bytes) != want) {
                    fail_msg("byte %d at %zu of %zu: got %d, want %d", byte, at, bytes,
                             !want, want);
                }
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_utf8_without_controls_is_valid),
        cmocka_unit_test(both_judges_of_utf8_agree),
        cmocka_unit_test(decomposed_vietnamese_is_composed),
        cmocka_unit_test(names_fold_to_plain_letters),
        cmocka_unit_test(width_is_columns),
        cmocka_unit_test(only_the_first_letter_is_lowered),
        cmocka_unit_test(every_byte_is_judged_at_every_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
