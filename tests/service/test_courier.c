/*
 * dondoc-courier as a real process between a real notifier and real servers for mail
 * and HTTP: what goes out, in which order, what comes of servers that refuse, stall and
 * cut, and that nothing gets lost.
 */
#include "tests/support/courier_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/child.h"

#define MAIL_B "  head-21040: {mail: xa-b@tinh.example}\n"
#define MAIL_C "  head-21043: {mail: xa-c@tinh.example}\n"
#define WEB_B                                                                          \
    "  head-21040: {webhook: {url: \"http://127.0.0.1:$W/b\", secret-file: "           \
    "$D/secret}}\n"
#define WEB_C                                                                          \
    "  head-21043: {webhook: {url: \"http://127.0.0.1:$W/c\", secret-file: "           \
    "$D/secret}}\n"

static void
a_mail_has_its_headers_both_texts_and_its_thread(void **state)
{
    struct courier_scene *c = *state;
    char *mail;

    channels_plain(c, "  head-21040: {mail: [xa-b@tinh.example, vt@tinh.example]}\n");
    tell_one(c->s, "QNG-2023-7c-21040", 1, "new", "21040");
    tell_one(c->s, "QNG-2023-7c-21040", 2, "worse", "21040");
    courier_start(c);
    sink_took(&c->mail, 2);
    sink_holds(&c->mail, 1,
               "X-Envelope-To: xa-b@tinh.example\r\n"
               "X-Envelope-To: vt@tinh.example\r\n");
    sink_holds(&c->mail, 1,
               "Message-ID: <QNG-2023-7c-21040.1.head-21040@tinh.example>\r\n");
    /* at_ms 1696827600000 is 9/10/2023 05:00 UTC, a Monday. */
    sink_holds(&c->mail, 1, "Date: Mon, 09 Oct 2023 12:00:00 +0700\r\n");
    sink_holds(&c->mail, 1, "Auto-Submitted: auto-generated\r\n");
    sink_holds(&c->mail, 1, "MIME-Version: 1.0\r\n");
    sink_holds(&c->mail, 1, "Content-Type: multipart/alternative;");
    sink_holds(&c->mail, 1, "Content-Type: text/plain; charset=utf-8\r\n");
    sink_holds(&c->mail, 1, "Content-Type: text/html; charset=utf-8\r\n");
    mail = sink_read(&c->mail, 1);
    assert_null(strstr(mail, "In-Reply-To"));
    mem_free(&mail);
    sink_holds(&c->mail, 2,
               "Message-ID: <QNG-2023-7c-21040.2.head-21040@tinh.example>\r\n");
    sink_holds(&c->mail, 2,
               "In-Reply-To: <QNG-2023-7c-21040.1.head-21040@tinh.example>\r\n");
    sink_holds(&c->mail, 2,
               "References: <QNG-2023-7c-21040.1.head-21040@tinh.example>\r\n");
}

