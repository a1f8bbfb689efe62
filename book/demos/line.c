/* A writer as many tutorials have it. Give it a line of 100 bytes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char buffer[100], segment[1024];
    read(0, buffer, 100);
    strcpy(segment, buffer);
    printf("You wrote: %s\n", segment);
}
