// link: courier
/* A mail and a webhook's body as they are made, and what the answers to them mean. */
#include "courier/hook.h"
#include "courier/mail.h"
#include "courier/transfer_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/mem.h"

static const struct smtp smtp = {.host = "mail.tinh.example",
                                 .port = 587,
                                 .starttls = true,
                                 .user = "",
                                 .password = "",
                                 .from = "dondoc@tinh.example",
                                 .from_name = "Don Doc",
                                 .ca_file = ""};
static const char *const one_address[] = {"xa-b@tinh.example"};

static struct wire_alert
alert_of(const char *id, const char *code)
{
    return (struct wire_alert){.position = 3072,
                               .id = id,
                               .code = code,
                               .kind = "behind",
                               .reason = "new",
                               .unit = "21040",
                               .target = "7c",
                               .window = "2023-09",
                               .subject_vi = "Chậm tiến độ",
                               .subject_en = "Behind",
                               .text_vi = "Dòng một.\nDòng hai.",
                               .text_en = "First.\nSecond <b> & \"c\".",
                               .at_ms = 1696827600000};
}

static const char *
header(const struct mail *m, const char *name)
{
    size_t i;

    for (i = 0; i < m->header_count; i++) {
        const char *text = buf_str(&m->headers[i]);

        if (strncmp(text, name, strlen(name)) == 0 && text[strlen(name)] == ':') {
            return text + strlen(name) + 2;
        }
    }
    return NULL;
}

static void
words_of_a_header_are_whole_characters_in_short_lines(void **state)
{
    static const struct {
        size_t used;
        const char *text;
        const char *want;
    } cases[] = {
        {9, "Plain words", "Plain words"},
        /* base64 of C3 A1 is w6E= */
        {9, "á", "=?UTF-8?B?w6E=?="},
        /* What would mean something to a mail program is hidden, too. */
        {9, "a, b", "=?UTF-8?B?YSwgYg==?="},
        {9, "=?x", "=?UTF-8?B?PT94?="},
        /* 45 bytes fill a word: 22 characters of two bytes are 44, the next begins
         * a new one. */
        {1, "ááááááááááááááááááááááá",
         "=?UTF-8?B?w6HDocOhw6HDocOhw6HDocOhw6HDocOhw6HDocOhw6HDocOhw6HDocOhw6E=?=\r\n "
         "=?UTF-8?B?w6E=?="},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 4096);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        mail_words(&out, cases[i].used, cases[i].text);
        assert_string_equal(buf_str(&out), cases[i].want);
    }
    buf_fini(&out);
}

/* 5/1/2024 17:30 UTC is 6/1/2024 00:30 in Viet Nam, a Saturday. */
static void
a_date_is_that_of_viet_nam(void **state)
{
    static const struct {
        int64_t at_ms;
        const char *want;
    } cases[] = {
        {0, "Thu, 01 Jan 1970 07:00:00 +0700"},
        {1696827600000, "Mon, 09 Oct 2023 12:00:00 +0700"},
        {INT64_C(1704475800999), "Sat, 06 Jan 2024 00:30:00 +0700"},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 256);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        mail_date(&out, cases[i].at_ms);
        assert_string_equal(buf_str(&out), cases[i].want);
    }
    buf_fini(&out);
}

static void
a_message_id_is_an_atom_and_two_messages_never_share_one(void **state)
{
    static const struct {
        const char *code;
        const char *want;
    } cases[] = {
        {"QNG-2023-7c-21040", "<QNG-2023-7c-21040.2.head-1@tinh.example>"},
        {"PTO-2026-1-H44.07", "<PTO-2026-1-H44.07.2.head-1@tinh.example>"},
        {"A-21340@2025-07-01", "<A-21340=402025-07-01.2.head-1@tinh.example>"},
        {"A=40", "<A=3D40.2.head-1@tinh.example>"},
        {"A..B.", "<A.=2EB=2E.2.head-1@tinh.example>"},
        {"A\r\nBcc: x", "<A=0D=0ABcc=3A=20x.2.head-1@tinh.example>"},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 1024);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        mail_message_id(&out, cases[i].code, "2", "head-1", "dondoc@tinh.example");
        assert_string_equal(buf_str(&out), cases[i].want);
    }
    buf_fini(&out);
}

