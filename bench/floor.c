// The floor as a program: serves descriptor 3 with the program that its arguments name.
#include "floor.h"

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  serve_floor(3, argv + 1);
  return 0;
}
