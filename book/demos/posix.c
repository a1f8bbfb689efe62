/* POSIX shared memory: a name, a size that is set later, an end by unlink. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    umask(077);
    int fd = shm_open("/kata", O_CREAT | O_EXCL | O_RDWR, 0666);
    if (fd == -1)
        return perror("shm_open"), 1;
    struct stat now;
    fstat(fd, &now);
    printf("made: mode %o, %ld bytes\n", now.st_mode & 0777, (long)now.st_size);

    char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    fflush(stdout);
    int status;
    if (fork() == 0) {
        at[0] = 'x';
        _exit(0);
    }
    wait(&status);
    printf("a store before ftruncate: %s\n", strsignal(WTERMSIG(status)));

    ftruncate(fd, 1024);
    at[0] = 'x';
    at[1023] = 'y';
    puts("after ftruncate: works");
    shm_unlink("/kata");
    printf("after unlink: %c%c, and no name: ", at[0], at[1023]);
    fflush(stdout);
    if (shm_open("/kata", O_RDWR, 0) == -1)
        perror("shm_open");
}
