/*
 * A province's own wording: what phrases.yaml may say, what it may not and how that is
 * said; and programmes/phrases-built-in.yaml, which holds all of ours to copy from.
 * `make golden-words` writes it anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/buf.h"
#include "lib/phrase.h"
#include "lib/programme.h"
#include "tests/support/specimen_programme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define FILE_BYTES (256u * 1024u)

/* --- one text --- */

/* Ours: "Cảnh báo mã {code} được đóng." and, of SUBJECT,
 * "<[{SIMULATED}] >[{tag}] {title}: {subject}<, {period}>". */
static const struct {
    const char *name;
    enum phrase phrase;
    const char *text;
    enum phrase_fault fault;
    size_t at;
    const char *slot;
} CHECKS[] = {
    {"other words", PHRASE_CLOSED, "Kết thúc cảnh báo {code}.", OWN_GOOD, 0, ""},
    {"twice", PHRASE_CLOSED, "{code}: {code}", OWN_GOOD, 0, ""},
    {"a part that may be missing", PHRASE_CLOSED, "{code}<, {period}>", OWN_GOOD, 0,
     ""},
    {"the value gone", PHRASE_CLOSED, "Kết thúc.", OWN_LACKS, 0, "code"},
    {"the value where it may be left out", PHRASE_CLOSED, "Hết< {code}>.", OWN_LACKS, 0,
     "code"},
    {"a value that may be missing", PHRASE_CLOSED, "{code}, {period}", OWN_LOOSE, 8,
     "period"},
    {"no such value", PHRASE_CLOSED, "{code} {perod}", OWN_UNKNOWN, 7, "perod"},
    {"a value in capitals", PHRASE_CLOSED, "{CODE}", OWN_UNKNOWN, 0, "CODE"},
    {"blanks within", PHRASE_CLOSED, "{ code }", OWN_UNKNOWN, 0, " code "},
    {"open brace", PHRASE_CLOSED, "{code} {", OWN_BRACE, 7, ""},
    {"closed brace", PHRASE_CLOSED, "{code}}", OWN_BRACE, 6, ""},
    {"brace in a brace", PHRASE_CLOSED, "{co{de}}", OWN_BRACE, 0, ""},
    {"nothing in the braces", PHRASE_CLOSED, "{code}{}", OWN_BRACE, 6, ""},
    {"part cut by a brace", PHRASE_CLOSED, "{code}<{per>iod}", OWN_BRACE, 7, ""},
    {"open part", PHRASE_CLOSED, "{code} <, {period}", OWN_ANGLE, 7, ""},
    {"closed part", PHRASE_CLOSED, "{code} > 5", OWN_ANGLE, 7, ""},
    {"part in a part", PHRASE_CLOSED, "{code}<a<b>>", OWN_ANGLE, 8, ""},
    {"line end", PHRASE_CLOSED, "{code}\n", OWN_CONTROL, 6, ""},
    {"tab", PHRASE_CLOSED, "\t{code}", OWN_CONTROL, 0, ""},
    {"delete", PHRASE_CLOSED, "{code}\x7f", OWN_CONTROL, 6, ""},
    {"the mark kept", PHRASE_SUBJECT, "<{SIMULATED}: >{tag}, {title}, {subject}",
     OWN_GOOD, 0, ""},
    {"the mark of a simulation gone", PHRASE_SUBJECT, "{tag}, {title}, {subject}",
     OWN_LACKS, 0, "SIMULATED"},
    {"no value, none needed", PHRASE_TAG_BEHIND, "Chậm so với tiến độ", OWN_GOOD, 0,
     ""},
};

static void
an_own_text_is_taken_or_refused_with_its_place(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(CHECKS); i++) {
        char name[SLOT_NAME_BYTES];
        size_t at;

        print_message("%s\n", CHECKS[i].name);
        assert_int_equal(
            phrase_check(CHECKS[i].phrase, LANGUAGE_VI, CHECKS[i].text, &at, name),
            CHECKS[i].fault);
        assert_int_equal(at, CHECKS[i].at);
        assert_string_equal(name, CHECKS[i].slot);
    }
}