static void
a_mail_is_in_the_language_of_the_office_first(void **state)
{
    struct wire_alert a = alert_of("A-1/2", "A-1");
    struct mail_to to = {"head-1", "Chair", "vi", one_address, 1};
    struct mail m;

    (void)state;
    mail_make(&m, &a, &to, &smtp, 0);
    assert_string_equal(buf_str(&m.text),
                        "Chậm tiến độ\r\n\r\nDòng một.\r\nDòng hai.\r\n"
                        "\r\n----------\r\n\r\n"
                        "Behind\r\n\r\nFirst.\r\nSecond <b> & "
                        "\"c\".\r\n");
    assert_non_null(strstr(buf_str(&m.html), "<p>Second &lt;b&gt; &amp; "
                                             "&quot;c&quot;.</p>"));
    assert_string_equal(header(&m, "To"), "Chair\r\n <xa-b@tinh.example>");
    assert_string_equal(header(&m, "From"), "Don Doc\r\n <dondoc@tinh.example>");
    assert_string_equal(header(&m, "In-Reply-To"), "<A-1.1.head-1@tinh.example>");
    assert_string_equal(header(&m, "Auto-Submitted"), "auto-generated");
    mail_fini(&m);
    to.language = "en";
    a = alert_of("A-1/1", "A-1");
    mail_make(&m, &a, &to, &smtp, 0);
    assert_string_equal(header(&m, "Subject"), "Behind");
    assert_true(strncmp(buf_str(&m.text), "Behind\r\n", 8) == 0);
    assert_null(header(&m, "In-Reply-To")); /* the first of its thread */
    mail_fini(&m);
}

static void
a_simulation_says_so_once(void **state)
{
    struct wire_alert a = alert_of("A-1/1", "A-1");
    const struct mail_to to = {"head-1", "", "en", one_address, 1};
    struct mail m;

    (void)state;
    a.simulated = true;
    mail_make(&m, &a, &to, &smtp, 0);
    /* The mark has brackets, so it is encoded: base64 of "[SIMULATED] Behind". */
    assert_string_equal(header(&m, "Subject"), "=?UTF-8?B?W1NJTVVMQVRFRF0gQmVoaW5k?=");
    assert_non_null(strstr(buf_str(&m.text), "[MÔ PHỎNG] Chậm tiến độ\r\n"));
    mail_fini(&m);
    a.subject_en = "[SIMULATED] Behind";
    mail_make(&m, &a, &to, &smtp, 0);
    assert_string_equal(header(&m, "Subject"), "=?UTF-8?B?W1NJTVVMQVRFRF0gQmVoaW5k?=");
    mail_fini(&m);
}

/* "Xã" in two code points more comes out in normal form; a line end in a subject does
 * not begin a header. */
static void
words_are_in_normal_form_and_stay_on_their_line(void **state)
{
    struct wire_alert a = alert_of("A-1/1", "A-1");
    const struct mail_to to = {"head-1", "Cha\r\nBcc: x", "vi", one_address, 1};
    struct mail m;

    (void)state;
    a.subject_vi = "Xa\xCC\x83\nBcc: y";
    a.text_vi = "Xa\xCC\x83";
    mail_make(&m, &a, &to, &smtp, 0);
    assert_null(strstr(header(&m, "Subject"), "\n"));
    assert_non_null(strstr(buf_str(&m.text), "X\xC3\xA3 Bcc: y\r\n\r\nX\xC3\xA3\r\n"));
    assert_null(strstr(header(&m, "To"), "Bcc"));
    mail_fini(&m);
}

