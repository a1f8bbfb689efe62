# Writes 1 MiB from a segment straight to standard output.
my $at = syscall(30, shmget(2345, 0, 0), 0, 0);              # 30: shmat on x86-64
syscall(1, 1, $at, 1 << 20);                                 # 1: write