static void
two_thousand_bytes_are_the_most(void **state)
{
    char text[PHRASE_OWN_BYTES_MAX + 2];
    char name[SLOT_NAME_BYTES];
    size_t at;

    (void)state;
    memset(text, 'a', sizeof text);
    text[PHRASE_OWN_BYTES_MAX] = '\0';
    assert_int_equal(phrase_check(PHRASE_TAG_BEHIND, LANGUAGE_EN, text, &at, name),
                     OWN_GOOD);
    text[PHRASE_OWN_BYTES_MAX] = 'a';
    text[PHRASE_OWN_BYTES_MAX + 1] = '\0';
    assert_int_equal(phrase_check(PHRASE_TAG_BEHIND, LANGUAGE_EN, text, &at, name),
                     OWN_LONG);
}

/* Ours keep the rules that a province's have to keep. */
static void
ours_are_taken_too(void **state)
{
    int p;
    int language;

    (void)state;
    for (p = 0; p < PHRASE_COUNT; p++) {
        for (language = 0; language < LANGUAGE_COUNT; language++) {
            char name[SLOT_NAME_BYTES];
            size_t at;

            assert_int_equal(
                phrase_check((enum phrase)p, (enum language)language,
                             phrase_template((enum phrase)p, (enum language)language),
                             &at, name),
                OWN_GOOD);
        }
    }
}

static void
an_own_text_takes_the_place_of_ours(void **state)
{
    const char *own[PHRASE_PLACES] = {NULL};
    struct values v = {.language = LANGUAGE_VI, .own = own};
    struct buf out;

    (void)state;
    own[PHRASE_PLACE(PHRASE_CLOSED, LANGUAGE_VI)] = "Hết {code}<, kỳ {period}>.";
    v.text[SLOT_code] = "QNG-1";
    buf_init(&out, 200);
    phrase_add(PHRASE_CLOSED, &v, &out);
    assert_string_equal(buf_str(&out), "Hết QNG-1.");
    buf_clear(&out);
    v.text[SLOT_period] = "quý III/2023";
    phrase_add(PHRASE_CLOSED, &v, &out);
    assert_string_equal(buf_str(&out), "Hết QNG-1, kỳ quý III/2023.");
    buf_clear(&out);
    v.language = LANGUAGE_EN; /* not among its own */
    phrase_add(PHRASE_CLOSED, &v, &out);
    assert_string_equal(buf_str(&out), "The alert QNG-1 is closed.");
    buf_fini(&out);
}

/* A template as its reader sees it, letter by letter. */
static void
read_slowly(const char *at, const struct values *v, struct buf *out)
{
    for (; *at != '\0'; at++) {
        const char *end = at + strcspn(at, *at == '<' ? ">" : "}");
        bool filled = true;
        int slot;

        if (*at == '<' || *at == '{') {
            for (slot = 0; slot < SLOT_COUNT; slot++) {
                char name[SLOT_NAME_BYTES];
                const char *place;

                (void)snprintf(name, sizeof name, "{%s}", slot_name((enum slot)slot));
                place = strstr(at, name);
                if (place == at) {
                    buf_text(out, v->text[slot] == NULL ? "" : v->text[slot]);
                }
                if (place != NULL && place < end &&
                    (v->text[slot] == NULL || v->text[slot][0] == '\0')) {
                    filled = false;
                }
            }
        } else if (*at != '>') {
            buf_char(out, *at);
        }
        at = *at == '{' || (*at == '<' && !filled) ? end : at;
    }
}

/* Ours, and the same text as a province's own; whatever is missing. Seen to fail with a
 * part that is left out up to its last value only. */