static void
a_webhook_gets_machine_fields_and_both_texts(void **state)
{
    struct wire_alert a = alert_of("A-1/2", "A-1");
    const struct json_node *root;
    struct json *json = NULL;
    struct buf body;
    char why[200];
    int line = 0;

    (void)state;
    buf_init(&body, 65536);
    hook_body(&body, &a, "quang-ngai", "head-1");
    assert_int_equal(
        json_parse(buf_str(&body), body.len, &json, &line, why, sizeof why), ST_OK);
    root = json_root(json);
    assert_int_equal(root->count, 21);
    assert_int_equal(json_get(root, "rows")->count, 0);
    assert_int_equal(json_get(root, "rung")->integer, 0);
    assert_false(json_get(root, "urgent")->truth);
    assert_string_equal(json_get(root, "id")->text, "A-1/2");
    assert_string_equal(json_get(root, "office")->text, "head-1");
    assert_string_equal(json_get(root, "province")->text, "quang-ngai");
    assert_string_equal(json_get(root, "at")->text, "2023-10-09T12:00:00+07:00");
    assert_int_equal(json_get(root, "at_ms")->integer, 1696827600000);
    assert_false(json_get(root, "simulated")->truth);
    assert_string_equal(json_get(root, "text_vi")->text, "Dòng một.\nDòng hai.");
    json_free(&json);
    buf_fini(&body);
}

/* Whoever named a unit that way gets no markup, no header and no member into it. */
static const struct wire_row bad_rows[] = {
    {.code = "A-1",
     .kind = "behind",
     .reason = "new",
     .unit = "1",
     .target = "7c",
     .unit_vi = "</td><script>alert(1)</script>",
     .unit_en = "B\r\nBcc: x",
     .about_vi = "a & \"b\"",
     .about_en = "about",
     .figure_vi = "50,01%",
     .figure_en = "50.01%",
     .since_vi = "",
     .since_en = ""},
    {.code = "A-2", .unit_vi = "Xã C", .unit_en = "C", .acknowledged = true},
};

static void
a_table_has_its_rows_escaped_in_the_place_of_the_indented_lines(void **state)
{
    struct wire_alert a = alert_of("D-1/1", "D-1");
    const struct mail_to to = {"head-1", "Chair", "vi", one_address, 1};
    const char *html;
    struct mail m;

    (void)state;
    a.kind = "digest";
    a.text_vi = "Trước.\n  STT  Đơn vị\n    1  Xã C\nSau.\n";
    a.text_en = "No table in the text.\n";
    a.rows = bad_rows;
    a.row_count = 2;
    mail_make(&m, &a, &to, &smtp, 0);
    html = buf_str(&m.html);
    assert_non_null(strstr(html, "<p>Trước.</p>\r\n<table "));
    assert_non_null(strstr(html, "</table>\r\n<p>Sau.</p>\r\n</div>"));
    assert_non_null(strstr(html, "<p>No table in the text.</p>\r\n<table "));
    assert_non_null(strstr(html, "<td valign=\"top\">&lt;/td&gt;&lt;script&gt;alert(1)"
                                 "&lt;/script&gt;</td><td valign=\"top\">a &amp; "
                                 "&quot;b&quot;</td>"));
    assert_null(strstr(html, "<script>"));
    assert_null(strstr(html, "STT"));
    assert_null(strstr(html, "Từ ngày")); /* nobody has one */
    assert_non_null(strstr(html, ">B  Bcc: x</td>"));
    assert_non_null(strstr(buf_str(&m.text), "  STT  Đơn vị\r\n    1  Xã C\r\n"));
    assert_null(header(&m, "In-Reply-To")); /* a digest begins its own thread */
    assert_null(header(&m, "Bcc"));
    mail_fini(&m);
}

