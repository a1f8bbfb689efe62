# One process attaches a segment of two pages twice, and then narrows one of its four pages.
use IPC::SysV qw(shmat);
my $id = shmget(2345, 8192, 01600) // die "shmget: $!\n";
my @at = map { shmat($id, undef, 0) } 1, 2;
system "ipcs -m | grep 0x00000929";
syscall(10, unpack("J", $at[0]), 4096, 1);    # 10: mprotect on x86-64, 1: PROT_READ
system "ipcs -m | grep 0x00000929";