static void
a_sentence_is_what_its_template_says(void **state)
{
    const char *own[PHRASE_PLACES] = {NULL};
    const char *const texts[] = {NULL, "", "ă", "12.345"};
    unsigned chance = 20250630;
    struct values v = {0};
    struct buf got;
    struct buf want;
    size_t i;
    int slot;

    (void)state;
    buf_init(&got, 8192);
    buf_init(&want, 8192);
    for (i = 0; i < PHRASE_PLACES * 8; i++) {
        enum phrase p = (enum phrase)(i / 2 % PHRASE_COUNT);

        v.language = (enum language)(i % 2);
        for (slot = 0; slot < SLOT_COUNT; slot++) {
            chance = chance * 1103515245u + 12345u;
            v.text[slot] = texts[(chance >> 16) % 4 | (i < PHRASE_PLACES ? 2 : 0)];
        }
        buf_clear(&want);
        read_slowly(phrase_template(p, v.language), &v, &want);
        v.own = NULL;
        buf_clear(&got);
        phrase_add(p, &v, &got);
        assert_string_equal(buf_str(&got), buf_str(&want));
        own[PHRASE_PLACE(p, v.language)] = phrase_template(p, v.language);
        v.own = own;
        buf_clear(&got);
        phrase_add(p, &v, &got);
        assert_string_equal(buf_str(&got), buf_str(&want));
    }
    buf_fini(&got);
    buf_fini(&want);
}

static void
a_sentence_that_is_too_long_is_cut(void **state)
{
    struct values v = {.language = LANGUAGE_EN};
    struct buf out;

    (void)state;
    v.text[SLOT_code] = "QNG-1";
    buf_init(&out, 17);
    buf_text(&out, "> ");
    phrase_add(PHRASE_CLOSED, &v, &out);
    assert_true(out.cut);
    assert_string_equal(buf_str(&out), "> The alert QNG-1");
    buf_fini(&out);
}

/* --- the file --- */

static enum status
load_with(const char *text, struct catalogue **c, struct findings *found)
{
    struct catalogue_file files[SPECIMEN_FILES + 1];

    memcpy(files, SPECIMEN, sizeof SPECIMEN);
    files[SPECIMEN_FILES] =
        (struct catalogue_file){"phrases.yaml", text, text == NULL ? 0 : strlen(text)};
    return catalogue_load(files, SPECIMEN_FILES + (text == NULL ? 0 : 1), c, found);
}

static const char *
own_of(const struct catalogue *c, enum phrase p, enum language language)
{
    return c->phrases[PHRASE_PLACE(p, language)];
}

static void
a_programme_brings_its_words_or_leaves_ours(void **state)
{
    struct findings found = {0};
    struct catalogue *c = NULL;

    (void)state;
    assert_int_equal(load_with(NULL, &c, &found), ST_OK);
    assert_null(c->phrases);
    catalogue_free(&c);
    assert_int_equal(load_with("phrases:\n"
                               "  TAG_BEHIND: {vi: \"Chậm so với tiến độ\"}\n"
                               "  CLOSED:\n"
                               "    vi: >-\n"
                               "      Cảnh báo {code}\n"
                               "      kết thúc.\n"
                               "    en: \"{code} has ended.\"\n",
                               &c, &found),
                     ST_OK);
    assert_string_equal(own_of(c, PHRASE_TAG_BEHIND, LANGUAGE_VI),
                        "Chậm so với tiến độ");
    assert_null(own_of(c, PHRASE_TAG_BEHIND, LANGUAGE_EN));
    assert_string_equal(own_of(c, PHRASE_CLOSED, LANGUAGE_VI),
                        "Cảnh báo {code} kết thúc.");
    assert_string_equal(own_of(c, PHRASE_CLOSED, LANGUAGE_EN), "{code} has ended.");
    assert_null(own_of(c, PHRASE_TO, LANGUAGE_VI));
    catalogue_free(&c);
    findings_fini(&found);
}