static void
no_text_of_a_mail_is_markup(void **state)
{
    static const struct {
        const char *text;
        const char *want;  /* stands in the HTML */
        const char * not ; /* does not */
    } cases[] = {
        {"<script>x</script>", "&lt;script&gt;x&lt;/script&gt;", "<script"},
        {"</p><img src=x onerror=y>", "&lt;/p&gt;&lt;img src=x onerror=y&gt;", "<img"},
        {"a\" onload=\"b", "a&quot; onload=&quot;b", "a\" onload"},
        {"&lt;b&gt;", "&amp;lt;b&amp;gt;", "<b>"},
        {"a\033[31mb", "a [31mb", "\033"},
        {"a\007b", "a b", "\007"},
        {"<!--", "&lt;!--", "<!--"},
        {"</title><meta http-equiv=refresh>", "&lt;/title&gt;&lt;meta http-equiv",
         "<meta "
         "http-equiv"},
    };
    const struct mail_to to = {"head-1", "Chair", "vi", one_address, 1};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire_alert a = alert_of("A-1/1", "A-1");
        struct mail m;

        a.subject_vi = cases[i].text;
        a.subject_en = cases[i].text;
        a.text_vi = cases[i].text;
        a.text_en = cases[i].text;
        mail_make(&m, &a, &to, &smtp, 0);
        if (strstr(buf_str(&m.html), cases[i].want) == NULL ||
            strstr(buf_str(&m.html), cases[i].not ) != NULL) {
            fail_msg("%s: got %s", cases[i].text, buf_str(&m.html));
        }
        mail_fini(&m);
    }
}

static void
a_webhook_gets_the_rows(void **state)
{
    struct wire_alert a = alert_of("D-1/1", "D-1");
    const struct json_node *list;
    struct json *json = NULL;
    struct buf body;
    char why[200];
    int line = 0;

    (void)state;
    a.rows = bad_rows;
    a.row_count = 2;
    a.rung = 2;
    buf_init(&body, 65536);
    hook_body(&body, &a, "quang-ngai", "head-1");
    assert_int_equal(
        json_parse(buf_str(&body), body.len, &json, &line, why, sizeof why), ST_OK);
    assert_int_equal(json_get(json_root(json), "rung")->integer, 2);
    list = json_get(json_root(json), "rows");
    assert_int_equal(list->count, 2);
    assert_int_equal(list->items[0]->count, 14);
    assert_string_equal(json_get(list->items[0], "code")->text, "A-1");
    assert_string_equal(json_get(list->items[0], "unit_en")->text, "B\r\nBcc: x");
    assert_false(json_get(list->items[0], "acknowledged")->truth);
    assert_true(json_get(list->items[1], "acknowledged")->truth);
    json_free(&json);
    buf_fini(&body);
}

/* RFC 4231, test case 2. */
static void
the_signature_is_hmac_sha_256(void **state)
{
    static const char text[] = "what do ya want for nothing?";
    char out[HOOK_SIGNATURE_BYTES];

    (void)state;
    hook_signature("Jefe", text, strlen(text), out);
    assert_string_equal(out,
                        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec5"
                        "8b964ec3843");
}

static void
an_answer_of_a_webhook_means_what_http_says(void **state)
{
    static const struct {
        long code;
        const char *error;
        bool handed_over;
        bool permanent;
    } cases[] = {
        {200, NULL, true, false},     {204, NULL, true, false},
        {301, NULL, false, false},    {400, NULL, false, true},
        {401, NULL, false, true},     {404, NULL, false, true},
        {408, NULL, false, false},    {410, NULL, false, true},
        {425, NULL, false, false},    {429, NULL, false, false},
        {500, NULL, false, false},    {503, NULL, false, false},
        {0, "Timeout", false, false}, {200, "cut", false, false},
    };
    struct handover out;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        post_judge(cases[i].code, cases[i].error, &out);
        if (out.handed_over != cases[i].handed_over ||
            out.permanent != cases[i].permanent ||
            (out.why[0] == '\0') != out.handed_over) {
            fail_msg("%ld %s: got %d %d \"%s\"", cases[i].code,
                     cases[i].error == NULL ? "" : cases[i].error, out.handed_over,
                     out.permanent, out.why);
        }
    }
}

