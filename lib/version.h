/* version - of the programs; raised with every release. */
#ifndef DONDOC_VERSION_H
#define DONDOC_VERSION_H

#define DONDOC_VERSION "0.1.0"

#endif