/* Packed, the words go with the programme and are part of its digest. */
static void
the_words_travel_in_the_bundle(void **state)
{
    static const char text[] = "phrases:\n  TAG_BEHIND: {vi: \"Chậm\"}\n";
    struct catalogue_file files[SPECIMEN_FILES + 1];
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct catalogue *without = NULL;
    struct buf bundle;

    (void)state;
    buf_init(&bundle, 1u << 20);
    memcpy(files, SPECIMEN, sizeof SPECIMEN);
    programme_pack(files, SPECIMEN_FILES, &bundle);
    assert_int_equal(programme_load(bundle.data, bundle.len, &without, &found), ST_OK);
    assert_null(without->phrases);
    buf_clear(&bundle);
    files[SPECIMEN_FILES] =
        (struct catalogue_file){"phrases.yaml", text, sizeof text - 1};
    programme_pack(files, SPECIMEN_FILES + 1, &bundle);
    assert_int_equal(programme_load(bundle.data, bundle.len, &c, &found), ST_OK);
    assert_string_equal(own_of(c, PHRASE_TAG_BEHIND, LANGUAGE_VI), "Chậm");
    assert_string_not_equal(c->digest, without->digest);
    catalogue_free(&c);
    catalogue_free(&without);
    findings_fini(&found);
    buf_fini(&bundle);
}

static const struct {
    const char *text;
    int line;
    int column;
    const char *says;
    const char *says_vi;
} REFUSALS[] = {
    {"phrases:\n  TAG_BEHINT: {vi: \"x\"}\n", 2, 3,
     "\"TAG_BEHINT\" is no phrase; near to it: TAG_BEHIND", "gần giống: TAG_BEHIND"},
    {"phrases:\n  tag: {vi: \"x\"}\n", 2, 3, "\"tag\" is no phrase; take it out",
     "bỏ mục này"},
    {"phrases:\n  CLOSED: {vi: \"Hết {cod}.\"}\n", 2, 16,
     "CLOSED: {cod} is no value; near to it: code. Our own text names: {code}",
     "gần giống: code. Mẫu câu gốc dùng: {code}"},
    {"phrases:\n  CLOSED: {en: \"Over.\"}\n", 2, 16, "CLOSED: {code} is missing",
     "CLOSED: thiếu {code}"},
    {"phrases:\n  CLOSED: {en: \"{code} {period}\"}\n", 2, 16,
     "{period} may have no value here; put it and the words about it between < and >",
     "đặt nó cùng các từ liên quan trong < >"},
    {"phrases:\n  CLOSED: {vi: \"{code} {\"}\n", 2, 16, "braces do not fit at byte 8",
     "ngoặc { } không khớp ở byte 8"},
    {"phrases:\n  CLOSED: {vi: \"{code} >\"}\n", 2, 16, "< and > do not fit at byte 8",
     "dấu < > không khớp ở byte 8"},
    {"phrases:\n  CLOSED: {vi: \"{code}\\n\"}\n", 2, 16, "a line end or another",
     "ký tự xuống dòng"},
    {"phrases:\n  CLOSED: {vi: \"\"}\n", 2, 16, "\"vi\" is empty", "\"vi\" để trống"},
    {"phrases:\n  CLOSED: {fr: \"{code}\"}\n", 2, 12, "unknown key \"fr\"",
     "không có khóa \"fr\""},
    {"phrases:\n  CLOSED: \"{code}\"\n", 2, 11, "keys with values are expected",
     "phải là các khóa"},
    {"phrases: []\n", 1, 10, "\"phrases\" holds lines like TAG_BEHIND",
     "\"phrases\" gồm các dòng"},
    {"phrase:\n  CLOSED: {vi: \"{code}\"}\n", 1, 1, "did you mean \"phrases\"?",
     "có phải \"phrases\" không?"},
    {"phrases:\n  CLOSED: {vi: \"{code}\"}\n  CLOSED: {vi: \"{code}\"}\n", 3, 3,
     "cannot be read as YAML", "không đọc được dạng YAML"},
};

