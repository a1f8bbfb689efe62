# What shmget answers, in the order of lesson 2's table: look, make, look again, make again.
shmget(2345, 0, 0);          # look: no flag
shmget(2345, 1000, 03600);   # make: IPC_CREAT | IPC_EXCL, mode 0600
shmget(2345, 0, 0);
shmget(2345, 1000, 03600);
shmget(2345, 1001, 0);       # look for more bytes than it has
