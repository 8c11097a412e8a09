/*
 * oldzmq - preloaded into one process: libzmq calls itself DONDOC_ZMQ_VERSION
 * ("4.3.2").
 */
#include <stdio.h>
#include <stdlib.h>

void zmq_version(int *major, int *minor, int *patch);

void
zmq_version(int *major, int *minor, int *patch)
{
    const char *text = getenv("DONDOC_ZMQ_VERSION");

    if (text == NULL || sscanf(text, "%d.%d.%d", major, minor, patch) != 3) {
        *major = 4;
        *minor = 3;
        *patch = 2;
    }
}
