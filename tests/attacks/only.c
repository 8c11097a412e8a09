/*
 * only - preloaded into one test program: of its tests only DONDOC_ONLY runs. Its
 * children do not inherit it.
 */
#include <stdlib.h>

extern void cmocka_set_test_filter(const char *pattern) __attribute__((weak));
void only(void) __attribute__((constructor));

void
only(void)
{
    const char *name = getenv("DONDOC_ONLY");

    if (cmocka_set_test_filter != NULL && name != NULL) {
        (void)unsetenv("LD_PRELOAD");
        cmocka_set_test_filter(name);
    }
}
