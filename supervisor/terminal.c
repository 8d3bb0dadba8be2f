// The kernel bounds what a terminal holds: two buffers of some 64 KiB. Knows nothing of programs.
#include "terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

void terminal_resize(int file, uint16_t columns, uint16_t rows) {
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  ioctl(file, TIOCSWINSZ, &size);
}

static int open_slave(int master) {
  int unlocked = 0, number;
  char path[32];
  if (ioctl(master, TIOCSPTLCK, &unlocked) < 0 || ioctl(master, TIOCGPTN, &number) < 0) return -1;
  snprintf(path, sizeof path, "/dev/pts/%d", number);
  return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

// So that a backspace removes a whole character.
static void edit_as_utf8(int slave) {
  struct termios modes;
  if (tcgetattr(slave, &modes) < 0) return;
  modes.c_iflag |= IUTF8;
  tcsetattr(slave, TCSANOW, &modes);
}

int terminal_open(const char *multiplexer, uint16_t columns, uint16_t rows, int *slave) {
  int master = open(multiplexer, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) return -1;
  *slave = open_slave(master);
  if (*slave < 0) {
    close_file(&master);
    return -1;
  }
  edit_as_utf8(*slave);
  terminal_resize(*slave, columns, rows);
  return master;
}
