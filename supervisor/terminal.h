// Terminals: pairs of a master, which the supervisor has, and a slave, which is the program's.
#ifndef TERMINAL_H
#define TERMINAL_H
#include "common.h"

// Makes a terminal through `multiplexer`, a path of ptmx. Returns the master and sets `*slave`, or -1 with errno. Neither
// becomes the terminal of this process.
int terminal_open(const char *multiplexer, uint16_t columns, uint16_t rows, int *slave);
// Sets the size of the terminal whose master or slave this is.
void terminal_resize(int file, uint16_t columns, uint16_t rows);
#endif