/* Python's own parser has the last word on what we made. */
static void
a_mail_program_reads_what_was_meant(void **state)
{
    static const char script[] =
        "import email, email.policy, sys\n"
        "m = email.message_from_binary_file(open(sys.argv[1], 'rb'), "
        "policy=email.policy.default)\n"
        "assert not m.defects, m.defects\n"
        "assert m['Subject'].startswith('[Chậm tiến độ]'), m['Subject']\n"
        "assert 'Xã B' in m['Subject'], m['Subject']\n"
        "to = m['To'].addresses[0]\n"
        "assert to.display_name == 'Chủ tịch UBND xã B', to\n"
        "assert to.addr_spec == 'xa-b@tinh.example', to\n"
        "assert m['From'].addresses[0].display_name == 'Đôn Đốc', m['From']\n"
        "assert m['Date'].datetime.isoformat() == '2023-10-09T12:00:00+07:00'\n"
        "kinds = [p.get_content_type() for p in m.walk()]\n"
        "assert kinds == ['multipart/alternative', 'text/plain', 'text/html'], kinds\n"
        "text = m.get_body(('plain',)).get_content()\n"
        "assert '1.130/2.386' in text, text\n"
        "assert text.index('Kính gửi') < text.index('To: '), text\n"
        "html = m.get_body(('html',)).get_content()\n"
        "assert 'lang=\"vi\"' in html and '1.130/2.386' in html, html\n"
        "assert all(len(l) <= 998 for l in open(sys.argv[1], "
        "'rb').read().split(b'\\r\\n'))\n";
    struct courier_scene *c = *state;
    char path[SCENE_PATH_BYTES + 16];
    pid_t pid;

    channels_plain(c, MAIL_B);
    tell_one(c->s, "QNG-2023-7c-21040", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->mail, 1);
    (void)snprintf(path, sizeof path, "%s/0001", c->mail.dir);
    pid = child_begin();
    if (pid == 0) {
        (void)execl("/usr/bin/python3", "python3", "-c", script, path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(child_end(pid), 0);
}

static void
a_webhook_gets_signed_json_again_until_it_takes_it_in_order(void **state)
{
    struct courier_scene *c = *state;
    char *log;

    sink_mode(&c->web, "/b 500\n");
    channels_plain(c, WEB_B);
    tell_one(c->s, "A-1", 1, "new", "21040");
    tell_one(c->s, "A-1", 2, "worse", "21040");
    courier_start(c);
    sink_logged(&c->web, "500 A-1/1\n500 A-1/1\n");
    assert_int_equal(sink_count(&c->web), 0);
    sink_mode(&c->web, "/b 429\n");
    sink_logged(&c->web, "429 A-1/1\n");
    sink_mode(&c->web, "/b take\n");
    sink_took(&c->web, 2);
    log = sink_log(&c->web);
    assert_non_null(strstr(log, "taken 0001 A-1/1\ntaken 0002 A-1/2\n"));
    assert_null(strstr(log, "500 A-1/2")); /* the second waited for the first */
    mem_free(&log);
    sink_holds(&c->web, 1, "X-Dondoc-Id: A-1/1\n");
    sink_holds(&c->web, 1, "X-Dondoc-Signature: sha256=");
    sink_holds(&c->web, 1, "\"unit\": \"21040\"");
    sink_holds(&c->web, 1, "\"office\": \"head-21040\"");
    wait_for(c->s, "EXISTS dondoc:{%s}:cursor", "1");
}

static void
the_signature_is_that_of_the_body(void **state)
{
    static const char script[] =
        "import hashlib, hmac, json, sys\n"
        "head, body = open(sys.argv[1], 'rb').read().split(b'\\n\\n', 1)\n"
        "want = hmac.new(b'a secret of sixteen and more', body, hashlib.sha256)\n"
        "assert b'sha256=' + want.hexdigest().encode() in head\n"
        "m = json.loads(body)\n"
        "assert m['id'] == 'A-1/1' and m['at'] == '2023-10-09T12:00:00+07:00', m\n"
        "assert 'Xã B' in m['subject_vi'] and m['simulated'] is False, m\n";
    struct courier_scene *c = *state;
    char path[SCENE_PATH_BYTES + 16];
    pid_t pid;

    channels_plain(c, WEB_B);
    tell_one(c->s, "A-1", 1, "new", "21040");
    courier_start(c);
    sink_took(&c->web, 1);
    (void)snprintf(path, sizeof path, "%s/0001", c->web.dir);
    pid = child_begin();
    if (pid == 0) {
        (void)execl("/usr/bin/python3", "python3", "-c", script, path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(child_end(pid), 0);
}

static void
what_is_refused_for_good_is_a_dead_letter_and_the_next_one_goes(void **state)
{
    struct courier_scene *c = *state;
    char *line;

    sink_mode(&c->web, "/b 410\n");
    sink_mode(&c->mail, "xa-c@tinh.example 550\n");
    channels_plain(c, WEB_B MAIL_C);
    redis_want(c->s->r, "DEL dondoc:ops:dead:courier", "0");
    tell_one(c->s, "A-1", 1, "new", "21040");
    tell_one(c->s, "C-1", 1, "new", "21043");
    courier_start(c);
    wait_for(c->s, "LLEN dondoc:ops:dead:courier", "2");
    sink_mode(&c->web, "");
    sink_mode(&c->mail, "");
    tell_one(c->s, "A-1", 2, "worse", "21040");
    tell_one(c->s, "C-1", 2, "worse", "21043");
    sink_took(&c->web, 1);
    sink_took(&c->mail, 1);
    sink_holds(&c->web, 1, "X-Dondoc-Id: A-1/2\n");
    line = redis_ask(c->s->r, "LRANGE dondoc:ops:dead:courier 0 -1");
    assert_non_null(strstr(line,
                           "\"office\": \"head-21040\", \"channel\": \"web\", "
                           "\"id\": \"A-1/1\", \"attempts\": 1, \"why\": \"webhook "
                           "answered 410\""));
    assert_non_null(strstr(
        line, "\"id\": \"C-1/1\", \"attempts\": 1, \"why\": \"mail server answered 550 "
              "(recipient)\""));
    assert_null(strstr(line, "tinh.example"));
    mem_free(&line);
    wait_for(c->s, "HGET dondoc:ops:courier:1 dead", "2");
    redis_want(c->s->r, "DEL dondoc:ops:dead:courier", "1");
    assert_int_equal(courier_says(c, "tinh.example"), 0); /* no address in the log */
}

static void
a_server_that_says_later_is_asked_again_and_one_bad_address_stops_nobody(void **state)
{
    struct courier_scene *c = *state;

    sink_mode(&c->mail, "xa-b@tinh.example 450\n");
    channels_plain(c, "  head-21040: {mail: [xa-b@tinh.example]}\n"
                      "  head-21043: {mail: [gone@tinh.example, xa-c@tinh.example]}\n");
    tell_one(c->s, "B-1", 1, "new", "21040");
    courier_start(c);
    courier_said(c, "attempt=2 again_ms=");
    assert_int_equal(sink_count(&c->mail), 0);
    sink_mode(&c->mail, "gone@tinh.example 550\n");
    sink_took(&c->mail, 1);
    tell_one(c->s, "C-1", 1, "new", "21043");
    sink_took(&c->mail, 2);
    sink_holds(&c->mail, 2, "X-Envelope-To: xa-c@tinh.example\r\n");
    courier_said(c, "addresses_refused office=head-21043 id=C-1/1 refused=1 ");
    assert_int_equal(courier_says(c, "dead_letter"), 0);
}

/* No answer to DATA for 2 s, and a connection cut: the others do not wait for that. */
static void
an_office_that_stalls_delays_only_its_own(void **state)
{
    struct courier_scene *c = *state;
    struct mono start;

    sink_mode(&c->mail, "xa-b@tinh.example stall\n");
    sink_mode(&c->web, "/b cut\n");
    channels_plain(c, "  head-21040: {mail: xa-b@tinh.example, webhook: {url: "
                      "\"http://127.0.0.1:$W/b\", secret-file: $D/secret}}\n"
                      "  head-21043: {mail: xa-c@tinh.example, webhook: {url: "
                      "\"http://127.0.0.1:$W/c\", secret-file: $D/secret}}\n");
    tell_one(c->s, "B-1", 1, "new", "21040");
    courier_start(c);
    sink_logged(&c->mail, "stall <B-1.1.head-21040@tinh.example>");
    sink_logged(&c->web, "cut B-1/1");
    start = mono_now();
    tell_one(c->s, "C-1", 1, "new", "21043");
    sink_took(&c->mail, 1);
    sink_took(&c->web, 1);
    sink_holds(&c->web, 1, "X-Dondoc-Id: C-1/1\n");
    assert_true(mono_since_us(start) < DEADLINE_US);
    courier_said(c, "delayed office=head-21040 channel=mail id=B-1/1 attempt=1");
    courier_said(c, "Timeout was reached");
    sink_mode(&c->mail, "");
    sink_mode(&c->web, "");
    sink_took(&c->mail, 2);
    sink_took(&c->web, 2);
}

static void
a_channel_that_never_works_gives_its_old_messages_up_and_says_so(void **state)
{
    struct courier_scene *c = *state;

    sink_mode(&c->web, "/b stall\n");
    channels_write(c, "retry: {first: 50ms, max: 100ms, dead-after: 1s}\n"
                      "timeout: 300ms\n"
                      "offices:\n" WEB_B);
    tell_one(c->s, "B-1", 1, "new", "21040"); /* of 2023: older than a second */
    tell_one(c->s, "B-1", 2, "worse", "21040");
    courier_start(c);
    wait_for(c->s, "HGET dondoc:ops:courier:1 dead", "2");
    assert_true(courier_says(c, "delayed office=head-21040") >= 2);
    courier_said(c,
                 "dead_letter office=head-21040 channel=web id=B-1/1 why=\"given up: "
                 "Timeout was reached\"");
    sink_mode(&c->web, "");
    tell_one(c->s, "B-1", 3, "worse", "21040");
    sink_took(&c->web, 1);
    redis_want(c->s->r, "DEL dondoc:ops:dead:courier", "1");
}

/* The other side said yes, and we never heard it: twice, and recognisable. */
static void
a_yes_that_got_lost_is_asked_for_again_under_the_same_id(void **state)
{
    struct courier_scene *c = *state;
    char *log;

    sink_mode(&c->mail, "* late\n");
    sink_mode(&c->web, "* late\n");
    channels_plain(c, WEB_B MAIL_C);
    tell_one(c->s, "B-1", 1, "new", "21040");
    tell_one(c->s, "C-1", 1, "new", "21043");
    courier_start(c);
    sink_logged(&c->mail, "taken 0002");
    sink_logged(&c->web, "taken 0002");
    sink_mode(&c->mail, "");
    sink_mode(&c->web, "");
    courier_said(c, "handed_over office=head-21040 channel=web id=B-1/1");
    courier_said(c, "handed_over office=head-21043 channel=mail id=C-1/1");
    log = sink_log(&c->mail);
    assert_null(strstr(log, "C-1.2"));
    assert_non_null(strstr(log, "taken 0002 <C-1.1.head-21043@tinh.example>"));
    mem_free(&log);
    log = sink_log(&c->web);
    assert_non_null(strstr(log, "taken 0002 B-1/1"));
    mem_free(&log);
}

static int
sealed_setup(void **state)
{
    scene_seals = true;
    return courier_setup(state);
}

int
main(void)
{
/* The same, word for word, when the notifier seals what it sends. */
#define SEALED(name)                                                                   \
    {                                                                                  \
        "sealed: " #name, name, sealed_setup, courier_teardown, NULL                   \
    }
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, courier_setup, courier_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mail_has_its_headers_both_texts_and_its_thread),
        TEST(a_mail_program_reads_what_was_meant),
        TEST(a_webhook_gets_signed_json_again_until_it_takes_it_in_order),
        TEST(the_signature_is_that_of_the_body),
        TEST(what_is_refused_for_good_is_a_dead_letter_and_the_next_one_goes),
        TEST(a_server_that_says_later_is_asked_again_and_one_bad_address_stops_nobody),
        TEST(an_office_that_stalls_delays_only_its_own),
        TEST(a_channel_that_never_works_gives_its_old_messages_up_and_says_so),
        TEST(a_yes_that_got_lost_is_asked_for_again_under_the_same_id),
        SEALED(a_mail_has_its_headers_both_texts_and_its_thread),
        SEALED(a_yes_that_got_lost_is_asked_for_again_under_the_same_id),
    };
    int failed = cmocka_run_group_tests(tests, scene_group_setup, NULL);

    scene_group_teardown(failed == 0);
    return failed;
}
