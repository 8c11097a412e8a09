#include "cli/cli.h"

int
cli_status(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return EXIT_BUG;
}
