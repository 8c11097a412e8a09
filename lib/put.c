#include "lib/put.h"

#include "lib/diag.h"

void
put_begin(struct put *p, char *out, size_t bytes)
{
    MUST(bytes >= 1);
    p->at = out;
    p->end = out + bytes - 1;
    p->cut = false;
}

static const char pairs[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

/* To the end of `digits`; gives the place of the first. */
static inline size_t
digits_make(uint64_t n, char digits[PUT_DIGITS_MAX])
{
    size_t from = PUT_DIGITS_MAX;

    for (; n > 99; n /= 100) {
        from -= 2;
        memcpy(digits + from, pairs + 2 * (n % 100), 2);
    }
    from -= 2;
    memcpy(digits + from, pairs + 2 * n, 2);
    return from + (n < 10 ? 1 : 0);
}

char *
digits_to(char *at, uint64_t n)
{
    char digits[PUT_DIGITS_MAX];
    size_t from;

    if (n < 10) { /* most are */
        *at = (char)('0' + n);
        return at + 1;
    }
    from = digits_make(n, digits);
    memcpy(at, digits + from, sizeof digits - from);
    return at + sizeof digits - from;
}

void
put_count(struct put *p, uint64_t n)
{
    char digits[PUT_DIGITS_MAX];
    size_t from;

    if (n < 10) {
        put_char(p, (char)('0' + n));
        return;
    }
    from = digits_make(n, digits);
    put_bytes(p, digits + from, sizeof digits - from);
}

void
put_number(struct put *p, int64_t n)
{
    if (n < 0) {
        put_char(p, '-');
    }
    put_count(p, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

bool
put_copy(char *out, size_t bytes, const char *text)
{
    struct put p;

    put_begin(&p, out, bytes);
    put_text(&p, text);
    put_end(&p);
    return !p.cut;
}
