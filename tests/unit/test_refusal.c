#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/refusal.h"
#include "lib/text.h"

static const struct refusal_values all_values = {
    .field = "reports.figures.measure", /* without the brackets that are looked for */
    .value = "results_on_fire",
    .expected = "results_in_force",
    .day = "2023-06-01",
    .until = "2023-06-30",
    .unit = "21340@2025-07-01",
};

static void
fill(enum refusal_code code, const struct refusal_values *values, struct buf *vi,
     struct buf *en)
{
    buf_clear(vi);
    buf_clear(en);
    refusal_fill(code, values, vi, en);
    assert_false(vi->cut);
    assert_false(en->cut);
}

/* What every sentence must be, whatever the values. */
static void
check_sentence(enum refusal_code code, const char *text, const char *please,
               const char *please_first)
{
    const char *name = refusal_name(code);
    char *nfc = text_nfc(text);

    if (strlen(text) < 60 || text[strlen(text) - 1] != '.') {
        fail_msg("%s: no whole sentence: %s", name, text);
    }
    if (strpbrk(text, "{}[]!") != NULL) {
        fail_msg("%s: a placeholder or exclamation mark is left: %s", name, text);
    }
    if (!text_valid(text, strlen(text)) || strcmp(nfc, text) != 0) {
        fail_msg("%s: not NFC: %s", name, text);
    }
    if (strstr(text, please) == NULL && strstr(text, please_first) == NULL) {
        fail_msg("%s: names no remedy: %s", name, text);
    }
    if (strstr(text, "  ") != NULL || strstr(text, " .") != NULL ||
        strstr(text, " ,") != NULL || strstr(text, "()") != NULL) {
        fail_msg("%s: bad spacing: %s", name, text);
    }
    mem_free(&nfc);
}

static void
every_code_has_both_sentences(void **state)
{
    static const struct refusal_values none = {0};
    struct buf vi;
    struct buf en;
    int code;

    (void)state;
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    for (code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        fill((enum refusal_code)code, &all_values, &vi, &en);
        check_sentence((enum refusal_code)code, buf_str(&vi), "đề nghị", "Đề nghị");
        check_sentence((enum refusal_code)code, buf_str(&en), "please", "Please");
        if (strstr(buf_str(&vi), "không nêu") != NULL ||
            strstr(buf_str(&en), "not stated") != NULL) {
            fail_msg("%s: a value was given and not used", refusal_name(code));
        }
        fill((enum refusal_code)code, &none, &vi, &en);
        check_sentence((enum refusal_code)code, buf_str(&vi), "đề nghị", "Đề nghị");
        check_sentence((enum refusal_code)code, buf_str(&en), "please", "Please");
    }
    buf_fini(&vi);
    buf_fini(&en);
}

static void
names_are_stable_words_and_found_again(void **state)
{
    const char *name;
    int code;
    size_t i;

    (void)state;
    for (code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        name = refusal_name((enum refusal_code)code);
        assert_true(strlen(name) > 2 && strlen(name) < 32);
        for (i = 0; name[i] != '\0'; i++) {
            assert_true(islower((unsigned char)name[i]) || name[i] == '_');
        }
        assert_int_equal(refusal_parse(name), code); /* also: no name twice */
    }
    assert_string_equal(refusal_name(REFUSAL_NONE), "");
    assert_string_equal(refusal_name(REFUSAL_UNKNOWN_UNIT), "unknown_unit");
    assert_int_equal(refusal_parse("no_such_code"), REFUSAL_NONE);
    assert_int_equal(refusal_parse(""), REFUSAL_NONE);
}

static void
only_the_servers_own_troubles_are_tried_again(void **state)
{
    int code;

    (void)state;
    for (code = REFUSAL_NONE; code < REFUSAL_COUNT; code++) {
        assert_int_equal(refusal_retry((enum refusal_code)code),
                         code == REFUSAL_NOT_READY || code == REFUSAL_BUSY ||
                             code == REFUSAL_NO_PROGRAMME);
    }
}

