#include "tests/perf/paths.h"

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"

#define EXIT_USAGE 64

/* Its name is what valgrind is told: it has to stay a function of its own. */
__attribute__((noinline, noclone)) void
counted(void (*work)(void *with), void *with)
{
    work(with);
    __asm__ volatile("" ::: "memory"); /* no jump instead of the call */
}

int
paths_main(int argc, char **argv, const struct path *paths, size_t count)
{
    size_t i;

    diag_init("perf");
    crypto_init();
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (i = 0; i < count; i++) {
            printf("%s\t%s\t%s\n", paths[i].name, paths[i].unit, paths[i].what);
        }
        return 0;
    }
    for (i = 0; argc == 2 && i < count; i++) {
        if (strcmp(argv[1], paths[i].name) == 0) {
            printf("%zu\n", paths[i].run());
            return 0;
        }
    }
    diag_fatal(EXIT_USAGE, "usage", "PROGRAM --list | PROGRAM PATH");
}