/* A dialogue is written as it goes over the line: C what we say, S what comes. */
static void
an_answer_of_a_mail_server_means_what_smtp_says_at_that_point(void **state)
{
    static const struct {
        const char *lines[10];
        const char *error;
        bool handed_over;
        bool permanent;
        unsigned refused;
        const char *why;
    } cases[] = {
        {{"S220 hi", "CMAIL FROM", "S250 ok", "CRCPT TO", "S250 ok", "CDATA", "S354 go",
          "S250 ok"},
         NULL,
         true,
         false,
         0,
         ""},
        {{"S220 hi", "CMAIL FROM", "S250 ok", "CRCPT TO", "S550 no", "CRCPT TO",
          "S250 ok", "CDATA", "S354 go", "S250 ok"},
         NULL,
         true,
         false,
         1,
         ""},
        {{"S220 hi", "CMAIL FROM", "S250 ok", "CRCPT TO", "S550 no", "CQUIT",
          "S221 bye"},
         "x",
         false,
         true,
         0,
         "mail server answered 550 (recipient)"},
        {{"CRCPT TO", "S550-first line", "S550 no", "CRCPT TO", "S450 later"},
         "x",
         false,
         false,
         0,
         "mail server answered 450 (recipient)"},
        {{"CRCPT TO", "S450 later", "CRCPT TO", "S550 no"},
         "x",
         false,
         false,
         0,
         "mail server answered 550 (recipient)"},
        {{"CRCPT TO", "S250 ok", "CDATA", "S554 spam"},
         "x",
         false,
         true,
         0,
         "mail server answered 554 (message)"},
        {{"CRCPT TO", "S250 ok", "CDATA", "S354 go", "S452 full"},
         "x",
         false,
         false,
         0,
         "mail server answered 452 (message)"},
        {{"CRCPT TO", "S250 ok", "CDATA", "S354 go"},
         "cut",
         false,
         false,
         0,
         "cut (message)"},
        {{"S554 not you"},
         "x",
         false,
         false,
         0,
         "mail server answered 554 (before a recipient)"},
        {{"S220 hi", "CAUTH PLAIN", "S535 no"},
         "x",
         false,
         false,
         0,
         "mail server answered 535 (before a recipient)"},
        {{NULL}, "refused", false, false, 0, "refused (before a recipient)"},
    };
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dialogue d = {0};
        struct handover out;

        for (k = 0; k < 10 && cases[i].lines[k] != NULL; k++) {
            const char *line = cases[i].lines[k];

            if (line[0] == 'C') {
                dialogue_said(&d, line + 1, strlen(line + 1));
            } else {
                dialogue_heard(&d, line + 1, strlen(line + 1));
            }
        }
        mail_judge(&d, cases[i].error, &out);
        if (out.handed_over != cases[i].handed_over ||
            out.permanent != cases[i].permanent || out.refused != cases[i].refused ||
            strcmp(out.why, cases[i].why) != 0) {
            fail_msg("case %zu: got %d %d %u \"%s\"", i, out.handed_over, out.permanent,
                     out.refused, out.why);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_a_header_are_whole_characters_in_short_lines),
        cmocka_unit_test(a_date_is_that_of_viet_nam),
        cmocka_unit_test(a_message_id_is_an_atom_and_two_messages_never_share_one),
        cmocka_unit_test(a_mail_is_in_the_language_of_the_office_first),
        cmocka_unit_test(a_simulation_says_so_once),
        cmocka_unit_test(words_are_in_normal_form_and_stay_on_their_line),
        cmocka_unit_test(a_webhook_gets_machine_fields_and_both_texts),
        cmocka_unit_test(
            a_table_has_its_rows_escaped_in_the_place_of_the_indented_lines),
        cmocka_unit_test(no_text_of_a_mail_is_markup),
        cmocka_unit_test(a_webhook_gets_the_rows),
        cmocka_unit_test(the_signature_is_hmac_sha_256),
        cmocka_unit_test(an_answer_of_a_webhook_means_what_http_says),
        cmocka_unit_test(an_answer_of_a_mail_server_means_what_smtp_says_at_that_point),
    };

    crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
