/* A reader as C tutorials have it: it trusts that there is a NUL. */
#include <stdio.h>
#include <sys/shm.h>

int main(void)
{
	char *text = shmat(shmget(2345, 1024, 0), NULL, 0);
	if (text == (void *)-1)
		return 1;
	printf("%s", text);
	return 0;
}