static void
what_could_leave_a_hole_is_refused_with_its_line(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(REFUSALS); i++) {
        struct findings found = {0};
        struct catalogue *c = NULL;

        print_message("%s", REFUSALS[i].text);
        assert_int_equal(load_with(REFUSALS[i].text, &c, &found), ST_BAD);
        assert_null(c);
        print_message("  %d:%d %s\n", found.items[0].line, found.items[0].column,
                      found.items[0].text);
        assert_int_equal(found.errors, 1);
        assert_string_equal(found.items[0].file, "phrases.yaml");
        assert_int_equal(found.items[0].line, REFUSALS[i].line);
        assert_int_equal(found.items[0].column, REFUSALS[i].column);
        assert_non_null(strstr(found.items[0].text, REFUSALS[i].says));
        assert_non_null(strstr(found.items[0].text_vi, REFUSALS[i].says_vi));
        findings_fini(&found);
    }
}

/* The longest that the check can say of any phrase still names the whole remedy. */
static void
what_a_phrase_may_name_fits_the_message(void **state)
{
    int p;
    int language;

    (void)state;
    for (p = 0; p < PHRASE_COUNT; p++) {
        for (language = 0; language < LANGUAGE_COUNT; language++) {
            struct buf out;

            buf_init(&out, 400);
            phrase_slots((enum phrase)p, (enum language)language, &out);
            if (out.len >= 200) {
                fail_msg("%s: %s", phrase_name((enum phrase)p), buf_str(&out));
            }
            buf_fini(&out);
        }
    }
}

/* --- all of ours, to copy from --- */

static void
quoted(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            buf_char(out, '\\');
        }
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

static void
document_make(struct buf *out)
{
    int p;

    buf_text(
        out,
        "# Every phrase that a leader can read, as it is built in. A province that "
        "wants other words\n"
        "# copies the lines it changes into its programme's phrases.yaml "
        "(README.md here).\n"
        "# {name} stands for a value; what stands between < and > is left out when "
        "a value in it is missing.\n"
        "phrases:\n");
    for (p = 0; p < PHRASE_COUNT; p++) {
        buf_format(out, "  %s:\n    vi: ", phrase_name((enum phrase)p));
        quoted(out, phrase_template((enum phrase)p, LANGUAGE_VI));
        buf_text(out, "\n    en: ");
        quoted(out, phrase_template((enum phrase)p, LANGUAGE_EN));
        buf_char(out, '\n');
    }
}

static void
the_document_has_all_of_ours_and_is_taken(void **state)
{
    static char stands[FILE_BYTES];
    const char *root = getenv("DONDOC_ROOT");
    const char *asked = getenv("DONDOC_GOLDEN_WRITE");
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct buf text;
    char path[512];
    FILE *file;

    (void)state;
    buf_init(&text, FILE_BYTES);
    document_make(&text);
    assert_false(text.cut);
    (void)snprintf(path, sizeof path, "%s/programmes/phrases-built-in.yaml",
                   root == NULL ? "." : root);
    if (asked != NULL && strcmp(asked, "1") == 0) {
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(buf_str(&text), 1, text.len, file), text.len);
        assert_int_equal(fclose(file), 0);
    }
    file = fopen(path, "rb");
    assert_non_null(file);
    stands[fread(stands, 1, sizeof stands - 1, file)] = '\0';
    (void)fclose(file);
    if (strcmp(stands, buf_str(&text)) != 0) {
        fail_msg("%s is not what lib/phrases.def holds: make golden-words", path);
    }
    assert_int_equal(load_with(stands, &c, &found), ST_OK);
    catalogue_free(&c);
    findings_fini(&found);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_own_text_is_taken_or_refused_with_its_place),
        cmocka_unit_test(two_thousand_bytes_are_the_most),
        cmocka_unit_test(ours_are_taken_too),
        cmocka_unit_test(an_own_text_takes_the_place_of_ours),
        cmocka_unit_test(a_sentence_is_what_its_template_says),
        cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
        cmocka_unit_test(a_programme_brings_its_words_or_leaves_ours),
        cmocka_unit_test(the_words_travel_in_the_bundle),
        cmocka_unit_test(what_could_leave_a_hole_is_refused_with_its_line),
        cmocka_unit_test(what_a_phrase_may_name_fits_the_message),
        cmocka_unit_test(the_document_has_all_of_ours_and_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
