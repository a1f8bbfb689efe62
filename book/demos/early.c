/* A reader as many tutorials have it. Run it before the writer. */
#include <stdio.h>
#include <sys/shm.h>

int main(void)
{
    int id = shmget(2345, 1024, 0666);
    printf("id %d\n", id);
    char *text = shmat(id, NULL, 0);
    if (text == NULL)
        return 1;
    printf("text %s\n", text);
}