static void
sentences_read_as_meant(void **state)
{
    struct buf vi;
    struct buf en;

    (void)state;
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    fill(REFUSAL_WINDOW_OPEN,
         &(struct refusal_values){
             .field = "reports[0].period", .value = "2026-08", .day = "2026-09-01"},
         &vi, &en);
    assert_string_equal(
        buf_str(&vi), "Kỳ báo cáo “2026-08” tại trường reports[0].period chưa kết thúc "
                      "nên chưa thể tiếp nhận số liệu. Đề nghị gửi lại từ ngày "
                      "01/9/2026.");
    assert_string_equal(
        buf_str(&en),
        "The period “2026-08” in reports[0].period has not ended, so its "
        "figures cannot be taken yet. Please send again from 2026-09-01.");
    fill(REFUSAL_REASON_NEEDED, &(struct refusal_values){.field = "reason"}, &vi, &en);
    assert_string_equal(
        buf_str(&vi), "Số liệu đính chính sau thời hạn, hoặc do cơ quan khác gửi thay "
                      "đơn vị, cần kèm lý do. Đề nghị ghi lý do tại trường reason và "
                      "gửi lại.");
    fill(REFUSAL_REASON_NEEDED,
         &(struct refusal_values){.field = "reason", .day = "2023-02-07"}, &vi, &en);
    assert_string_equal(
        buf_str(&vi),
        "Số liệu đính chính sau thời hạn, hoặc do cơ quan khác gửi thay đơn vị, cần "
        "kèm lý do (thời hạn gửi báo cáo: ngày 07/02/2023). Đề nghị ghi lý do tại "
        "trường reason và gửi lại.");
    fill(REFUSAL_UNKNOWN_UNIT, &(struct refusal_values){.value = "", .field = NULL},
         &vi, &en);
    assert_non_null(strstr(buf_str(&vi), "“(không nêu)”"));
    assert_non_null(strstr(buf_str(&en), "“(not stated)”"));
    buf_clear(&vi);
    refusal_fill(REFUSAL_NONE, &all_values, &vi, NULL);
    assert_string_equal(buf_str(&vi), "");
    buf_fini(&vi);
    buf_fini(&en);
}

static void
days_are_written_the_official_way(void **state)
{
    static const struct {
        const char *day;
        const char *want;
    } cases[] = {
        {"2026-07-05", "từ ngày 05/7/2026."},  {"2023-02-28", "từ ngày 28/02/2023."},
        {"2026-01-01", "từ ngày 01/01/2026."}, {"2026-12-14", "từ ngày 14/12/2026."},
        {"2026-10-09", "từ ngày 09/10/2026."}, {"2026-7-5", "từ ngày 2026-7-5."},
    };
    struct buf vi;
    size_t i;

    (void)state;
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&vi);
        refusal_fill(
            REFUSAL_WINDOW_OPEN,
            &(struct refusal_values){.value = "2023-06-17", .day = cases[i].day}, &vi,
            NULL);
        assert_non_null(strstr(buf_str(&vi), cases[i].want));
        assert_non_null(strstr(buf_str(&vi), "“2023-06-17”")); /* a code stays */
    }
    buf_fini(&vi);
}

/* The value comes from whoever sent it and ends on somebody's terminal. */
static void
hostile_values_are_tamed(void **state)
{
    static const struct {
        const char *value;
        const char *want;
    } cases[] = {
        {"a\x1b[2Jb", "“a?[2Jb”"},
        {"a\nb\tc\x7f", "“a?b?c?”"},
        {"x\xe3\x80", "“x??”"},
        {"\xc2\x85z", "“?z”"},
        {"\xe2\x80\xaeneoc", "“?neoc”"},
        {"\xe2\x81\xa6z", "“?z”"},
        {"{field} [x] %s", "“{field} [x] %s”"},
        {"xã Ba Tơ", "“xã Ba Tơ”"},
    };
    struct buf vi;
    struct buf en;
    size_t i;

    (void)state;
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fill(REFUSAL_UNKNOWN_UNIT, &(struct refusal_values){.value = cases[i].value},
             &vi, &en);
        if (strstr(buf_str(&vi), cases[i].want) == NULL ||
            strstr(buf_str(&en), cases[i].want) == NULL) {
            fail_msg("case %zu: got %s want %s", i, buf_str(&en), cases[i].want);
        }
    }
    buf_fini(&vi);
    buf_fini(&en);
}

static void
long_values_are_cut_between_characters(void **state)
{
    char huge[3001];
    const struct refusal_values values = {huge, huge, huge, huge, huge, huge};
    struct buf vi;
    struct buf en;
    size_t i;
    int code;

    (void)state;
    for (i = 0; i < 1000; i++) {
        memcpy(huge + 3 * i, "\xe1\xba\xa3", 3); /* ả */
    }
    huge[3000] = '\0';
    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    for (code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        fill((enum refusal_code)code, &values, &vi, &en); /* and nothing was cut */
        assert_true(text_valid(buf_str(&vi), vi.len));
        assert_true(text_valid(buf_str(&en), en.len));
    }
    buf_fini(&vi);
    buf_fini(&en);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_both_sentences),
        cmocka_unit_test(names_are_stable_words_and_found_again),
        cmocka_unit_test(only_the_servers_own_troubles_are_tried_again),
        cmocka_unit_test(sentences_read_as_meant),
        cmocka_unit_test(days_are_written_the_official_way),
        cmocka_unit_test(hostile_values_are_tamed),
        cmocka_unit_test(long_values_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
