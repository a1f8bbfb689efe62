/* A memfd: no name at all, a descriptor to hand on, and seals. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    int fd = memfd_create("kata", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd == -1)
        return perror("memfd_create"), 1;
    ftruncate(fd, 1024);

    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%d/fd/%d", getpid(), fd);
    readlink(path, name, sizeof name - 1);
    printf("another process may open it as /proc/PID/fd/%d, which is %s\n", fd, name);

    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    fflush(stdout);
    if (ftruncate(fd, 0) == -1)
        perror("sealed, and ftruncate says");
}
