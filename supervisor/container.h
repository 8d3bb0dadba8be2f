// The supervisor as the first process of a container.
#ifndef CONTAINER_H
#define CONTAINER_H
// Serves the frames that come over stdin, until its end. Returns an exit code.
int container_main(void);
#endif
